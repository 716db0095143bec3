"""Home: what there is to read, and the files that pages load."""

from starlette.responses import PlainTextResponse, Response

from allmende.studio.asking import Asked, refused, shown
from allmende.studio.shipped import ASSETS, content
from allmende.studio.studies.versions import listed

__all__ = ["asset", "home", "icon", "privacy", "robots"]

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
    kept = _FOREVER if asked.query else "no-cache"
    return Response(content(name), headers={"cache-control": kept}, media_type=ASSETS[name][2])


def icon(_asked: Asked) -> Response:
    """The icon, where browsers look for it without being told."""
    said = {"cache-control": "public, max-age=86400"}
    return Response(content("icon.svg"), headers=said, media_type=ASSETS["icon.svg"][2])


def robots(_asked: Asked) -> Response:
    """What search engines may visit."""
    return PlainTextResponse("User-agent: *\nDisallow: /enter\nDisallow: /welcome/\nDisallow: /contact\n")
