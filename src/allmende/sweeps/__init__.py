"""Sweeps: thousands of simulated runs, kept as they come, the same bits on any executor in any order.

    design = Design((case("commons", replicates=500, policies=[Bounty()]), case("sharing", replicates=500)))
    swept = sweep(design, Path("swept"), executor="processes")
    swept.results("commons")["use_value"]
    swept.query("SELECT future, avg(use_value) FROM runs GROUP BY future")

A sweep that was interrupted, by whatever, goes on when it is asked for again with the same folder; only the
runs that were in work are run again. While it runs, `opened(folder)` and any program that reads Parquet see
every run that is finished.
"""

from allmende.sweeps.checking import Damage
from allmende.sweeps.design import Case, Design, Piece, case
from allmende.sweeps.running import sweep
from allmende.sweeps.store import Sweep, opened

__all__ = ["Case", "Damage", "Design", "Piece", "Sweep", "case", "opened", "sweep"]
