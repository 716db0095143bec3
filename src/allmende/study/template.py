"""Template: a study file to begin with, every line explained."""

from pathlib import Path

from allmende import files
from allmende.errors import StoreError

__all__ = ["TEMPLATE", "begin"]

TEMPLATE = """\
# A study: everything that is asked, in one file. `allmende study run {name}` answers it.
title = "Does a bounty help a commons?"

# Which economy: `allmende list economies`. Or the one of a case: "case:apache-2004" (`allmende cases`).
economy = "commons"
members = 1000      # members at the start
months = 60         # length of a run
replicates = 20     # worlds of other luck; all futures of a world share theirs
draws = 1           # more than 1: so many sets of parameters, drawn from what is believed about them
seed = 1            # the same seed gives the same bits
outcome = "use_value"   # what decides which future is better

# The futures to be compared with the world as it is: each line is one, a list of policies that hold together.
# `allmende list policies` shows the policies, docs/reference/policies.md their levers.
futures = [
    [{{ policy = "bounty", pool = 200000, start = 12 }}],
    [{{ policy = "foundation", donations = 2.0 }}, {{ policy = "gate", start = 24 }}],
]

# Parameters other than the defaults of the economy (docs/odd tells what they mean).
[parameters]
decay = 0.02

# Several economies, or one under several assumptions, instead of one: what a case does not say stands above.
# [[cases]]
# name = "small"
# members = 100
#
# [[cases]]
# name = "decays fast"
# parameters = {{ decay = 0.05 }}

[sweep]
executor = "processes"   # serial, threads, processes, or ray; changes how long it takes and nothing else
# workers = 2            # as many as there are processors when left out
"""


def begin(path: Path) -> Path:
    """Write a study file to begin with.

    Args:
        path: Where; ".toml" is added when it is missing.

    Raises:
        StoreError: something of that name is there already.
    """
    place = path if path.suffix == ".toml" else path.with_name(f"{path.name}.toml")
    if place.exists():
        raise StoreError(
            f"{place.name} exists already", where=str(place), next_step="Choose another name, or delete it."
        )
    files.write(place, TEMPLATE.format(name=place.name).encode())
    return place
