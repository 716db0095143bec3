"""Context: what the text format is told about the page on which a text will stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from allmende.errors import AllmendeError, OutOfRangeError

__all__ = ["SCHEMES", "SCHEMES_ALLOWED", "Context", "TextTooLongError"]

SCHEMES = ("http", "https", "ftp")
"""Schemes whose addresses become links unless others are asked for."""

SCHEMES_ALLOWED = frozenset({*SCHEMES, "sftp", "irc", "ircs", "news", "nntp", "xmpp", "webcal"})
"""Schemes that may be asked for; no other hands its argument to a program that only displays it."""

FORMS = MappingProxyType({"contact": "/contact", "press": "/contact/press"})


class TextTooLongError(AllmendeError):
    """A text is longer than a page takes; it is refused as a whole and never cut."""

    code = "too-long"


@dataclass(frozen=True, slots=True)
class Context:
    """Where a text will stand, and what may be named in it.

    Args:
        doc_id: Name of the text, unique on a page: small letters and digits. It goes into ids and links.
        internal_hosts: Hosts that are the site's own: a name is that host, with a leading dot it is the host
            and all below it.
        forms: Contact forms that a text may name, and their paths.
        default_form: The form of an address that names none.
        at: What stands for "@" in an address that is shown.
        dot: What stands for "." in it.
        replace_dots: Whether dots are replaced.
        collapse: Whether notes with equal texts become one.
        caption: Longest text of a link, in code points.
        schemes: Schemes whose addresses become links.
        max_len: Longest text, in code points.
        max_notes: Most notes of a text, repeated references counted.

    Raises:
        OutOfRangeError: the name, a form or a scheme is not of the kind that may stand in a page.
    """

    doc_id: str
    internal_hosts: tuple[str, ...] = ()
    forms: Mapping[str, str] = field(default_factory=lambda: FORMS)
    default_form: str = "contact"
    at: str = " [at] "
    dot: str = " [dot] "
    replace_dots: bool = True
    collapse: bool = False
    caption: int = 72
    schemes: tuple[str, ...] = SCHEMES
    max_len: int = 20_000
    max_notes: int = 100

    def __post_init__(self) -> None:
        if not re.fullmatch("[a-z0-9]+", self.doc_id):
            raise OutOfRangeError(f"doc_id is '{self.doc_id}'", expected="small letters and digits")
        for name, path in self.forms.items():
            if not (re.fullmatch("[a-z0-9_-]{1,64}", name) and re.fullmatch("/[a-z0-9/_-]*", path)):
                raise OutOfRangeError(
                    f"form '{name}' at '{path}'", expected="a name, and a path on this site"
                )
        if self.default_form not in self.forms:
            raise OutOfRangeError(f"default_form is '{self.default_form}'", expected="one of the forms")
        strange = sorted(set(self.schemes) - SCHEMES_ALLOWED)
        if strange:
            raise OutOfRangeError(
                f"scheme '{strange[0]}'", expected=f"one of {', '.join(sorted(SCHEMES_ALLOWED))}"
            )
