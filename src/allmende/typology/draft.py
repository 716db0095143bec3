"""Draft: the beginning of a facts file, with what could be found filled in and the rest asked for.

What stands in the trees for certain is filled in with its source. What the trees only suggest stands as a
comment beside the question, for a person to confirm.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from allmende.gitlog.tree import Tree
from allmende.typology.codebook import CODEBOOK, DECIDING, Criterion, criterion
from allmende.typology.placement import Evidence
from allmende.typology.signs import Hint, dated_holders, dated_licences, hints, tree_evidence

__all__ = ["draft"]

_MOST_HINTS = 6
_LONGEST = 160


def draft(name: str, trees: Sequence[Tree] = ()) -> str:
    """A facts file to be completed, as TOML text.

    Args:
        name: The community.
        trees: Trees of its repository, oldest first; without any, nothing is filled in.
    """
    found = {one.criterion: one for one in (tree_evidence(trees[-1]) if trees else [])}
    suggested = hints(trees[-1]) if trees else []
    changes = dated_licences(trees)
    lines = [
        "# Facts about a community: what no record holds. Uncomment a line and choose an answer; a list",
        "# means that several are right. Without who captures exchange value (K4), and who owns or decides",
        "# (K5, K6), the community cannot be placed. Copy [[period]] for other times; they must not overlap.",
        f"community = {_quoted(name)}",
        "",
        *_licence_history(changes),
        *_holder_history(trees),
        "[[period]]",
        f'from = "{_month(changes[-1][0] if changes else trees[0].at if trees else 0)}"',
        "",
    ]
    for group in (*DECIDING, tuple(one.name for one in _others())):
        for one in (criterion(each) for each in group):
            lines += _asked(one, found.get(one.name), suggested)
    lines += ["[period.sources]", "# Where each fact can be looked up, by its name."]
    lines += [f"{one.criterion} = {_quoted(one.reference)}" for one in found.values()]
    return "\n".join(lines) + "\n"


def _others() -> Iterator[Criterion]:
    deciding = {name for group in DECIDING for name in group}
    return (one for one in CODEBOOK if one.name not in deciding)


def _licence_history(changes: Sequence[tuple[int, Evidence]]) -> list[str]:
    if len(changes) <= 1:
        return []
    told = [f"#   {_month(at)}: {', '.join(one.levels)} ({_plain(one.reference)})" for at, one in changes]
    return ["# The licence changed; earlier times may need periods of their own:", *told, ""]


def _holder_history(trees: Sequence[Tree]) -> list[str]:
    changes = dated_holders(trees)
    if not changes:
        return []
    told = [f"#   {_month(at)}: {_plain(', '.join(holders) or 'none')}" for at, holders in changes]
    return ["# Organisations that claim copyright in the licence files:", *told, ""]


def _asked(one: Criterion, found: Evidence | None, suggested: Sequence[Hint]) -> list[str]:
    levels = " | ".join(one.levels)
    lines = [f"# {one.code} {one.question}", f"#    {levels}"]
    seen = [hint for hint in suggested if hint.criterion == one.name][:_MOST_HINTS]
    lines += [f"#    seen: {_plain(hint.text)} ({_plain(hint.reference)})" for hint in seen]
    if found is None:
        return [*lines, f'# {one.name} = ""', ""]
    return [*lines, f"{one.name} = {_quoted(next(iter(found.levels)))}", ""]


def _month(second: int) -> str:
    moment = datetime.fromtimestamp(second, UTC) if second else datetime.now(UTC)
    return f"{moment:%Y-%m}"


def _plain(text: str) -> str:
    """Text of a stranger on one line of a comment."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:_LONGEST])


def _quoted(text: str) -> str:
    r"""Text as a TOML string.

    >>> print(_quoted('a "b"'))
    "a \"b\""
    """
    return '"' + _plain(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
