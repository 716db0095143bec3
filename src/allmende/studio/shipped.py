"""Shipped: the files that pages load, from the packages that own them."""

from importlib.resources import files

__all__ = ["ASSETS", "content"]

ASSETS = {
    "page.css": ("allmende.reports", "assets/page.css", "text/css"),
    "charts.bundle.js": ("allmende.reports", "assets/charts.bundle.js", "text/javascript"),
    "studio.css": ("allmende.studio", "assets/studio.css", "text/css"),
    "studio.js": ("allmende.studio", "assets/studio.js", "text/javascript"),
    "mail.js": ("allmende.textformat", "mail.js", "text/javascript"),
    "icon.svg": ("allmende.studio", "assets/icon.svg", "image/svg+xml"),
}
"""Each file by its name: the package that ships it, where it lies there, and its type."""


def content(name: str) -> bytes:
    """What a file of `ASSETS` holds."""
    package, place, _ = ASSETS[name]
    return files(package).joinpath(place).read_bytes()
