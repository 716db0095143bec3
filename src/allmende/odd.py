"""ODD: the description of an economy after Grimm et al. (2020), made from the code and checked complete.

The seven elements come from where they live: the docstring of the economy's module, the fields of the state,
the schedule of the simulation, the docstrings of the submodels, and the declarations of the parameters. So
the description cannot part from the program; `missing` says what would make it incomplete.

    python -m allmende.odd docs/odd        writes one page for each economy
"""

import inspect
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from allmende import simulation
from allmende.draws import Decision
from allmende.model import (
    acting,
    arriving,
    blocks,
    choosing,
    hearing,
    member,
    proposing,
    settlement,
    traits,
    turnover,
)
from allmende.model.economy import Economy
from allmende.model.recording import MEASURES
from allmende.model.signals import Signal
from allmende.model.state import MEMBER_FIELDS, Members
from allmende.model.worlds import Worlds
from allmende.plugins import find

__all__ = ["ELEMENTS", "elements", "main", "missing", "page"]

ELEMENTS = (
    "Purpose and patterns",
    "Entities, state variables, scales",
    "Process",
    "Design concepts",
    "Initialisation",
    "Input",
    "Submodels",
)
SUBMODELS = (member, blocks, acting, choosing, proposing, settlement, traits, arriving, turnover, hearing)
SHORTEST = 20
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing",
    "Interaction", "Stochasticity", "Collectives", "Observation",
)  # fmt: skip


def elements(economy: Economy) -> dict[str, str]:
    """The ODD elements of an economy's docstring, by heading.

    >>> from allmende.economies.commons import COMMONS
    >>> list(elements(COMMONS))[0]
    'Purpose and patterns'
    """
    found: dict[str, str] = {}
    heading = ""
    for line in inspect.cleandoc(economy.definition).splitlines():
        if re.fullmatch(r"[A-Z][^:]*:", line):
            heading = line.removesuffix(":")
            found[heading] = ""
        elif heading:
            found[heading] += line.strip() + "\n"
    return {name: text.strip() for name, text in found.items()}


def missing(economy: Economy) -> list[str]:
    """What the description of an economy lacks, one sentence each; empty when it is complete."""
    given = elements(economy)
    found = [
        f"{economy.name} lacks '{name}'" for name in ELEMENTS if len(given.get(name, "")) < SHORTEST // 4
    ]
    text = " ".join(given.get("Design concepts", "").split())
    found += [f"{economy.name} does not say '{concept}'" for concept in CONCEPTS if f"{concept}:" not in text]
    for name, declaration in economy.parameters.declarations().items():
        if len(declaration.doc) < SHORTEST or not declaration.unit:
            found.append(f"parameter {name} lacks a meaning or a unit")
        if declaration.provenance == "literature" and not declaration.evidence:
            found.append(f"parameter {name} is from the literature without saying which")
    fields = _documented(Members)
    found += [f"state variable {name} is not documented" for name in MEMBER_FIELDS if name not in fields]
    found += [f"{function} has no docstring" for function, text in _submodels() if not text]
    return found


def page(economy: Economy) -> str:
    """The ODD page of an economy, as Markdown."""
    given = elements(economy)
    parts = [
        f"# {economy.name.capitalize()}: ODD",
        f"{economy.title}. Made from the code by `python -m allmende.odd docs/odd`; a test compares the two.",
        "## 1 Purpose and patterns",
        given["Purpose and patterns"],
        _criteria(economy),
        "## 2 Entities, state variables, scales",
        given["Entities, state variables, scales"],
        "Members:",
        _table(("variable", "type", "meaning"), [
            (name, MEMBER_FIELDS[name].__name__, text) for name, text in _documented(Members).items()
        ]),
        "Worlds:",
        _table(("variable", "meaning"), _arguments(Worlds)),
        "## 3 Process overview and scheduling",
        given["Process"],
        f"```text\n{_schedule()}\n```",
        "What members hear at step 3, condensed from last month's world:",
        _table(("signal", "meaning"), list(_documented(Signal).items())),
        "## 4 Design concepts",
        given["Design concepts"],
        "Decisions that are drawn, each with a key of its own: "
        + ", ".join(decision.name.lower() for decision in Decision) + ".",
        "## 5 Initialisation",
        given["Initialisation"],
        "## 6 Input data",
        given["Input"],
        "## 7 Submodels",
        given["Submodels"],
        *(f"### `{name}`\n\n{text}" for name, text in _submodels()),
        "### Institutions",
        *(f"**{each.name}.** {inspect.getdoc(type(each)) or ''}" for each in economy.institutions),
        "### Parameters",
        _parameters(economy),
        "### Observation",
        _table(("measure", "unit", "meaning"), [(n, m.unit, m.title) for n, m in MEASURES.items()]),
    ]  # fmt: skip
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _criteria(economy: Economy) -> str:
    rows = [(each.name, "high" if each.high else "low", each.pattern) for each in economy.criteria]
    said = (
        f"Use value is made by {economy.maker}; exchange value is taken by {economy.taker}; "
        f"between them stands {economy.between}."
    )
    return f"{said}\n\n{_table(('criterion', 'here', 'how it shows'), rows)}"


def _parameters(economy: Economy) -> str:
    rows = [
        (
            row["name"], row["value"], row["unit"], row["bounds"], row["prior"], row["meaning"],
            row["provenance"], row["evidence"],
        )
        for row in economy.parameters.describe()
    ]  # fmt: skip
    return _table(("name", "default", "unit", "bounds", "prior", "meaning", "provenance", "evidence"), rows)


def _schedule() -> str:
    lines = (simulation.__doc__ or "").splitlines()
    return "\n".join(line.strip() for line in lines if re.match(r"\s+\d \w", line))


def _submodels() -> list[tuple[str, str]]:
    found = []
    for module in SUBMODELS:
        for name in module.__all__:
            function = getattr(module, name)
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                text = (inspect.getdoc(function) or "").partition("\nArgs:")[0].strip()
                found.append((f"{module.__name__.removeprefix('allmende.')}.{name}", _indented(text)))
    return found


def _indented(text: str) -> str:
    """Formulas, which are indented in docstrings, stand in blocks."""
    return re.sub(r"(?m)^ {4}(\S)", r"        \1", text)


def _documented(kind: type) -> dict[str, str]:
    """Fields or members of a class with the string that stands under each."""
    source = inspect.getsource(kind)
    found = re.findall(r'^    (\w+)(?:: [^\n]*?| = \d+)\n    """(.*?)"""', source, re.MULTILINE | re.DOTALL)
    return {name: " ".join(text.split()) for name, text in found}


def _arguments(kind: type) -> list[tuple[str, str]]:
    """The Args of a class docstring."""
    text = (inspect.getdoc(kind) or "").partition("Args:")[2]
    return [
        (name, " ".join(meaning.split()))
        for name, meaning in re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", text, re.MULTILINE)
    ]


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def main(folder: str) -> None:
    """Write the pages of all economies into a folder."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for name, economy in find("economy").items():
        assert isinstance(economy, Economy)
        (place / f"{name}.md").write_text(page(economy))


if __name__ == "__main__":
    main(sys.argv[1])
