"""The reference workload of `workload.py` in tuned NumPy: whole arrays, in place, dead slots filled."""

import numpy as np
from numpy.typing import NDArray
from peers import workload as w

__all__ = ["Village", "months", "opened"]

Numbers = NDArray[np.float64]
Village = dict[str, Numbers]
TRAITS = ("rate", "dropout", "quality", "intensity", "need")
FELT = ("ties", "drive", "audience", "expected", "receipt", "frame", "lifetime", "year")


def _mean_one(random: np.random.Generator, spread: float, size: int) -> Numbers:
    return np.exp(spread * random.standard_normal(size) - 0.5 * spread * spread)


def _newcomers(random: np.random.Generator, size: int) -> Village:
    dropout = random.beta(w.A, w.B, size)
    return {
        "rate": random.gamma(w.R, 1 / w.ALPHA, size),
        "dropout": dropout,
        "quality": _mean_one(random, w.QUALITY_SPREAD, size),
        "intensity": (1 - dropout) ** 2 * _mean_one(random, w.INTENSITY_SPREAD, size),
        "need": _mean_one(random, w.NEED_SPREAD, size),
    }


def opened(size: int) -> Village:
    """Members who all arrived in the month before the first."""
    members = _newcomers(np.random.Generator(np.random.SFC64(1)), size)
    return members | {name: np.zeros(size) for name in FELT}


def months(members: Village, number: int) -> tuple[int, ...]:
    """So many months; active days, contributions, leavers."""
    random, total = np.random.Generator(np.random.SFC64(2)), np.zeros(3, np.int64)
    fresh = np.empty(0, np.int64)
    for _ in range(number):
        acting, days, acts, gone = _chosen(members, fresh, random)
        total += int(days.sum()), int(acts.sum()), len(gone)
        _settled(members, acting, acts, random)
        for name, drawn in _newcomers(random, len(gone)).items():
            members[name][gone] = drawn
        for name in FELT:
            members[name][gone] = 0.0
        fresh = gone
    return tuple(total.tolist())


def _chosen(
    members: Village, fresh: NDArray[np.int64], random: np.random.Generator
) -> tuple[NDArray[np.int64], Numbers, Numbers, NDArray[np.int64]]:
    """Who acts, on how many days, with how many contributions, and who leaves."""
    ties, lifetime = members["ties"], members["lifetime"]
    ties *= w.TIES_KEPT
    bond = ties / (1 + ties)
    bond -= 0.5
    mean = w.NEED * members["need"]
    mean += w.BELONGING * bond
    mean += members["drive"]
    own = np.where(lifetime >= w.CORE, w.CORE_RATE, w.OUTER_RATE)
    own[fresh] = 0.0
    mean += own
    mean += w.RATE
    np.clip(mean, -20, 20, out=mean)
    np.exp(mean, out=mean)
    mean *= members["rate"]
    np.minimum(mean, 60, out=mean)
    mean[fresh] *= random.random(len(fresh))
    planned = random.poisson(mean)
    planned[fresh] += 1
    np.minimum(planned, 31, out=planned)
    shift = np.full(len(ties), w.ODDS + w.OUTSIDER)
    answered = random.random(len(fresh)) < w.ANSWERED
    shift[fresh] += w.GATE - w.RESPONSE * (answered - w.USUAL)
    acting = np.flatnonzero(planned)
    planned = planned[acting]
    dropout = members["dropout"][acting]
    odds = dropout / (1 - dropout) * np.exp(shift[acting] - w.STAY * bond[acting])
    # A geometric number by one exponential: cheaper than NumPy's own with a chance for each.
    last = np.ceil(random.standard_exponential(len(acting)) / np.log1p(odds))
    days = np.minimum(planned, last)
    acts = days + random.poisson(np.minimum(w.EXTRA * members["intensity"][acting] * days, 1860))
    lifetime[acting] += days
    members["year"][acting] += acts
    ties[acting] += w.TIES_MADE * days
    return acting, days, acts, acting[last <= planned]


def _settled(members: Village, acting: NDArray[np.int64], acts: Numbers, random: np.random.Generator) -> None:
    """Attention falls on works, some are paid, and both decide next month's drive."""
    audience, expected = members["audience"], members["expected"]
    pull = audience.copy()
    pull[acting] += w.FRESH * members["quality"][acting] * acts
    pull *= _mean_one(random, w.LUCK, len(pull))
    views = pull
    views *= w.VIEWS * len(pull) / pull.sum()
    audience *= w.KEPT
    audience += w.CAPTURED * views
    first = expected == 0
    np.copyto(expected, views, where=first)
    drive = np.log((1 + views) / (1 + expected))
    np.clip(drive, -2.5, 2.5, out=drive)
    drive *= w.ELASTICITY
    expected += w.ADAPTATION * (views - expected)
    paid = views >= w.THRESHOLD
    receipt, frame = members["receipt"], members["frame"]
    receipt *= w.RECEIPT_KEPT
    receipt += (1 - w.RECEIPT_KEPT) * np.where(paid, w.CENTS * views, 0)
    receipt[receipt < 0.5] = 0
    frame += np.where(paid, w.FRAME_UP * (1 - frame), -w.FRAME_DOWN * frame)
    frame[frame < 1e-4] = 0
    drive += np.where(receipt > 0, w.JUMP + w.SLOPE * np.log1p(receipt / w.UNIT), -w.WITHDRAWAL * frame)
    members["drive"] = drive
