"""Careers by the member model in plain NumPy, written apart from the code under test."""

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.careers import Careers
from allmende.panel import Panel


def monthly_days(
    members: int, months: int, law: tuple[float, float, float, float], seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Active days by member and month, month of joining, and who still takes part at the end."""
    luck = np.random.default_rng(seed)
    r, alpha, a, b = law
    rate, chance = luck.gamma(r, 1 / alpha, members), luck.beta(a, b, members)
    joined = luck.integers(0, months, members)
    days, active = np.zeros((members, months), np.int64), np.ones(members, bool)
    for month in range(months):
        there = active & (joined <= month)
        planned = luck.poisson(rate) + (joined == month)
        last = luck.geometric(np.clip(chance, 1e-12, 1.0))
        days[:, month] = np.where(there, np.minimum(planned, last), 0)
        active &= ~(there & (last <= planned))
    return days, joined, active


def careers(
    members: int, months: int, law: tuple[float, float, float, float], seed: int
) -> tuple[Careers, NDArray[np.bool_]]:
    """Careers of the member model, and who still takes part."""
    days, joined, active = monthly_days(members, months, law, seed)
    total, who = days.sum(axis=1), np.arange(members)
    last = months - 1 - np.argmax(days[:, ::-1] > 0, axis=1)
    within = days[who, last] - (last == joined)
    unknown, fresh = np.zeros(members, np.int64), np.ones(members, bool)
    return (
        Careers(
            who, joined, total - 1 - within, within, last - joined, months - joined, total, unknown, fresh
        ),
        active,
    )


def panel(days: NDArray[np.int64], *, extra: NDArray[np.int64] | None = None, start: int = 500) -> Panel:
    """A panel with these active days: the first days of each month, at most 28."""
    member, month = np.nonzero(days)
    number = np.minimum(days[member, month], 28)
    more = np.zeros_like(number) if extra is None else extra[member, month]
    return Panel.of_columns(
        member=member.astype(np.int32),
        month=(month + start).astype(np.int32),
        action=np.zeros(len(member), np.uint8),
        count=number + more,
        day_set=((np.uint64(1) << number.astype(np.uint64)) - np.uint64(1)).astype(np.uint32),
        members=tuple(f"member-{number}" for number in range(len(days))),
        start=start,
        stop=start + days.shape[1],
        origin="simulated",
    )
