"""Forecasts against what happened, over many communities: `python benchmarks/backtest.py`.

    python benchmarks/backtest.py                  prints the tables of docs/forecasting.md
    python benchmarks/backtest.py --learn          and writes what was learned to src/allmende/data
    python benchmarks/backtest.py --simulator      with worlds of the calibrated community (minutes)
    python benchmarks/backtest.py --only 15        on every so many-th community: for development
    python benchmarks/backtest.py --no-baselines   without statsforecast (extra `baselines`)

The logs stand beside the project (`shared/data`); printed are figures over many communities. Every
community has four origins, 12, 24, 36 and 48 months before the end of its record, and twelve months after
each are forecast from what lies before it. What is learned across communities is learned from the others
only. Paths are kept in a cache folder, so that a second run costs seconds; it is made anew when the code of
forecasting changes.
"""

import argparse
import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
# Last, so that scripts of this folder hide no installed package.
sys.path.append(str(Path(__file__).resolve().parent))

from allmende.forecasting import environment
from allmende.forecasting.environment import Adjustment, Miss, learned
from allmende.forecasting.history import MONTHLY, YEARLY, History, history_of
from allmende.forecasting.naive import flat, repeat_members, seasonal_naive
from allmende.forecasting.parts import Parts, parts_of, pooled
from allmende.forecasting.sufficient import usable
from allmende.months import parse
from shared_logs import community_panels

Numbers = NDArray[np.float64]
Paths = Mapping[str, Numbers]

ROOT = Path(__file__).resolve().parents[1]
MONTHS, ORIGINS, SEED = 12, 4, 1
SHORTEST = 24 + MONTHS * ORIGINS
# Two months: the last is incomplete, and of the one before acts are still to be entered.
CUT = 2
SOURCES = ROOT / "src" / "allmende" / "forecasting"
SHIPPED = ROOT / "src" / "allmende" / "data" / "environment.json"

UNFIT = {
    "names who entered work, not who did it": (
        "classicpress", "cpython", "drupal", "eclipse-jdt-core", "eclipse-platform-ui", "httpd", "perl5",
        "postgres", "vim",
    ),
    "exported from elsewhere or garbled by an import": ("linux-pre-git", "tensorflow-probability"),
    "the same people as in another log": ("faker-origin", "libav", "node-v0.x"),
    "a fork too young for four origins": ("openvox", "opentofu", "pulsar", "valkey"),
}  # fmt: skip
FORKED = {"backdrop": "2012-07", "cupy": "2017-08", "hive": "2019-10"}
"""Forks, and the month after the last act that they share with their origin."""


@dataclass(frozen=True)
class Case:
    """One community at one origin: what was known, what happened, what each method said."""

    community: str
    origin: int
    known: History
    truth: Mapping[str, Numbers]
    year: Mapping[str, float]
    parts: Parts
    said: dict[str, Paths]


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--learn", action="store_true")
    asked.add_argument("--only", type=int, default=1)
    asked.add_argument("--paths", type=int, default=1000)
    asked.add_argument("--no-baselines", action="store_true")
    asked.add_argument("--simulator", action="store_true")
    asked.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "allmende-backtest")
    given = asked.parse_args()
    known = histories()
    chosen = list(known)[:: given.only]
    cases = []
    for name in chosen:
        cases += _cached(name, known[name], given)
    from backtest_tables import tables

    if given.learn:
        _ship(cases)
    for case in cases:
        case.said.update(_product(case, cases))
    tables(cases)


def histories() -> dict[str, History]:
    """The communities on which forecasts are scored, and what is known of each."""
    unfit = {name for names in UNFIT.values() for name in names}
    found = {}
    for name, panel in community_panels().items():
        if name in unfit:
            continue
        history = history_of(panel, stop=panel.stop - CUT)
        if name in FORKED:
            history = history.since(parse(FORKED[name]))
        if history.length >= SHORTEST:
            found[name] = history
    return found


def _cached(name: str, history: History, given: argparse.Namespace) -> list[Case]:
    """The cases of a community, from the cache where nothing that makes them has changed."""
    own = ("history.py", "members.py", "naive.py", "parts.py", "statespace.py")
    made = _kept(
        given.cache / f"{name}-{given.paths}-{_digest(*(SOURCES / one for one in own))}.pickle",
        lambda: list(_cases(name, history, given.paths)),
    )
    if given.no_baselines:
        return made
    others = ROOT / "benchmarks" / "peers" / "forecasts.py"

    def peers() -> list[dict[str, Paths]]:
        from peers.forecasts import forecasts

        return [forecasts(case.known, months=MONTHS, seed=SEED) for case in made]

    found = _kept(given.cache / f"{name}-peers-{_digest(others, SOURCES / 'history.py')}.pickle", peers)

    for case, said in zip(made, found, strict=True):
        case.said.update(said)
    return _with_worlds(name, made, given) if given.simulator else made


def _with_worlds(name: str, made: list[Case], given: argparse.Namespace) -> list[Case]:
    """The cases with what worlds of the calibrated community said, kept by the code of that module alone."""
    source = ROOT / "benchmarks" / "backtest_simulator.py"

    def worlds() -> list[Paths]:
        from backtest_simulator import simulator

        panel = community_panels()[name]
        return [simulator(panel, case.known, months=MONTHS, seed=SEED) for case in made]

    found = _kept(given.cache / f"{name}-simulator-{_digest(source)}.pickle", worlds)
    for case, said in zip(made, found, strict=True):
        case.said["the simulator, calibrated"] = said
    return made


def _cases(name: str, history: History, paths: int) -> Iterator[Case]:
    for number in range(1, ORIGINS + 1):
        origin = history.stop - MONTHS * number
        known = history.until(origin)
        if not usable(known):
            continue
        coming = history.until(origin + MONTHS)
        place = slice(origin - history.start, origin - history.start + MONTHS)
        truth = {each: values[place] for each, values in history.series.items()}
        parts = parts_of(known, months=MONTHS, paths=paths, seed=SEED)
        said = _naive(known, paths)
        yield Case(name, origin, known, truth, coming.totals(origin + MONTHS), parts, said)


def _naive(known: History, paths: int) -> dict[str, Paths]:
    asked = {"months": MONTHS, "paths": paths, "seed": SEED}
    series = known.series
    return {
        "seasonal naive": {name: seasonal_naive(series[name], **asked) for name in MONTHLY},
        "flat, last quarter": {name: flat(series[name], last=3, **asked) for name in MONTHLY},
        "flat, last year": {name: flat(series[name], last=12, **asked) for name in MONTHLY},
        "members repeat last year": repeat_members(known, **asked),
    }


def _product(case: Case, cases: Sequence[Case]) -> dict[str, Paths]:
    """The parts and the product, with what the other communities teach; and the reference class."""
    others = [one for one in cases if one.community != case.community]
    taught = lessons(others)
    members, level = case.parts.monthly["members"], case.parts.monthly["level"]
    calm = {name: case.parts.yearly[name][:, None] for name in YEARLY}
    only = {part: pooled_of_one(case.parts, part, taught) for part in ("members", "level")}
    return {
        "members, independent": {**members, **calm},
        "level": dict(level),
        "members in an environment": only["members"],
        "level in an environment": only["level"],
        "Allmende": pooled(case.parts, taught, seed=SEED),
        "last year x others' change": _reference_class(case, others),
    }


def pooled_of_one(parts: Parts, part: str, taught: Mapping[str, Adjustment]) -> Paths:
    """One part alone, in its environment."""
    alone = {"members": parts.monthly[part], "level": parts.monthly[part]}
    same = {f"{other} {name}": taught[f"{part} {name}"] for other in alone for name in MONTHLY}
    return pooled(Parts(alone, parts.yearly, parts.last), taught | same, seed=SEED)


def lessons(cases: Sequence[Case]) -> dict[str, Adjustment]:
    """What these cases teach: an adjustment for each part and outcome."""
    found = {}
    for part in ("members", "level"):
        for name in MONTHLY:
            found[f"{part} {name}"] = learned(
                [miss(one.parts.monthly[part][name], one.parts.last[name], one.year[name]) for one in cases]
            )
    for name in YEARLY:
        found[f"members {name}"] = learned([_miss_of_year(one, name) for one in cases])
    return found


def miss(paths: Numbers, last: float, truth: float) -> Miss:
    """How the paths of a part missed what happened in the year."""
    totals = paths.sum(axis=1)
    error = float(np.log((truth + 1) / (np.median(totals) + 1)))
    return Miss(error, environment.gap(paths, last), float(np.log(totals + 1).std()))


def _miss_of_year(case: Case, name: str) -> Miss:
    values = case.parts.yearly[name]
    middle = np.median(values) + 1
    return Miss(
        float(np.log((case.year[name] + 1) / middle)),
        float(np.log((case.parts.last[name] + 1) / middle)),
        float(np.log(values + 1).std()),
    )


def _reference_class(case: Case, others: Sequence[Case], size: int = 1000) -> Paths:
    """Last year times what happened to other communities: quantiles of their changes, as paths of totals."""
    levels = (np.arange(size) + 0.5) / size
    told = {}
    for name in (*MONTHLY, *YEARLY):
        changes = [np.log((one.year[name] + 1) / (one.parts.last[name] + 1)) for one in others]
        total = (case.parts.last[name] + 1) * np.exp(np.quantile(changes, levels)) - 1
        told[name] = total[:, None]
    return told


def _ship(cases: Sequence[Case]) -> None:
    import msgspec

    told = {
        "made_by": "python benchmarks/backtest.py --learn",
        "communities": len({case.community for case in cases}),
        "forecasts": len(cases),
        "adjustments": {
            name: {key: round(float(getattr(one, key)), 4) for key in ("drift", "pull", "spread")}
            for name, one in lessons(cases).items()
        },
    }
    SHIPPED.parent.mkdir(exist_ok=True)
    SHIPPED.write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")


def _kept(place: Path, make: Callable[[], Any]) -> Any:
    if place.exists():
        return pickle.loads(place.read_bytes())
    made = make()
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(pickle.dumps(made))
    unfinished.replace(place)
    return made


def _digest(*sources: Path) -> str:
    return hashlib.sha256(b"".join(one.read_bytes() for one in sources)).hexdigest()[:12]


if __name__ == "__main__":
    main()
