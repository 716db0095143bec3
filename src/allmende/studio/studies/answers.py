"""Answers: a version as a folder of files - the page by itself, its parts for the studio, its data.

page.html    one file that needs no network
body.html    the same without head and foot
charts.json  its charts
data.json    everything as data
about.json   title, command, hash, contents
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allmende import files
from allmende.reports.document import Document

__all__ = ["Answer", "keep", "read_answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A version as it is drawn.

    Args:
        title: Its title.
        subtitle: What it is about.
        contents: Name and title of each part.
        footer: How it was made.
        body: The parts, as HTML that the reports made.
        charts: The charts, as JSON that may stand in a page.
    """

    title: str
    subtitle: str
    contents: tuple[tuple[str, str], ...]
    footer: tuple[tuple[str, str], ...]
    body: str
    charts: str


def keep(document: Document, folder: Path, *, about: Mapping[str, Any]) -> None:
    """Write a document to a folder; the file that says what it is comes last.

    Args:
        document: The document.
        folder: An empty folder.
        about: What else is said about it.
    """
    from allmende.reports.html import charts, environment, html

    templates = environment("allmende.studio", "allmende.reports")
    body = templates.get_template("sections.html.j2").render(document=document)
    _write(folder / "page.html", html(document))
    _write(folder / "body.html", body)
    _write(folder / "charts.json", charts(document))
    _write(folder / "data.json", document.data)
    told = {
        "title": document.title,
        "subtitle": document.subtitle,
        "contents": [[one.name, one.title] for one in document.sections if one.title],
        "footer": [list(pair) for pair in document.footer],
        **about,
    }
    _write(folder / "about.json", json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def read_answer(folder: Path) -> Answer:
    """Read a version.

    Raises:
        OSError: a file is missing.
    """
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return Answer(
        about["title"],
        about["subtitle"],
        tuple((name, title) for name, title in about["contents"]),
        tuple((name, value) for name, value in about["footer"]),
        (folder / "body.html").read_text(encoding="utf-8"),
        (folder / "charts.json").read_text(encoding="utf-8"),
    )


def _write(place: Path, text: str) -> None:
    files.write(place, text.encode())
