"""HTML: a document as one file that needs nothing else, neither network nor server.

The file carries its style, its charts and the script that draws them, and a content security policy that
allows these and nothing more: no request, no other script, no eval.
"""

import json
import math
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from allmende.plots.vegalite import COLOURS
from allmende.reports.document import Document, Figure
from allmende.reports.escaping import script_safe

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["charts", "environment", "html"]


def html(document: Document) -> str:
    """The page of a document.

    Args:
        document: The document; its `data` are embedded as they are.
    """
    style, script = _asset("page.css"), _asset("charts.bundle.js")
    return (
        environment("allmende.reports")
        .get_template("page.html.j2")
        .render(
            document=document,
            charts=charts(document),
            data=script_safe(document.data),
            style=style,
            script=script,
            policy=_policy(style, script),
        )
    )


def environment(*packages: str) -> "Environment":
    """Templates of packages; what they print is escaped, and a name that is missing is an error.

    Args:
        packages: The packages, in the order in which a template is looked for.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.tests["block"] = lambda block, name: type(block).__name__ == name
    return found


def charts(document: Document) -> str:
    """The specifications of a document's charts by name, as JSON that may stand inside a script element."""
    told = {one.name: _themed(one) for one in _figures(document)}
    return script_safe(json.dumps(told, allow_nan=False))


def _figures(document: Document) -> Iterator[Figure]:
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Figure):
                yield block


@cache
def _asset(name: str) -> str:
    return (files("allmende.reports") / "assets" / name).read_text(encoding="utf-8").strip()


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _themed(figure: Figure) -> dict[str, Any]:
    # The caption of the page says title and origin, in letters that wrap; colours become the page's own,
    # which differ between light and dark.
    specification = {name: part for name, part in figure.specification.items() if name != "title"}
    themed: dict[str, Any] = _coloured(specification)
    return themed


def _coloured(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _coloured(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_coloured(value) for value in part]
    if isinstance(part, str) and part in COLOURS:
        return f"var(--{COLOURS[part]})"
    if isinstance(part, float) and not math.isfinite(part):
        return None  # JSON has no such number: one would keep every chart of the page from being drawn
    return part
