"""Settlement: what the audience and the money of a month do to each member.

In the sharing form of works, views fall on members' works one by one; in every form money may reach members
one by one. Payouts are simulated for each member and never averaged: under a proportional share of
revenue the median maker gets next to nothing while pay becomes salient (`evidence.md` G2, G5), and an
average would get the sign wrong.
"""

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allmende.draws import Decision, member_key, moment_of, threefry, unit
from allmende.elementary import log
from allmende.kernel import kernel, word
from allmende.model.blocks import BLOCK
from allmende.model.member import clipped, pay_exponent
from allmende.model.signals import Amount
from allmende.model.state import Members, Status
from allmende.model.traits import mean_one

__all__ = [
    "Weight",
    "attract",
    "audience_gain",
    "claim_of",
    "claims",
    "next_expected",
    "next_frame",
    "next_receipt",
    "pull_of",
    "settle_drive",
    "watch",
]


class Weight(IntEnum):
    """What settlement needs to know of a world."""

    KEPT = 0
    """Share of gathered attention that lasts a month."""
    CAPTURED = 1
    """Share of this month's views that is gathered as lasting attention (followers)."""
    LUCK = 2
    """Standard deviation of log views of one member's works in a month."""
    FRESH = 3
    """Pull of a contribution of mean quality, in views a month."""
    ELASTICITY = 4
    """Elasticity of a member's rate to the own audience."""
    ADAPTATION = 5
    """Share of the gap by which expectations follow the audience in a month."""
    JUMP = 6
    """Effect of the first cent under the present pay norm."""
    SLOPE = 7
    """Effect of each e-fold of money."""
    WITHDRAWAL = 8
    """Loss when pay ends."""
    PAY_UNIT = 9
    """Cents a month at which the slope begins to count."""
    RECEIPT_KEPT = 10
    """Share of the moving average of receipts that lasts a month."""
    FRAME_UP = 11
    """Share of the way to working for pay that a paid month covers."""
    FRAME_DOWN = 12
    """Share of the way back that an unpaid month covers."""
    VIEWS = 13
    """Views for each unit of pull, this month."""


KEPT, CAPTURED, LUCK, FRESH = (
    int(Weight.KEPT), int(Weight.CAPTURED), int(Weight.LUCK), int(Weight.FRESH),
)  # fmt: skip
ELASTICITY, ADAPTATION, VIEWS = int(Weight.ELASTICITY), int(Weight.ADAPTATION), int(Weight.VIEWS)
JUMP, SLOPE, WITHDRAWAL = int(Weight.JUMP), int(Weight.SLOPE), int(Weight.WITHDRAWAL)
PAY_UNIT, RECEIPT_KEPT = int(Weight.PAY_UNIT), int(Weight.RECEIPT_KEPT)
FRAME_UP, FRAME_DOWN = int(Weight.FRAME_UP), int(Weight.FRAME_DOWN)
A_PULL, D_ATTENTION = int(Amount.PULL), int(Decision.ATTENTION)
GONE = int(Status.GONE)
LARGEST_GAIN = 2.5
LEAST_RECEIPT = 0.5
LEAST_FRAME = 1e-4


@kernel
def pull_of(audience: float, quality: float, contributions: int, fresh: float) -> float:
    """How strongly a member's works attract: audience + fresh quality contributions."""
    return audience + fresh * quality * contributions


def attract(
    members: Members, blocks: NDArray[np.int64], lo: int, hi: int, weights: NDArray[np.float64],
    streams: NDArray[np.uint64], seed: int, month: int, views: NDArray[np.float32],
    amounts: NDArray[np.float64],
) -> None:  # fmt: skip
    """Pull of every member's works with this month's luck, and its sum for each block.

    Args:
        members: The rows.
        blocks: From `blocks_of`.
        lo: First block.
        hi: Block after the last.
        weights: Rows of `Weight`. float64[worlds, weights].
        streams: From `streams_of`.
        seed: Seed of the study.
        month: Month of the run.
        views: Filled with the pull of each row. float32[rows].
        amounts: float64[blocks, amounts]; `Amount.PULL` is filled.
    """
    room = np.empty((2, BLOCK), np.float64)
    pull, luck = room[0], room[1]
    for block in range(lo, hi):
        world, start, stop = int(blocks[block, 0]), int(blocks[block, 1]), int(blocks[block, 2])
        _pulls(members, start, stop, weights[world, FRESH], pull)
        _luck(members, start, stop, seed, int(streams[world, D_ATTENTION]), month, luck)
        spread, here, total = weights[world, LUCK], views[start:stop], 0.0
        for j in range(stop - start):
            luck[j] = mean_one(luck[j], spread)
        for j in range(stop - start):
            here[j] = pull[j] * luck[j] if pull[j] > 0.0 else pull[j]
        for j in range(stop - start):
            total += float(here[j])
        amounts[block, A_PULL] = total


@kernel
def _pulls(members: Members, start: int, stop: int, fresh: float, pull: Any) -> None:
    """Pull of the works of each member of a block, before luck."""
    acts, audience, quality = (
        members.acts[start:stop],
        members.audience[start:stop],
        members.quality[start:stop],
    )
    for j in range(stop - start):
        pull[j] = pull_of(float(audience[j]), float(quality[j]), int(acts[j]), fresh)


@kernel
def _luck(
    members: Members, start: int, stop: int, seed: int, stream: int, month: int, luck: Any
) -> None:  # fmt: skip
    """A uniform number for each member of a block."""
    arrival, rank = members.arrival[start:stop], members.rank[start:stop]
    moment = moment_of(word(month), word(0))
    for j in range(stop - start):
        name = member_key(word(int(arrival[j])), word(int(rank[j])))
        first, _ = threefry(word(seed), word(stream), name, moment)
        luck[j] = unit(first)


def watch(
    members: Members, blocks: NDArray[np.int64], lo: int, hi: int, weights: NDArray[np.float64],
    views: NDArray[np.float32],
) -> None:  # fmt: skip
    """Views fall on works in proportion to their pull; some of them stay as followers.

        views = V pull / sum of pull;   audience = kept audience + captured views

    Args:
        members: The rows; changed in place.
        blocks: From `blocks_of`.
        lo: First block.
        hi: Block after the last.
        weights: Rows of `Weight`.
        views: Pull of each row; filled with its views. float32[rows].
    """
    audience = members.audience
    for block in range(lo, hi):
        world = int(blocks[block, 0])
        kept, captured, each = weights[world, KEPT], weights[world, CAPTURED], weights[world, VIEWS]
        for row in range(int(blocks[block, 1]), int(blocks[block, 2])):
            seen = float(views[row]) * each
            views[row] = seen
            audience[row] = kept * float(audience[row]) + captured * seen


@kernel
def audience_gain(views: float, expected: float, elasticity: float) -> float:
    """What the own audience does to a member's rate: elasticity log((1 + views) / (1 + expected))."""
    return elasticity * clipped(log((1.0 + views) / (1.0 + expected)), LARGEST_GAIN)


@kernel
def next_expected(seen: float, expected: float, adaptation: float) -> float:
    """What a member expects next month; the first audience is what the member is used to."""
    return seen if expected == 0.0 else expected + adaptation * (seen - expected)


@kernel
def next_receipt(receipt: float, cents: float, kept: float) -> float:
    """The moving average of what a member receives; below half a cent it is forgotten."""
    found = kept * receipt + (1.0 - kept) * cents
    return found if found >= LEAST_RECEIPT or cents > 0.0 else 0.0


@kernel
def next_frame(frame: float, cents: float, up: float, down: float) -> float:
    """How much a member works for pay: up fast while paid, down slowly after (`evidence.md` C5, C33)."""
    if cents > 0.0:
        return frame + up * (1.0 - frame)
    found = frame - down * frame
    return found if found >= LEAST_FRAME else 0.0


def settle_drive(
    members: Members, blocks: NDArray[np.int64], lo: int, hi: int, weights: NDArray[np.float64],
    views: NDArray[np.float32], paid: NDArray[np.float32],
) -> None:  # fmt: skip
    """Each member's own drive for next month: audience and pay.

    Args:
        members: The rows; changed in place.
        blocks: From `blocks_of`.
        lo: First block.
        hi: Block after the last.
        weights: Rows of `Weight`.
        views: Views of each row, or empty when works are not separable. float32[rows].
        paid: Cents each row was paid, or empty. float32[rows].
    """
    table = np.empty((4, BLOCK), np.float64)
    own, cents = table[0], table[1]
    for block in range(lo, hi):
        start, stop = int(blocks[block, 1]), int(blocks[block, 2])
        weight = weights[int(blocks[block, 0])]
        for j in range(stop - start):
            own[j] = 0.0
        if len(views) > 0:
            _hear(members, start, stop, weight, views[start:stop], own)
        for j in range(stop - start):
            cents[j] = 0.0
        if len(paid) > 0:
            for j in range(stop - start):
                cents[j] = paid[start + j]
        _earn(members, start, stop, weight, cents, table[2:], own)
        status, drive = members.status[start:stop], members.drive[start:stop]
        for j in range(stop - start):
            drive[j] = own[j] if status[j] != GONE else float(drive[j])


@kernel
def _hear(members: Members, start: int, stop: int, weight: Any, views: Any, own: Any) -> None:
    """What the own audience does to each member of a block, and what is expected next month."""
    status, expected = members.status[start:stop], members.expected[start:stop]
    elasticity, adaptation = weight[ELASTICITY], weight[ADAPTATION]
    for j in range(stop - start):
        seen, before = float(views[j]), float(expected[j])
        own[j] = audience_gain(seen, before if before > 0.0 else seen, elasticity)
    for j in range(stop - start):
        follows = next_expected(float(views[j]), float(expected[j]), adaptation)
        expected[j] = follows if status[j] != GONE else float(expected[j])


@kernel
def _earn(members: Members, start: int, stop: int, weight: Any, cents: Any, room: Any, own: Any) -> None:
    """What money does to the members of a block, now and for having come lately.

    For who never got any it is nothing, so nobody is asked: a branch would cost more than the sums.
    """
    status, receipts, frames = (
        members.status[start:stop],
        members.receipt[start:stop],
        members.frame[start:stop],
    )
    receipt, frame = room[0], room[1]
    kept, up, down = weight[RECEIPT_KEPT], weight[FRAME_UP], weight[FRAME_DOWN]
    for j in range(stop - start):
        receipt[j] = next_receipt(float(receipts[j]), cents[j], kept)
    for j in range(stop - start):
        frame[j] = next_frame(float(frames[j]), cents[j], up, down)
    for j in range(stop - start):
        receipts[j] = receipt[j] if status[j] != GONE else float(receipts[j])
    for j in range(stop - start):
        frames[j] = frame[j] if status[j] != GONE else float(frames[j])
    jump, slope, withdrawal, unit_ = weight[JUMP], weight[SLOPE], weight[WITHDRAWAL], weight[PAY_UNIT]
    for j in range(stop - start):
        own[j] += pay_exponent(receipt[j], frame[j], jump, slope, withdrawal, unit_)


def claims(
    members: Members, first: NDArray[np.int64], count: NDArray[np.int64], basis: int,
    threshold: float, views: NDArray[np.float32], found: NDArray[np.float64],
) -> None:  # fmt: skip
    """What each member can claim of a payment: 0 views, 1 active days, 2 accepted proposals, 3 one each.

    Args:
        members: The rows.
        first: Row where each world begins.
        count: Rows in use.
        basis: Which claim.
        threshold: Least claim that counts.
        views: Views of each row; used for basis 0 only. float32[rows].
        found: Filled; 0 in rows not in use. float64[rows].
    """
    days, accepted, employer = members.days, members.accepted, members.employer
    watched = len(views) > 0
    for world in range(len(count)):
        stop = int(first[world] + count[world])
        for row in range(int(first[world]), int(first[world + 1])):
            seen = float(views[row]) if watched else 0.0
            claim = claim_of(basis, seen, int(days[row]), int(accepted[row]))
            mine = row < stop and employer[row] == 0 and claim >= threshold
            found[row] = claim if mine else 0.0


@kernel
def claim_of(basis: int, seen: float, days: int, accepted: int) -> float:
    """The claim of one member, before the threshold; employed members claim nothing."""
    if basis == 0:
        return seen
    if basis == 1:
        return 1.0 * days
    if basis == 2:  # noqa: PLR2004 - a number in the table of the docstring above
        return 1.0 * accepted
    return 1.0 if days > 0 else 0.0
