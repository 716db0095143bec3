"""Document: what a report says, in blocks, before anybody decides how it looks.

Telling a measurement makes a Document; the terminal and the page each draw the same blocks their own way.
Text in blocks is plain text, never markup.
"""

from dataclasses import dataclass, field
from typing import Any

from allmende.plots.flows import Drawing

__all__ = [
    "Block",
    "Cell",
    "Column",
    "Document",
    "Facts",
    "Figure",
    "Notes",
    "Paragraph",
    "Picture",
    "Section",
    "Sentences",
    "Span",
    "Sparkline",
    "Table",
    "Tile",
    "Tiles",
]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Notes:
    """Warnings that must be read before the numbers below them."""

    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Short facts, each with its name."""

    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sentences:
    """Findings of one kind.

    Args:
        kind: "healthy", "fragile", "changed" or "unsure".
        title: What the kind means to the reader.
        sentences: The findings.
    """

    kind: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """An interval to be drawn on the scale of all values that are possible; all from 0 to 1."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Args:
        text: What it says.
        muted: Whether it stands back: an interval beside its number, a note.
        strong: Whether it stands out.
        more: Text behind it, shown when asked for; may have several lines.
        span: An interval drawn beside the text.
        group: Whether it heads the rows below it, over the whole width.
    """

    text: str
    muted: bool = False
    strong: bool = False
    more: str = ""
    span: Span | None = None
    group: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, and whether it holds numbers."""

    title: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; a row of one group cell heads the rows below it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A small picture of a series: blocks on a terminal.

    Args:
        title: What it shows.
        labels: First and last period.
        values: One for each period.
    """

    title: str
    labels: tuple[str, str]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the table of what it draws.

    Args:
        name: Short name, unique in the document.
        title: What it shows.
        origin: "observed" or "simulated", with what the reader should know before looking.
        description: What is to be seen, for those who cannot see it.
        specification: Vega-Lite.
        table: The rows it draws.
        wide: Whether it needs the whole width of a page.
        note: How to read it.
    """

    name: str
    title: str
    origin: str
    description: str
    specification: dict[str, Any]
    table: Table
    wide: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One number in large.

    Args:
        title: What it is.
        value: The number with its unit.
        interval: Its interval.
        change: How it moved; "" when unknown.
        question: The question it answers.
    """

    title: str
    value: str
    interval: str
    change: str
    question: str


@dataclass(frozen=True, slots=True)
class Tiles:
    """The few numbers to look at first."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of boxes and arrows with the table of what it shows; fields as in `Figure`."""

    name: str
    title: str
    origin: str
    description: str
    drawing: Drawing
    table: Table
    note: str = ""


Block = Picture | Paragraph | Notes | Facts | Sentences | Table | Sparkline | Figure | Tiles


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document.

    Args:
        name: Short name, unique in the document: the anchor of links.
        title: Its heading; "" for none.
        blocks: What it says.
        layout: "flow", "cards" for findings, "grid" or "small" for figures side by side, "prose" for text.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]
    layout: str = "flow"


@dataclass(frozen=True, slots=True)
class Document:
    """A report.

    Args:
        title: Its title.
        subtitle: What it is about, in a line.
        sections: Its parts.
        footer: How it was made: version, command, seed, digest of the records.
        data: The machine-readable form, JSON text.
    """

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    footer: tuple[tuple[str, str], ...] = ()
    data: str = field(default="", repr=False)
