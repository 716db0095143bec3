"""Installed: what plug-ins there are, and what each of them says about itself."""

from math import isinf

from allmende import plugins
from allmende.errors import UnknownNameError
from allmende.indicator import FAMILIES, Indicator
from allmende.plugins import Named
from allmende.reports.document import Cell, Column, Document, Facts, Paragraph, Section, Table
from allmende.reports.telling import described

__all__ = ["explanation", "kinds", "plugins_of"]

_BETTER = {"higher": "more is better", "lower": "less is better"}


def kinds() -> Document:
    """The kinds of plug-ins and how many of each are installed."""
    rows = tuple((Cell(kind), Cell(f"{len(plugins.find(kind)):,}")) for kind in plugins.KINDS)
    table = Table("Installed", (Column("Kind"), Column("Installed", numeric=True)), rows)
    return Document("Allmende", "what is installed", (Section("kinds", "", (table,)),))


def plugins_of(kind: str) -> Document:
    """The plug-ins of a kind, each with its line; indicators by family.

    Raises:
        UnknownNameError: there is no such kind.
    """
    found = plugins.find(kind)
    rows: list[tuple[Cell, ...]] = []
    for family in ("", *FAMILIES):
        if any(getattr(one, "family", "") == family for one in found.values()) and family:
            rows.append((Cell(family.capitalize(), group=True),))
        rows += [
            (Cell(name), Cell(_line(one), muted=True))
            for name, one in found.items()
            if getattr(one, "family", "") == family
        ]
    table = Table(kind, (Column("Name"), Column("What it is")), tuple(rows))
    return Document(kind.capitalize(), f"{len(found)} installed", (Section(kind, "", (table,)),))


def explanation(name: str) -> Document:
    """What a plug-in of any kind is: for an indicator question, definition, unit, range and source.

    Raises:
        UnknownNameError: there is none of that name.
    """
    every = {one: plugin for kind in plugins.KINDS for one, plugin in plugins.find(kind).items()}
    wanted = name.strip().lower().replace("-", "_").replace(" ", "_")
    if wanted not in every and name not in every:
        raise UnknownNameError(
            "indicator", name, every, next_step="`allmende list indicators` shows those that are installed."
        )
    plugin = every.get(wanted) or every[name]
    if not isinstance(plugin, Indicator):
        told = str(getattr(plugin, "definition", "")) or _text(plugin)
        parts = tuple(Paragraph(f"{' '.join(part.split())}\n") for part in told.strip().split("\n\n"))
        return Document(plugin.name, _line(plugin), (Section("about", "", parts),))
    about = described(plugin.name)
    paragraphs = tuple(Paragraph(f"\n{part}") for part in about.definition.split("\n\n") if part)
    return Document(
        about.name,
        about.question,
        (
            Section("definition", "", paragraphs),
            Section("source", "", (Paragraph(""), Facts(_facts(plugin)))),
        ),
    )


def _facts(one: Indicator) -> tuple[tuple[str, str], ...]:
    low, high = ("no limit" if isinf(bound) else f"{bound:g}" for bound in one.bounds)
    facts = (
        ("Family", one.family),
        ("Unit", one.unit),
        ("Range", f"{low} to {high}"),
        ("Speaks of", "the whole record" if one.lifetime else "the last twelve complete months"),
        ("Answers", "a curve" if one.curve else "a number"),
        ("Direction", _BETTER.get(one.better, "neither more nor less is plainly better")),
        ("Defined in", one.reference),
        ("Function", f"{one.module}.{one.name}"),
    )
    return tuple((name, value) for name, value in facts if value)


def _line(one: Named) -> str:
    for attribute in ("question", "describes", "summary", "title"):
        told = getattr(one, attribute, "")
        if isinstance(told, str) and told:
            return told
    return _text(one).partition("\n")[0]


def _text(one: Named) -> str:
    for holder in ("function", "read", "rule"):
        told = getattr(getattr(one, holder, None), "__doc__", "")
        if told:
            return " ".join(str(told).split())
    return " ".join((one.__doc__ or "").split())
