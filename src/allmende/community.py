"""Community: the events of one community with its members identified, and what its record is worth.

Members are pseudonyms (keyed hashes) unless the user asked for names. Nothing in a Community leads
from a pseudonym back to a name without the key, which stays with the user.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allmende.events import Events, Refusals
from allmende.reader import Source

__all__ = ["Break", "Community", "Identities", "Merge", "Record"]


@dataclass(frozen=True, slots=True)
class Merge:
    """Why two accounts are one member.

    Args:
        member: The member, as in `Community.events.members`.
        accounts: The two accounts joined, as pseudonyms (as written when names are shown).
        reason: The key they share: "same address", "rare full name", ".mailmap", ...
    """

    member: str
    accounts: tuple[str, str]
    reason: str


@dataclass(frozen=True, slots=True)
class Identities:
    """How accounts became members.

    Args:
        accounts: How many accounts the source names.
        merges: One for each account that was joined to another.
        bots: Members that are programs, and by what they were recognised.
        key_fingerprint: First eight hex digits of the hash of the key; two results can be linked only
            when it is the same. "" when names are shown.
        account_member: For every account code of the source, the member code. int32. Lets raw and
            merged figures be shown side by side.
        suspects: Members that act as no person does, and what was seen; they are counted all the same.
        notes: Sentences for the user: lines of mailmaps and affiliation files that were not understood.
    """

    accounts: int = 0
    merges: tuple[Merge, ...] = ()
    bots: dict[str, str] = field(default_factory=dict)
    key_fingerprint: str = ""
    account_member: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    suspects: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Break:
    """A month at which the record itself changed, not (only) the community.

    Args:
        month: Month number.
        kind: "import", "split", "rewrite", "move", "regime".
        note: What was seen, with figures.
    """

    month: int
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class Record:
    """What kind of record this is: to be read before any number made from it.

    Args:
        regime: "author" or "committer" attributed, or "mixed", with `regime_since` months.
        regime_note: The figures behind it.
        breaks: Months at which the record changed.
        clock_faults: Counted by kind: "recorded before it was made", "in the future", "before 1980", ...
        zoned_share: Share of events whose clock offset can be read (not missing, not constant UTC).
        hours: Events by weekday (Monday first) and hour of the member's clock, over readable offsets.
            int64[7, 24].
    """

    regime: str = "unknown"
    regime_note: str = ""
    breaks: tuple[Break, ...] = ()
    clock_faults: dict[str, int] = field(default_factory=dict)
    zoned_share: float = 0.0
    hours: NDArray[np.int64] = field(default_factory=lambda: np.zeros((7, 24), np.int64))


@dataclass(frozen=True, slots=True)
class Community:
    """The events of one community, members identified.

    Args:
        name: Short name.
        events: The events in order of time; members are identified members, not accounts.
        bot: For each member code, whether it is a program. bool.
        sources: Where the events came from.
        refusals: What could not become an event, over all sources.
        identities: How accounts became members.
        record: What kind of record this is.
        account: The account behind each event, a code of the source: lets figures be shown as they
            would be without merging. int32, empty when not kept.
    """

    name: str
    events: Events
    bot: NDArray[np.bool_]
    sources: tuple[Source, ...] = ()
    refusals: Refusals = field(default_factory=Refusals)
    identities: Identities = field(default_factory=Identities)
    record: Record = field(default_factory=Record)
    account: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))

    @property
    def truncated(self) -> str:
        """Why part of the history is missing; "" when it is whole."""
        return "; ".join(sorted({source.truncated for source in self.sources if source.truncated}))
