"""Terminal: a document on a screen, with Rich.

Plain text when it is not a screen: no colours, 100 columns. Every word is data; nothing is markup.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from allmende.reports.document import (
    Block,
    Document,
    Facts,
    Figure,
    Notes,
    Paragraph,
    Picture,
    Sentences,
    Sparkline,
    Table,
    Tiles,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["console_for", "render", "show", "spark"]

_WIDTH = 100
_LONGEST_SPARK = 40
_BARS = "▁▂▃▄▅▆▇█"
_STYLES = {"healthy": "green", "fragile": "red", "changed": "cyan", "unsure": "yellow"}
_SIGNS = {"healthy": "+", "fragile": "!", "changed": "~", "unsure": "?"}


def console_for(stream: TextIO) -> "Console":
    """A console that writes to a stream: as wide as the screen, 100 columns where there is none.

    Args:
        stream: Standard output or error, or a file.
    """
    from rich.console import Console

    width = None if stream.isatty() else _WIDTH
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False)


def show(document: Document, stream: TextIO) -> None:
    """Write a document to a stream."""
    console = console_for(stream)
    with console.capture() as captured:
        for part in render(document):
            console.print(part)
    # Tables are padded to their width; a file or a diff should not carry that.
    stream.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def render(document: Document) -> "Iterable[RenderableType]":
    """The parts of a document as Rich draws them, from top to bottom."""
    from rich.rule import Rule
    from rich.text import Text

    yield Rule(Text(f"{document.title} · {document.subtitle}", "bold"), align="left", style="dim")
    for section in document.sections:
        if section.title:
            yield Text()
            yield Text(section.title, "bold")
        for place, block in enumerate(section.blocks):
            if isinstance(block, Table) and (place or not section.title):
                yield Text()
            yield from _drawn(block)
    for name, value in document.footer:
        yield Text(f"{name}: {value}", "dim")


def spark(values: tuple[float, ...]) -> str:
    """A series as blocks; nothing is a space, the greatest a full block.

    >>> spark((0.0, 1.0, 4.0, 8.0))
    ' ▁▄█'
    """
    most = max(values, default=0.0)
    return "".join(
        _BARS[min(len(_BARS) - 1, max(0, round(value / most * len(_BARS)) - 1))] if value > 0 else " "
        for value in values
    )


def _drawn(block: Block) -> "Iterable[RenderableType]":
    from rich.text import Text

    match block:
        case Paragraph():
            yield Text(block.text)
        case Notes():
            yield from (_bullet("!", note, "bold yellow") for note in block.notes)
        case Facts():
            yield _facts(block)
        case Sentences():
            yield Text()
            yield Text(block.title, f"bold {_STYLES.get(block.kind, '')}")
            sign, style = _SIGNS.get(block.kind, "-"), _STYLES.get(block.kind, "")
            yield from (_bullet(sign, sentence, style) for sentence in block.sentences)
        case Sparkline():
            yield from _sparkline(block)
        case Table():
            yield Text(block.caption, "dim italic")
            yield _table(block)
        case Tiles():
            yield _facts(Facts(tuple((one.title, f"{one.value} ({one.interval})") for one in block.tiles)))
        case Figure() | Picture():
            yield Text(f"{block.title} ({block.origin})", "bold")
            yield _table(block.table)


def _bullet(sign: str, sentence: str, style: str) -> "RenderableType":
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=(0, 1))
    grid.add_column(width=2, justify="right")
    grid.add_column(ratio=1)
    grid.add_row(Text(sign, style), Text(sentence))
    return grid


def _facts(block: Facts) -> "RenderableType":
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=(0, 2))
    grid.add_column(min_width=24, max_width=36)
    grid.add_column(ratio=1)
    for name, value in block.facts:
        grid.add_row(Text(name, "dim"), Text(value))
    return grid


def _sparkline(block: Sparkline) -> "Iterable[RenderableType]":
    from rich.text import Text

    if not block.values:
        return
    yield Text()
    line = Text(f"{block.title}  {block.labels[0]} ")
    every = -(-len(block.values) // _LONGEST_SPARK)
    line.append(spark(block.values[::-1][::every][::-1]), "cyan")
    line.append(f" {block.labels[1]}  (most {max(block.values):,.0f}, last {block.values[-1]:,.0f})")
    yield line


def _table(block: Table) -> "RenderableType":
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for column in block.columns:
        grid.add_column(column.title, justify="right" if column.numeric else "left")
    for row in block.rows:
        if row[0].group:
            grid.add_row(Text(row[0].text, "bold"))
            continue
        indent = "  " if any(one[0].group for one in block.rows) else ""
        grid.add_row(
            *(
                Text(
                    f"{'' if i else indent}{cell.text}",
                    "bold" if cell.strong else "dim" if cell.muted else "",
                )
                for i, cell in enumerate(row)
            )
        )
    return grid
