"""Programming: the same as the pages, for other programs; reading alone."""

from typing import Any

from starlette.responses import Response

from allmende.studio.asking import Asked, data
from allmende.studio.database.store import Row
from allmende.studio.discussion import comments
from allmende.studio.discussion.threads import in_order
from allmende.studio.discussion.writing import comment_html
from allmende.studio.studies.versions import Study, listed, versions
from allmende.studio.wording import iso

__all__ = ["description", "discussion", "studies", "study"]


def studies(asked: Asked) -> Response:
    """The studies that whoever asks may see."""
    return data({"studies": [_study(one) for one in listed(asked.store, asked.account)]})


def study(asked: Asked) -> Response:
    """A study with its versions."""
    found = asked.the_study()
    known = [_version(row) for row in versions(asked.store, found, asked.account)]
    return data({**_study(found), "versions": known})


def discussion(asked: Asked) -> Response:
    """The published comments below a study, in the order of reading."""
    found = asked.the_study()
    known = {
        one.id: one for one in comments.comments_at(asked.store, found.id, 0) if one.state == "published"
    }
    ordered = in_order((one.id, one.parent) for one in known.values())
    said = [
        {
            "id": one.id,
            "parent": one.parent,
            "depth": depth,
            "name": one.name,
            "html": comment_html(one.text, doc_id=f"c{one.id}", settings=asked.studio.settings).html,
            "created": iso(one.created),
        }
        for one, depth in ((known[number], depth) for number, depth in ordered)
    ]
    return data({"comments": said})


def description(asked: Asked) -> Response:
    """What can be asked, as OpenAPI 3.1."""
    kind = {"type": "string", "pattern": "^[a-z0-9-]{1,64}$"}
    name = {"name": "study", "in": "path", "required": True, "schema": kind}
    return data(
        {
            "openapi": "3.1.0",
            "info": {"title": asked.studio.settings.name, "version": "1"},
            "paths": {
                "/api/studies": _operation("The studies", {"studies": {"type": "array", "items": _STUDY}}),
                "/api/studies/{study}": _operation(
                    "A study with its versions",
                    {**_STUDY["properties"], "versions": {"type": "array", "items": _VERSION}},
                    name,
                ),
                "/api/studies/{study}/comments": _operation(
                    "The comments of a study", {"comments": {"type": "array", "items": _COMMENT}}, name
                ),
            },
        }
    )


def _fields(**kinds: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": sorted(kinds),
        "properties": {name: {"type": kind} for name, kind in kinds.items()},
    }


_STUDY = _fields(
    id="string", title="string", kind="string", state="string", created="string", updated="string"
)
_VERSION = _fields(
    number="integer", kind="string", title="string", command="string", hash="string", created="string"
)
_COMMENT = _fields(
    id="integer", parent="integer", depth="integer", name="string", html="string", created="string"
)


def _operation(summary: str, properties: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": sorted(properties), "properties": properties}
    refusal = {"description": "Nothing that may be seen", "content": {"text/html": {}}}
    responses: dict[str, Any] = {
        "200": {"description": summary, "content": {"application/json": {"schema": schema}}}
    }
    if parameters:
        responses |= {"400": refusal, "404": refusal, "410": refusal}
    return {"get": {"summary": summary, "parameters": list(parameters), "responses": responses}}


def _study(one: Study) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "kind": one.kind,
        "state": one.state,
        "created": iso(one.created),
        "updated": iso(one.updated),
    }


def _version(row: Row) -> dict[str, Any]:
    kept = {name: row[name] for name in ("number", "kind", "title", "command", "hash")}
    return {**kept, "created": iso(int(row["created"]))}
