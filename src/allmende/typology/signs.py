"""Signs: what the tree of a repository says about licence, agreements, foundations and funding.

A sign is a file and a sentence in it. Signs answer K10 of the codebook; for the facts that no tree holds
(who captures value, who owns the marks) they give hints, which `allmende facts` writes down as comments
for a person to confirm, and which never count as evidence.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allmende.gitlog.tree import Tree
from allmende.typology.placement import Evidence

__all__ = ["LICENCE_NAMES", "Hint", "dated_holders", "dated_licences", "hints", "is_sign", "tree_evidence"]

_SIGN = re.compile(
    r"^(?:\.github/|docs?/|legal/)?"
    r"(?:[^/]*licen[cs]e[^/]*|copying[^/]*|notice[^/]*|cla[^/]*|[^/]*contributor[-_ ]licen[cs]e[^/]*|dco[^/]*"
    r"|contributing[^/]*|governance[^/]*|maintainers[^/]*|codeowners|funding\.ya?ml|trademark[^/]*|readme[^/]*)$",
    re.IGNORECASE,
)
# The licence of the whole stands in the top folder; those of bundled parts stand elsewhere or say so.
_LICENCE_FILE = re.compile(
    r"(?!.*(?:third|3rd|bundled|vendor))(?:[\w-]*licen[cs]e|copying)[^/]*$", re.IGNORECASE
)
LICENCE_NAMES = ("*licen[cs]e*", "copying*")
"""Patterns of the files whose changes tell licences over time."""

_LICENCES = (
    (
        "source_available",
        r"server side public license|business source license|elastic license|commons clause",
    ),
    ("source_available", r"redis source available license|functional source license"),
    ("copyleft", r"gnu (?:affero |lesser |library )?general public license|mozilla public license"),
    ("copyleft", r"eclipse public license|european union public licence|cddl|common public license"),
    ("content", r"creative commons|open database license"),
    ("permissive", r"apache license|mit license|permission is hereby granted, free of charge"),
    ("permissive", r"redistribution and use in source and binary forms|isc license|zlib license"),
    ("permissive", r"permission to use, copy, modify, (?:and/or|and) distribute|boost software license"),
)
# Owners of licence texts, named in them by whoever uses the licence.
_STEWARDS = frozenset({"MongoDB", "MariaDB Corporation Ab"})
_FOUNDATION = (
    r"((?:[A-Z][\w.]+ ){1,4}Foundation|Software Freedom Conservancy|Software in the Public Interest)"
)
_COMPANY = r"((?:[A-Z][\w&.]*,? ){1,4}(?:Inc|LLC|Ltd|GmbH|Corp|Corporation|Labs|AG|S\.A)\b\.?)"


@dataclass(frozen=True, slots=True)
class Hint:
    """Something a person should confirm before it counts.

    Args:
        criterion: The fact it may speak to.
        text: What was seen.
        reference: The file and commit.
    """

    criterion: str
    text: str
    reference: str


def is_sign(path: str) -> bool:
    """Whether a path is one of the files in which such things stand.

    >>> is_sign("LICENSE.txt"), is_sign(".github/FUNDING.yml"), is_sign("src/license_check.py")
    (True, True, False)
    """
    return _SIGN.match(path) is not None


def tree_evidence(tree: Tree) -> list[Evidence]:
    """What the tree says for certain about criterion K10: the licence, and to whom rights are signed away."""
    found = []
    licences = dict(_licences(tree))
    if licences:
        kinds = set(licences.values())
        level = kinds.pop() if len(kinds) == 1 else "mixed"
        found.append(Evidence("licence", {level: 1.0}, _reference(tree, sorted(licences))))
    agreement = _agreement(tree)
    if agreement is not None:
        level, path = agreement
        found.append(Evidence("agreement", {level: 1.0}, _reference(tree, [path])))
    return found


def dated_licences(trees: Sequence[Tree]) -> list[tuple[int, Evidence]]:
    """When the licence became another: the second of each change, with what it became, oldest first.

    Args:
        trees: The licence files at each commit that changed one, from `gitlog.tree.changes_of`.
    """
    found: list[tuple[int, Evidence]] = []
    for tree in trees:
        for one in tree_evidence(tree):
            if one.criterion == "licence" and (not found or found[-1][1].levels != one.levels):
                found.append((tree.at, one))
    return found


def dated_holders(trees: Sequence[Tree]) -> list[tuple[int, tuple[str, ...]]]:
    """When the organisations that claim copyright in the licence files became others, oldest first.

    Persons who claim it are left out: a placement needs no names of people.

    Args:
        trees: The licence files at each commit that changed one, from `gitlog.tree.changes_of`.
    """
    found: list[tuple[int, tuple[str, ...]]] = []
    for tree in trees:
        texts = (text[:20_000] for path, text in tree.texts.items() if _LICENCE_FILE.match(path))
        holders = tuple(sorted({owner for text in texts for owner in _holders(text)}))
        if holders != (found[-1][1] if found else ()):
            found.append((tree.at, holders))
    return found


def hints(tree: Tree) -> list[Hint]:
    """What the tree suggests about facts that no tree holds."""
    found: dict[tuple[str, str], Hint] = {}
    for path, text in tree.texts.items():
        for hint in _hints_of(path, text, _reference(tree, [path])):
            found.setdefault((hint.criterion, hint.text), hint)
    return list(found.values())


def _licences(tree: Tree) -> Iterator[tuple[str, str]]:
    for path, text in tree.texts.items():
        if not _LICENCE_FILE.match(path):
            continue
        plain = " ".join(text[:20_000].lower().split())
        kind = next((kind for kind, pattern in _LICENCES if re.search(pattern, plain)), None)
        if kind is not None:
            yield path, kind


def _agreement(tree: Tree) -> tuple[str, str] | None:
    for path, text in tree.texts.items():
        signed = re.search(r"(?i:contributor licen[cs]e agreement|copyright assignment)|\bCLA\b", text)
        if signed is None or _LICENCE_FILE.match(path):
            continue
        near = text[max(0, signed.start() - 400) : signed.end() + 400]
        return ("cla_foundation" if re.search(_FOUNDATION, near) else "cla_company"), path
    for path, text in tree.texts.items():
        if re.search(r"developer certificate of origin|signed-off-by|\bDCO\b", text, re.IGNORECASE):
            return "dco", path
    # No sign of an agreement is no sign that there is none: it may stand on a web page.
    return None


def _hints_of(path: str, text: str, reference: str) -> Iterator[Hint]:
    name = path.lower().rpartition("/")[2]
    if name.startswith("funding"):
        yield Hint("main_funding", "asks readers for money: perhaps donations", reference)
    if name.startswith("governance"):
        yield Hint("decision", "describes how decisions are made", reference)
    if not name.startswith(("notice", "trademark", "governance", "licen", "readme", "copying")):
        return
    for owner in dict.fromkeys(re.findall(_FOUNDATION, text[:20_000])):
        if "Software Foundation" in owner and name.startswith(("licen", "copying")):
            continue
        yield Hint("marks_owner", f"names {owner}: perhaps foundation", reference)
    for owner in _holders(text[:20_000]):
        if "Foundation" not in owner:
            yield Hint("marks_owner", f"copyright of {owner}: perhaps company", reference)


def _holders(text: str) -> list[str]:
    """Organisations that claim copyright, each once."""
    claims = re.findall(r"Copyright[^\n]{0,30}?(?:" + _COMPANY + "|" + _FOUNDATION + ")", text)
    names = (next(name for name in claim if name).strip() for claim in claims)
    return [
        name
        for name in dict.fromkeys(names)
        if "Free Software Foundation" not in name and name.partition(",")[0] not in _STEWARDS
    ]


def _reference(tree: Tree, paths: list[str]) -> str:
    return f"{', '.join(paths)} at {tree.commit[:12]}"
