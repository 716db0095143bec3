"""The reference workload (`peers/workload.py`) by the kernels of the package and by C, the same bits."""

import ctypes
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from peers import workload as w

from allmende.draws import Decision
from allmende.kernel import compiled
from allmende.model.arriving import arrive
from allmende.model.blocks import blocks_of, streams_of
from allmende.model.choosing import choose
from allmende.model.settlement import Weight, attract, settle_drive, watch
from allmende.model.signals import Amount, Signal, Tally
from allmende.model.state import Standing
from allmende.model.traits import Trait
from allmende.model.turnover import give_back, settle_leavers

__all__ = ["c_library", "in_c", "ours", "village"]

SEED = 5
FLAGS = (
    "-O3",
    "-march=native",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-shared",
    "-fPIC",
)
SOURCE = Path(__file__).parent / "peers" / "reference_months.c"
STREAMS = streams_of(np.zeros(1, np.int64))
FIELDS = (
    "arrival", "rank", "rate", "dropout", "quality", "intensity", "need", "ties", "drive", "audience",
    "expected", "receipt", "frame", "acts", "year", "lifetime", "days", "status",
)  # fmt: skip
DECISIONS = ("ACTIVITY", "WORK", "ARRIVAL", "ATTENTION", "TRAIT_RATE", "TRAIT_DROPOUT", "TRAIT_SKILL",
             "TRAIT_MOTIVE", "TRAIT_EMPLOYER")  # fmt: skip
NUMBERS = (
    "R", "ALPHA", "A", "B", "QUALITY_SPREAD", "INTENSITY_SPREAD", "NEED_SPREAD", "RATE", "NEED", "BELONGING",
    "STAY", "CORE", "CORE_RATE", "OUTER_RATE", "ODDS", "OUTSIDER", "GATE", "RESPONSE", "ANSWERED", "USUAL",
    "TIES_KEPT", "TIES_MADE", "EXTRA", "KEPT", "CAPTURED", "LUCK", "FRESH", "VIEWS", "ELASTICITY",
    "ADAPTATION", "THRESHOLD", "CENTS", "RECEIPT_KEPT", "FRAME_UP", "FRAME_DOWN", "JUMP", "SLOPE",
    "WITHDRAWAL", "UNIT",
)  # fmt: skip


def traits() -> NDArray[np.float64]:
    found = np.zeros((1, len(Trait)))
    found[0, [Trait.SHAPE, Trait.SCALE, Trait.A, Trait.B]] = w.R, w.ALPHA, w.A, w.B
    found[0, Trait.QUALITY], found[0, Trait.INTENSITY] = w.QUALITY_SPREAD, w.INTENSITY_SPREAD
    found[0, Trait.NEED] = w.NEED_SPREAD
    return found


def signals() -> NDArray[np.float64]:
    heard = np.zeros((1, len(Signal)))
    for signal, name in (
        (Signal.RATE, "RATE"), (Signal.NEED, "NEED"), (Signal.BELONGING, "BELONGING"),
        (Signal.BELONGING_STAY, "STAY"), (Signal.CORE_RATE, "CORE_RATE"), (Signal.OUTER_RATE, "OUTER_RATE"),
        (Signal.ODDS, "ODDS"), (Signal.OUTSIDER_ODDS, "OUTSIDER"), (Signal.NEWCOMER_ODDS, "GATE"),
        (Signal.RESPONSE, "RESPONSE"), (Signal.ANSWERED, "ANSWERED"), (Signal.USUAL, "USUAL"),
        (Signal.CORE, "CORE"), (Signal.TIES_KEPT, "TIES_KEPT"), (Signal.TIES_MADE, "TIES_MADE"),
        (Signal.ACTS, "EXTRA"),
    ):  # fmt: skip
        heard[0, signal] = getattr(w, name)
    heard[0, Signal.BAR] = 1e12
    return heard


def weights() -> NDArray[np.float64]:
    found = np.zeros((1, len(Weight)))
    names = {Weight.PAY_UNIT: "UNIT", Weight.VIEWS: "VIEWS"}
    for weight in Weight:
        found[0, weight] = getattr(w, names.get(weight, weight.name))
    return found


def village(size: int) -> Standing:
    """Members who all arrived in the month before the first, and room for those who will replace them."""
    standing = Standing.of_room(np.array([2 * size + 1_000]))
    numbers, one = np.array([size], np.int64), np.ones(1)
    compiled(arrive)(
        standing.members, standing.first, standing.count, numbers, 0, 1, 0, traits(), one, STREAMS, SEED, -1
    )
    return standing


def ours(standing: Standing, months: int) -> tuple[int, ...]:
    """The kernels of the package, a month after the other; active days, contributions, leavers."""
    members, size = standing.members, float(standing.count[0])
    heard, weight, trait, zero = signals(), weights(), traits(), np.zeros(1)
    views, archive, total = np.zeros(len(members.rate), np.float32), np.zeros(1), np.zeros(3, np.int64)
    for month in range(months):
        blocks = blocks_of(standing)
        every = 0, len(blocks)
        tallies = np.zeros((len(blocks), len(Tally)), np.int64)
        amounts = np.zeros((len(blocks), len(Amount)))
        compiled(choose)(members, blocks, *every, heard, STREAMS, SEED, month, tallies, amounts)
        compiled(attract)(members, blocks, *every, weight, STREAMS, SEED, month, views, amounts)
        pull = archive.copy()
        pull += np.add.accumulate(amounts[:, Amount.PULL])[-1]
        weight[:, Weight.VIEWS] = w.VIEWS * size / np.maximum(pull, 1e-9)
        compiled(watch)(members, blocks, *every, weight, views)
        archive *= np.minimum(w.KEPT + w.CAPTURED * weight[:, Weight.VIEWS], 1.0)
        paid = np.where(views >= w.THRESHOLD, views * np.float32(w.CENTS), np.float32(0.0))
        compiled(settle_drive)(members, blocks, *every, weight, views, paid)
        compiled(settle_leavers)(members, blocks, *every, zero, zero + 1, STREAMS, SEED, month)
        if month > 0 and month % 12 == 0:
            compiled(give_back)(members, standing.first, standing.count, 0, 1, archive)
        came = tallies[:, [Tally.DAYS, Tally.ACTS, Tally.LEFT]].sum(axis=0)
        total += came
        compiled(arrive)(
            members, standing.first, standing.count, came[2:], 0, 1, 0, trait, zero + 1, STREAMS, SEED,
            month + 1,
        )  # fmt: skip
    return tuple(total.tolist())


def c_library() -> ctypes.CDLL:
    """The same in C, compiled on the spot."""
    built = Path(tempfile.mkdtemp()) / "reference_months.so"
    subprocess.run(["gcc", *FLAGS, str(SOURCE), "-o", str(built), "-lm"], check=True)
    return ctypes.CDLL(str(built))


def in_c(library: ctypes.CDLL, standing: Standing, months: int) -> tuple[int, ...]:
    """Months of the same members in C."""
    columns = [getattr(standing.members, name) for name in FIELDS]
    pointers = (ctypes.c_void_p * len(FIELDS))(*(each.ctypes.data for each in columns))
    numbers = (ctypes.c_double * len(NUMBERS))(*(getattr(w, name) for name in NUMBERS))
    streams = (ctypes.c_uint64 * len(DECISIONS))(*(int(STREAMS[0, Decision[name]]) for name in DECISIONS))
    views, source = np.zeros(len(columns[0]), np.float32), np.zeros(len(columns[0]), np.int64)
    total = np.zeros(3, np.int64)
    library.reference_months(
        ctypes.c_int64(int(standing.count[0])), ctypes.c_int(months), pointers, numbers, streams,
        ctypes.c_uint64(SEED), *(each.ctypes.data_as(ctypes.c_void_p) for each in (views, source, total)),
    )  # fmt: skip
    return tuple(total.tolist())
