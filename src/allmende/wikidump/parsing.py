"""MediaWiki's XML dumps, parsed as a stream: revision by revision, page by page.

Only one page is held at a time, and of it no text. A document type, and with it any entity, is
refused; depth, the length of a field and of a token are limited; what is cut off or broken ends the
reading where it stands and keeps what came before.
"""

import hashlib
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from allmende.errors import SourceRefusedError
from allmende.events import Refusal
from allmende.months import instant
from allmende.wikidump.history import Revision, actions_and_sizes, is_talk

__all__ = ["StopParsingError", "WikiDump"]

DEPTH = 100
LONGEST_FIELD = 64 << 10
LONGEST_TOKEN = 16 << 20
_FIELDS = frozenset(
    {"id", "parentid", "timestamp", "username", "ip", "sha1", "title", "ns", "dbname", "sitename"}
)
_HIDDEN = -1
# Where elements stand below the root; elsewhere the same names mean nothing.
_REVISION = ["page", "revision"]
_CONTRIBUTOR = [*_REVISION, "contributor"]


class StopParsingError(Exception):
    """Raised inside the parser where reading must end; the text says why."""


@dataclass
class WikiDump:
    """Reads a dump that is fed to it in blocks.

    Args:
        touches: Keep the titles of pages.
        refuse: Told of every revision that cannot become an event.
        acts: Revisions seen.
        at, effort, number, member, action, page: One for each event, in the order of the dump.
        names: Code of each member.
        titles: Code of each page.
        addresses: Codes of members that are network addresses or temporary accounts.
        headless: Pages whose first revision here has a parent that is not here.
        unsized: Events whose change in bytes is not known.
        stopped: Why reading ended early; "" when it did not.
    """

    touches: bool
    refuse: Callable[[Refusal], None]
    acts: int = 0
    at: "array[int]" = field(default_factory=lambda: array("q"))
    effort: "array[int]" = field(default_factory=lambda: array("q"))
    number: "array[int]" = field(default_factory=lambda: array("q"))
    member: "array[int]" = field(default_factory=lambda: array("i"))
    action: "array[int]" = field(default_factory=lambda: array("B"))
    page: "array[int]" = field(default_factory=lambda: array("i"))
    names: dict[str, int] = field(default_factory=dict)
    titles: dict[str, int] = field(default_factory=dict)
    addresses: set[int] = field(default_factory=set)
    headless: int = 0
    unsized: int = 0
    site: dict[str, str] = field(default_factory=dict)
    stopped: str = ""

    def __post_init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._document_type
        self._fed = 0
        self._stack: list[str] = []
        self._talk: dict[str, bool] = {}
        self._text: list[str] | None = None
        self._length = 0
        self._version = 0.0
        self._page: dict[str, str] = {}
        self._revisions: list[Revision] = []
        self._now: dict[str, str] = {}
        self._size = -1
        self._hash: hashlib._Hash | None = None
        self._fault = ""
        self._line = 0

    def feed(self, content: bytes) -> bool:
        """Parse a block; says whether more is wanted.

        Raises:
            SourceRefusedError: it is no dump of a wiki, or declares a document type.
        """
        return self._parse(content, last=False)

    def close(self) -> None:
        """Parse the end.

        Raises:
            SourceRefusedError: as in `feed`.
        """
        if not self.stopped:
            self._parse(b"", last=True)
        self._cut()

    def _parse(self, content: bytes, *, last: bool) -> bool:
        self._fed += len(content)
        try:
            self._parser.Parse(content, last)
        except StopParsingError as fault:
            self.stopped = f"stopped at line {self._parser.CurrentLineNumber}: {fault}"
        except expat.ExpatError as fault:
            if not self._version and not self._stack:
                raise SourceRefusedError(f"it is no XML ({expat.errors.messages[fault.code]})") from None
            whole = "cut off" if last else f"not well-formed ({expat.errors.messages[fault.code]})"
            self.stopped = f"{whole} at line {fault.lineno}"
        except (ValueError, LookupError) as fault:
            self.stopped = f"stopped at line {self._parser.CurrentLineNumber}: {fault}"
        if self._fed - max(self._parser.CurrentByteIndex, 0) > LONGEST_TOKEN and not self.stopped:
            line = self._parser.CurrentLineNumber
            self.stopped = (
                f"stopped at line {line}: a tag or comment is longer than {LONGEST_TOKEN >> 20} MiB"
            )
        return not self.stopped

    def _cut(self) -> None:
        """Count what was open when reading ended."""
        if self._stack[1:3] == _REVISION:
            self.refuse(Refusal(f"line {self._line}", "cut off"))
        self._close_page()
        self._stack.clear()

    def _document_type(self, *_: object) -> None:
        raise SourceRefusedError(
            "it declares a document type (DTD), which no wiki's dump does", expected="a dump without one"
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        stack = self._stack
        parent = stack[-1] if stack else ""
        stack.append(name)
        if len(stack) > DEPTH:
            raise StopParsingError(f"elements nested deeper than {DEPTH}")
        if not parent:
            self._root(name, attributes)
        elif name == "revision" and stack[1:] == _REVISION:
            self.acts += 1
            self._now, self._size, self._hash, self._fault = {}, -1, None, ""
            self._line = self._parser.CurrentLineNumber
        elif name == "page" and len(stack) == 2:  # noqa: PLR2004 - right below the root
            self._page, self._revisions = {}, []
        elif name == "text" and stack[1:-1] == _REVISION:
            self._start_text(attributes)
        elif name == "contributor" and stack[1:-1] == _REVISION:
            self._fault = "its contributor is hidden" if "deleted" in attributes else self._fault
        elif name in _FIELDS or name == "namespace":
            self._text, self._length = [], 0
            self._now["key"] = attributes.get("key", "")
            self._parser.CharacterDataHandler = self._characters

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        if name != "mediawiki":
            raise SourceRefusedError(f"it is XML, but begins with <{name[:40]}>", expected="<mediawiki>")
        major, _, minor = attributes.get("version", "0.3").partition(".")
        self._version = int(major) + int(minor or 0) / 1000 if (major + minor).isdigit() else 0.003

    def _start_text(self, attributes: dict[str, str]) -> None:
        size, digest = attributes.get("bytes", ""), attributes.get("sha1", "")
        self._size = int(size) if size.isascii() and size.isdigit() and len(size) < 16 else -1  # noqa: PLR2004 - a petabyte
        self._now["sha1"] = digest
        # Since version 0.6 the digest is told after the text; before, it has to be made from the text.
        if "deleted" not in attributes and (self._size < 0 or (self._version < 0.006 and not digest)):  # noqa: PLR2004
            self._hash, self._length = hashlib.sha1(usedforsecurity=False), 0
            self._parser.CharacterDataHandler = self._hashed

    def _hashed(self, text: str) -> None:
        assert self._hash is not None
        content = text.encode("utf-8", "surrogatepass")
        self._length += len(content)
        self._hash.update(content)

    def _characters(self, text: str) -> None:
        self._length += len(text)
        if self._length <= LONGEST_FIELD and self._text is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        stack = self._stack
        stack.pop()
        parent = stack[-1] if stack else ""
        if self._text is not None:
            self._parser.CharacterDataHandler = None
            value = "".join(self._text).strip()
            self._text = None
            self._keep(name, parent, value)
        elif name == "text" and self._hash is not None and stack[1:] == _REVISION:
            self._end_text()
        elif name == "revision" and stack[1:] == _REVISION[:1]:
            self._close_revision()
        elif name == "page" and len(stack) == 1:
            self._close_page()

    def _keep(self, name: str, parent: str, value: str) -> None:
        above = self._stack[1:]
        if above in (_REVISION, _CONTRIBUTOR):
            key = "who" if name in ("username", "ip") else name if parent == "revision" else ""
            self._now[key] = value or self._now.get(key, "")
            if name == "ip":
                self._now["ip"] = value
            if self._length > LONGEST_FIELD:
                self._fault = f"its {name} is longer than {LONGEST_FIELD >> 10} kB"
        elif above == _REVISION[:1]:
            self._page[name] = value
        elif name == "namespace":
            key = self._now["key"].removeprefix("-")
            self._talk[value] = key.isdigit() and is_talk(int(key[:9]))
        elif parent == "siteinfo":
            self.site[name] = value[:200]

    def _end_text(self) -> None:
        assert self._hash is not None
        self._parser.CharacterDataHandler = None
        self._size = self._length if self._size < 0 else self._size
        self._now["sha1"] = self._now["sha1"] or self._hash.hexdigest()
        self._hash = None

    def _close_revision(self) -> None:
        now = self._now
        number = _number(now.get("id", ""))
        at = 0
        try:
            at = instant(datetime.fromisoformat(now.get("timestamp", "")))
        except (ValueError, OverflowError):
            self._fault = self._fault or ("its time is not understood" if now.get("timestamp") else "no time")
        who = now.get("who", "")
        if not self._fault and not who:
            self._fault = "no contributor"
        member = _HIDDEN
        if self._fault:
            place = f"revision {number}, line {self._line}" if number else f"line {self._line}"
            self.refuse(Refusal(place, self._fault))
        else:
            member = self.names.setdefault(who, len(self.names))
            if "ip" in now or who.startswith("~2"):
                self.addresses.add(member)
        parent = _number(now.get("parentid", ""))
        self._revisions.append(
            Revision(at, number, parent, member, self._size, now.get("sha1", ""), not self._fault)
        )

    def _close_page(self) -> None:
        revisions, self._revisions = self._revisions, []
        if not revisions:
            return
        revisions.sort(key=lambda revision: (revision.at, revision.number))
        self.headless += bool(revisions[0].parent)
        title = self._page.get("title", "")
        told = actions_and_sizes(revisions, talk=self._discusses(title))
        page = self.titles.setdefault(title, len(self.titles)) if self.touches and title else -1
        for revision, (action, size, known) in zip(revisions, told, strict=True):
            if revision.counts:
                self.at.append(revision.at)
                self.number.append(revision.number)
                self.member.append(revision.member)
                self.action.append(action)
                self.effort.append(size)
                self.page.append(page)
                self.unsized += not known

    def _discusses(self, title: str) -> bool:
        """By the namespace's number, or in dumps before version 0.6 by its name."""
        number = self._page.get("ns", "")
        if number.isascii() and number.isdigit():
            return is_talk(int(number[:9]))
        prefix, colon, _ = title.partition(":")
        return bool(colon) and self._talk.get(prefix, prefix.lower().endswith("talk") and not self._talk)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0  # noqa: PLR2004 - int64
