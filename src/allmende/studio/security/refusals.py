"""Refusals: error pages that are the same for everybody and repeat nothing of what was asked."""

from html import escape

__all__ = ["SENTENCES", "refusal"]

SENTENCES = {
    400: ("Not understood", "The request is not one that this site understands."),
    403: ("Not allowed", "You may not do this. If you have an account with more rights, sign in with it."),
    404: ("Not found", "There is nothing here, or nothing that you may see."),
    405: ("Not allowed", "This address does not take such a request."),
    408: ("Too slow", "The request took too long to arrive. Please send it again."),
    409: ("Changed meanwhile", "Somebody changed this before you. Go back, reload and try again."),
    410: ("Withdrawn", "This was published once and has been withdrawn by its author."),
    413: ("Too large", "The request is larger than this site accepts."),
    421: ("Wrong address", "This server does not answer under that name."),
    429: ("Too many", "Too many requests came from your network. Please wait a little and try again."),
    500: ("A fault", "Something went wrong here, not with you. The administrator can see it in the log."),
}
"""Title and sentence of each refusal."""


def refusal(status: int) -> bytes:
    """The page of a refusal."""
    title, sentence = SENTENCES[status]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<title>{title}</title><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="/assets/page.css">'
        f'<link rel="stylesheet" href="/assets/studio.css"></head>'
        f'<body><main class="refusal"><h1>{title}</h1>'
        f'<p>{escape(sentence)}</p><p><a href="/">To the beginning</a></p></main></body></html>\n'
    ).encode()
