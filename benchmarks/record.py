"""What is said of the records of known communities, and of their programs?

    python benchmarks/record.py FOLDER

FOLDER holds event logs (Parquet; columns time, tz_offset_min, actor, bot, kind, author_is_committer), one a
community. Printed for each: the regime, the share of clocks that can be read, the breaks and the CPU
seconds of `record.describe`; then how many programs and persons the behavioural marks of `bots.suspicions`
point at, the logs' own `bot` column (names and addresses) being the truth.
"""

import argparse
import time
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from allmende.events import RECORDER_UNKNOWN, Events
from allmende.months import text
from allmende.people.bots import EVENTS_SUSPECT, suspicions
from allmende.records.record import describe

QUERY = """
SELECT epoch_us(time) AS moment, coalesce(tz_offset_min, -32768)::SMALLINT AS zone, actor, bot,
       author_is_committer AS own
FROM read_parquet(?) WHERE kind = 'commit' ORDER BY time
"""


def logged(path: Path) -> tuple[Events, NDArray[np.bool_]]:
    """The commits of a log, and which of its members are programs."""
    rows = duckdb.execute(QUERY, [str(path)]).fetchnumpy()
    members, member = np.unique(rows["actor"].astype(str), return_inverse=True)
    bot = np.zeros(len(members), np.bool_)
    bot[member[rows["bot"].astype(bool)]] = True
    events = Events.of_columns(
        np.asarray(rows["moment"]).astype(np.int64),
        member.astype(np.int32),
        tuple(members),
        offset=np.asarray(rows["zone"]).astype(np.int16),
        recorder=np.where(rows["own"].astype(bool), member, RECORDER_UNKNOWN).astype(np.int32),
    )
    return events, bot


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    logs = sorted(parser.parse_args().folder.glob("*.parquet"))
    programs, persons, pointed = 0, 0, {True: 0, False: 0}
    print(f"{'community':24} {'commits':>8} {'regime':10} {'clocks':>6} {'CPU s':>6}  breaks")
    for path in logs:
        events, bot = logged(path)
        start = time.process_time()
        record = describe(events, bot)
        seconds = time.process_time() - start
        breaks = ", ".join(f"{text(found.month)} {found.kind}" for found in record.breaks)
        print(
            f"{path.stem:24} {len(events):8,} {record.regime:10} {record.zoned_share:6.0%}"
            f" {seconds:6.3f}  {breaks}"
        )
        busy = np.bincount(events.member, minlength=len(bot)) >= EVENTS_SUSPECT
        programs += int(np.count_nonzero(busy & bot))
        persons += int(np.count_nonzero(busy & ~bot))
        for member in suspicions(events, np.zeros_like(bot)):
            pointed[bool(bot[member])] += 1
    print(
        f"\nMembers with {EVENTS_SUSPECT} commits or more: {programs} programs, {persons:,} others.\n"
        f"Behaviour points at {pointed[True]} of the programs and {pointed[False]} of the others."
    )


if __name__ == "__main__":
    main()
