"""Home: what there is to read, and the files that pages load."""

from importlib.resources import files

from starlette.responses import PlainTextResponse, Response

from allmende.studio.asking import Asked, refused, shown
from allmende.studio.studies.versions import listed

__all__ = ["asset", "home", "icon", "privacy", "robots"]

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"


def home(asked: Asked) -> Response:
    """The studies that whoever asks may see."""
    return shown(asked, "home", {"studies": listed(asked.store, asked.account)}, feed="/feed.atom")


def privacy(asked: Asked) -> Response:
    """What is kept about those who read and write, and for how long."""
    return shown(asked, "privacy")


def asset(asked: Asked) -> Response:
    """A file that pages load; its address changes with its content, so it may be kept for ever."""
    name = asked.parts["name"]
    if name not in asked.studio.assets:
        return refused(404)
    package = "allmende.reports" if name in {"page.css", "charts.bundle.js"} else "allmende.studio"
    content = (files(package) / "assets" / name).read_bytes()
    kept = _FOREVER if asked.query else "no-cache"
    return Response(content, headers={"cache-control": kept}, media_type=_TYPES[name.rpartition(".")[2]])


def icon(_asked: Asked) -> Response:
    """The icon, where browsers look for it without being told."""
    content = (files("allmende.studio") / "assets" / "icon.svg").read_bytes()
    return Response(content, headers={"cache-control": "public, max-age=86400"}, media_type="image/svg+xml")


def robots(_asked: Asked) -> Response:
    """What search engines may visit."""
    return PlainTextResponse("User-agent: *\nDisallow: /enter\nDisallow: /welcome/\nDisallow: /contact\n")
