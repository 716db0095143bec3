"""Contacting: an address that stands in a comment, shown to a person and not to a harvester."""

from starlette.responses import Response

from allmende.studio.asking import Asked, refused, shown, whole
from allmende.studio.discussion import guards, private
from allmende.studio.discussion.comments import Comment
from allmende.studio.discussion.writing import comment_html
from allmende.studio.pages.discussion import published_comment

__all__ = ["ask", "show"]


def ask(asked: Asked) -> Response:
    """The form behind an address; it says who wrote the comment and nothing about the address."""
    found = _comment(asked, asked.query.get("c", ""))
    number = asked.query.get("n", "")
    if found is None or not _address(asked, found, number):
        return refused(404)
    return _form(asked, found, number)


def show(asked: Asked) -> Response:
    """The address, after the same guards as a comment."""
    found, number = _comment(asked, asked.field("c")), asked.field("n")
    address = _address(asked, found, number) if found else ""
    if found is None or not address:
        return refused(404)
    read = guards.read_stamp(asked.studio.key, "contact", asked.field("stamp"))
    failures = private.failures_of(asked.store, asked.network, since=asked.now - guards.FAILURES_S)
    said = guards.verdict(
        trap=asked.field(guards.trap_name(asked.studio.key)),
        age=asked.now - read[0] if read else float("inf"),
        failures=failures,
    )
    if said == "reject":
        guards.note_failure(asked.store, asked.network, now=asked.now)
        return refused(403)
    if said != "pass":
        problem = "Please wait a few seconds and ask again." if said == "too-fast" else "Please ask again."
        stamp = asked.field("stamp") if said == "too-fast" else ""
        return _form(asked, found, number, problem=problem, stamp=stamp, status=429)
    return _form(asked, found, number, address=address)


def _form(
    asked: Asked,
    found: Comment,
    number: str,
    *,
    address: str = "",
    problem: str = "",
    stamp: str = "",
    status: int = 200,
) -> Response:
    values = {
        "comment": found,
        "number": number,
        "address": address,
        "problem": problem,
        "stamp": stamp or guards.stamp(asked.studio.key, "contact", now=asked.now),
        "trap": guards.trap_name(asked.studio.key),
    }
    return shown(asked, "contact", values, status=status)


def _comment(asked: Asked, name: str) -> Comment | None:
    return published_comment(asked, whole(name.removeprefix("c"))) if name.startswith("c") else None


def _address(asked: Asked, found: Comment, number: str) -> str:
    addresses = comment_html(found.text, doc_id=f"c{found.id}", settings=asked.studio.settings).addresses
    place = whole(number) - 1
    return addresses[place].address if 0 <= place < len(addresses) else ""
