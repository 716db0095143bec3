"""Draws: which generator, how fast, how exact, how random.

    python benchmarks/draws.py                    tables of generators, transforms and last bits
    python benchmarks/draws.py --battery 22       own battery on 2^22 words in each of five orders
    python benchmarks/draws.py --stream run | dieharder -g 200 -a
    python benchmarks/draws.py --stream run | RNG_test stdin64 -tlmax 32GB

Times are nanoseconds of CPU: medians over rounds in which all candidates take turns, in blocks of 512
members. Orders say which part of the name changes from word to word; "run" goes through decisions, months
and members as a simulation does.
"""

import sys
import time
from collections.abc import Callable
from decimal import Decimal, localcontext
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from generators import CANDIDATES

from allmende import counts, elementary, transforms
from allmende.draws import Decision, moment_of, stream_of, threefry, uniform, words
from allmende.kernel import compiled, kernel
from allmende.transforms import beta, gamma

BLOCK, ROUNDS, REPEATS = 512, 21, 400
ORDERS = ("member", "month", "seed", "replicate", "run")


@click.command()
@click.option("--battery", type=click.IntRange(13, 26), help="Run the battery on 2^N words in each order.")
@click.option("--stream", type=click.Choice(ORDERS), help="Write words to standard output without end.")
def main(battery: int | None, stream: str | None) -> None:
    """Measure draws."""
    if stream:
        _write(ORDERS.index(stream))
    elif battery:
        _battery(2**battery)
    else:
        _compare_with_numpy()
        _time_generators()
        _time_transforms()
        _last_bits()


@kernel
def _ordered(order: int, start: int, out: Any) -> None:
    zero = np.uint64(0)
    for i in range(out.size // 2):
        n = start + np.uint64(i)
        seed, decision, replicate, month, member = np.uint64(1), np.uint64(10), zero, zero, zero
        if order == 0:
            member = n
        elif order == 1:
            month, member = n & np.uint64(0xFFFF_FFFF), n >> np.uint64(32)
        elif order == 2:
            seed = n
        elif order == 3:
            replicate, member = n & np.uint64(0xFFFF_FFFF), n >> np.uint64(32)
        else:
            decision, month = n & np.uint64(15), (n >> np.uint64(4)) & np.uint64(0xFF)
            member = (((n >> np.uint64(12)) & np.uint64(0xFF)) << np.uint64(32)) | (n >> np.uint64(20))
        pair = threefry(seed, stream_of(decision, replicate), member, moment_of(month, zero))
        out[2 * i], out[2 * i + 1] = pair


def _write(order: int) -> None:
    out, start = np.empty(2**17, np.uint64), 0
    fill = compiled(_ordered)
    try:
        while True:
            fill(order, np.uint64(start), out)
            start += out.size // 2
            sys.stdout.buffer.write(out.tobytes())
    except BrokenPipeError:
        sys.stderr.close()


def _battery(size: int) -> None:
    from randomness import BATTERY

    out = np.empty(size, np.uint64)
    click.echo(f"p-values of {size:,} words; a good generator is below 10^-6 once in 10^6 times")
    click.echo(f"{'ordered by':12}" + "".join(f"{name:>19}" for name in BATTERY))
    for order, name in enumerate(ORDERS):
        compiled(_ordered)(order, np.uint64(0), out)
        click.echo(f"{name:12}" + "".join(f"{test(out):19.6f}" for test in BATTERY.values()))


def _compare_with_numpy() -> None:
    """Our Philox4x64 against NumPy's, so that the table compares the real thing."""
    from generators import philox_4x64

    generator = np.random.Philox(counter=[6, 9, 0, 0], key=[1, 2])
    raw = generator.random_raw(2).tolist()
    same = raw == list(philox_4x64(1, 2, 7, 9))
    click.echo(f"Philox4x64 as written here equals numpy.random.Philox: {same}\n")


def _filling(generator: Callable[..., Any]) -> Callable[..., Any]:
    def fill(key: Any, members: Any, moment: Any, first: Any, second: Any) -> None:
        for i in range(members.size):
            first[i], second[i] = generator(key[0], key[1], members[i], moment)

    return compiled(fill)


def _time_generators() -> None:
    members = np.arange(BLOCK, dtype=np.uint64)
    first, second = np.empty_like(members), np.empty_like(members)
    key = np.uint64(1), np.uint64(2)
    jobs: dict[str, tuple[Callable[[], Any], int]] = {}
    for name, (generator, _) in CANDIDATES.items():
        fill = _filling(generator)
        jobs[name] = (lambda fill=fill: fill(key, members, np.uint64(3), first, second), 2 * BLOCK)
    many = np.arange(2**15)
    numpy_philox, numpy_pcg = np.random.Philox(1), np.random.PCG64(1)
    jobs["draws.words (NumPy)"] = lambda: words(1, Decision.RESAMPLE, member=many), many.size
    jobs["numpy.random.Philox, in sequence"] = lambda: numpy_philox.random_raw(many.size), many.size
    jobs["numpy.random.PCG64, in sequence"] = lambda: numpy_pcg.random_raw(many.size), many.size
    jobs["draws.threefry (plain Python)"] = lambda: threefry(1, 2, 3, 4), 2
    rooms = {name: room for name, (_, room) in CANDIDATES.items()}
    click.echo(f"{'generator':36}{'ns a word':>10}{'ratio':>8}   room for the name")
    times = _times(jobs)
    for name, each in times.items():
        ratio = each / times["Threefry2x64, 20 rounds"]
        click.echo(f"{name:36}{each:10.2f}{ratio:8.2f}   {rooms.get(name, '')}")


def _over_units(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(us: Any, out: Any) -> None:
        for i in range(us.size):
            out[i] = function(us[i])

    return compiled(run)


def _over_pairs(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(a: Any, us: Any, out: Any) -> None:
        for i in range(us.size):
            out[i] = function(a[i], us[i])

    return compiled(run)


def _time_transforms() -> None:
    """Each block sees other numbers, so that branches are as hard to predict as in a run."""
    blocks = uniform(1, Decision.OBSERVATION, member=np.arange(BLOCK * 64)).reshape(64, BLOCK)
    rates = np.random.default_rng(1).gamma(0.3, 1.0, BLOCK)
    out, whole = np.empty(BLOCK), np.empty(BLOCK, np.int64)
    jobs: dict[str, tuple[Callable[[], Any], int]] = {}
    turn = [0]

    def block() -> Any:
        turn[0] = (turn[0] + 1) % 64
        return blocks[turn[0]]

    for name in ("exp", "log", "log1p", "expm1"):
        run = _over_units(getattr(elementary, name))
        jobs[f"elementary.{name}"] = (lambda run=run: run(block(), out), BLOCK)
    for name in ("normal", "exponential"):
        run = _over_units(getattr(transforms, name))
        jobs[f"transforms.{name}"] = (lambda run=run: run(block(), out), BLOCK)
    geometric, poisson = _over_pairs(transforms.geometric), _over_pairs(counts.poisson)
    poissons, room = compiled(counts.poissons), np.empty(BLOCK)
    chances = np.full(BLOCK, 0.3)
    jobs["transforms.geometric"] = lambda: geometric(chances, block(), whole), BLOCK
    jobs["counts.poisson, rates ~ gamma(0.3)"] = lambda: poisson(rates, block(), whole), BLOCK
    jobs["counts.poissons, the same"] = lambda: poissons(rates, block(), whole, room), BLOCK
    for mean in (1e2, 1e4):
        means = np.full(BLOCK, mean)
        jobs[f"counts.poisson, mean {mean:g}"] = (lambda means=means: poisson(means, block(), whole), BLOCK)
    members = np.arange(BLOCK, dtype=np.uint64)
    gammas, betas = compiled(_gammas), compiled(_betas)
    jobs["transforms.gamma, shape 0.3"] = lambda: gammas(0.3, members, out), BLOCK
    jobs["transforms.beta, shapes 0.5 and 1"] = lambda: betas(0.5, 1.0, members, out), BLOCK
    click.echo(f"\n{'transform':36}{'ns a number':>12}")
    for name, each in _times(jobs).items():
        click.echo(f"{name:36}{each:12.2f}")


def _gammas(shape: Any, members: Any, out: Any) -> None:
    for i in range(members.size):
        out[i] = gamma(shape, np.uint64(1), np.uint64(2), members[i], np.uint64(3))


def _betas(first: Any, second: Any, members: Any, out: Any) -> None:
    for i in range(members.size):
        out[i] = beta(first, second, np.uint64(1), np.uint64(2), members[i], np.uint64(3))


def _last_bits() -> None:
    """Largest error in units of the last place, against 40 digits."""
    cases: dict[str, tuple[float, float, Callable[[Decimal], Decimal]]] = {
        "exp": (-700, 700, lambda x: x.exp()),
        "log": (1e-9, 1e3, lambda x: x.ln()),
        "log1p": (-0.99, 3, lambda x: (1 + x).ln()),
        "expm1": (-3, 3, lambda x: x.exp() - 1),
    }
    click.echo(f"\n{'function':12}{'worst error, last places':>26}{'differs from NumPy in':>24}")
    for name, (low, high, exact) in cases.items():
        ours, theirs = getattr(elementary, name), getattr(np, name)
        xs = np.random.default_rng(1).uniform(low, high, 20_000)
        values = np.array([ours(float(x)) for x in xs])
        with localcontext() as context:
            context.prec = 40
            worst = max(_error(float(x), float(y), exact) for x, y in zip(xs, values, strict=True))
        click.echo(f"{name:12}{worst:26.3f}{np.mean(values != theirs(xs)):24.1%}")


def _error(x: float, found: float, exact: Callable[[Decimal], Decimal]) -> float:
    truth = exact(Decimal(x))
    return float(abs(Decimal(found) - truth) / Decimal(float(np.spacing(abs(float(truth))))))


def _times(jobs: dict[str, tuple[Callable[[], Any], int]]) -> dict[str, float]:
    found: dict[str, list[float]] = {name: [] for name in jobs}
    repeats = {name: max(1, REPEATS * BLOCK // max(size, BLOCK)) for name, (_, size) in jobs.items()}
    for job, _ in jobs.values():
        job()
    for _ in range(ROUNDS):
        for name, (job, size) in jobs.items():
            begun = time.process_time_ns()
            for _ in range(repeats[name]):
                job()
            found[name].append((time.process_time_ns() - begun) / repeats[name] / size)
    return {name: median(each) for name, each in found.items()}


if __name__ == "__main__":
    main()
