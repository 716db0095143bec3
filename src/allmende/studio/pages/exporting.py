"""Exporting: the files of a study - what is public of it, and nothing that is private."""

import json

from allmende.studio.asking import Asked
from allmende.studio.discussion.comments import comments_at
from allmende.studio.discussion.notes import Note, notes_of
from allmende.studio.discussion.tags import tags_of
from allmende.studio.discussion.threads import in_order
from allmende.studio.discussion.writing import absolute, comment_html, note_html
from allmende.studio.jobs.runner import version_folder
from allmende.studio.shipped import content
from allmende.studio.studies.versions import Study, versions
from allmende.studio.wording import iso

__all__ = ["files_of"]


def files_of(asked: Asked, study: Study) -> dict[str, bytes]:
    """The files of a study as a folder: pages, data, comments as lines of JSON.

    What is published goes in; of a draft, which nobody but its owner can export, all versions and notes.

    Args:
        asked: What was asked.
        study: The study.
    """
    published = study.state == "published"
    known = versions(asked.store, study, None if published else asked.account)
    notes = notes_of(asked.store, study.id, all_of_them=not published)
    found: dict[str, bytes] = {}
    for row in known:
        folder = version_folder(asked.studio.settings.folder, study.id, int(row["number"]))
        for name in ("page.html", "data.json"):
            found[f"versions/{row['number']}/{name}"] = (folder / name).read_bytes()
    values = {"study": study, "versions": known, "notes": notes, "origin": asked.studio.settings.origin}
    index = {**values, "comments": _comments(asked, study, 0), "back": "", "note": None}
    found["index.html"] = _page(asked, index)
    for note in notes:
        about = {
            **values,
            "comments": _comments(asked, study, note.id),
            "back": "../index.html",
            "note": note,
        }
        html = note_html(note.body, doc_id=f"n{note.id}")
        about |= {"html": html, "tags": [name for _, name in tags_of(asked.store, note.id)]}
        found[f"notes/{note.slug}.html"] = _page(asked, about)
    found["comments.jsonl"] = _lines(asked, study, notes)
    for name in ("page.css", "studio.css"):
        found[f"assets/{name}"] = content(name)
    return found


def _page(asked: Asked, values: dict[str, object]) -> bytes:
    template = asked.studio.templates.get_template("export.html.j2")
    return template.render(values).encode()


def _comments(asked: Asked, study: Study, note: int) -> list[dict[str, object]]:
    known = {one.id: one for one in comments_at(asked.store, study.id, note)}
    return [
        {
            "comment": known[number],
            "depth": depth,
            # Contact pages are the studio's; from disk they are reached at its address.
            "html": _shown(asked, known[number].text, number),
        }
        for number, depth in in_order((one.id, one.parent) for one in known.values())
    ]


def _shown(asked: Asked, text: str, number: int) -> str:
    settings = asked.studio.settings
    html = comment_html(text, doc_id=f"c{number}", settings=settings).html if text else ""
    return absolute(html, settings.origin)


def _lines(asked: Asked, study: Study, notes: list[Note]) -> bytes:
    slugs = {0: "", **{note.id: note.slug for note in notes}}
    lines = [
        json.dumps(
            {
                "id": one.id,
                "note": slug,
                "parent": one.parent,
                "name": one.name,
                "text": one.text,
                "renderer": one.renderer,
                "created": iso(one.created),
                "edited": iso(one.edited) if one.edited else "",
            },
            ensure_ascii=False,
        )
        for note, slug in slugs.items()
        for one in comments_at(asked.store, study.id, note)
        if one.state == "published"
    ]
    return "".join(f"{line}\n" for line in lines).encode(errors="surrogatepass")
