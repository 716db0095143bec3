"""Random worlds: the books close whatever the rules are.

`python -P benchmarks/random_worlds.py [--worlds 10000]`. A random economy, parameters drawn from what is
believed about them, a random future of one to three policies with levers anywhere within their bounds, ten
years. `simulate` adds up every account of every world in every month and refuses when the sum is not 0; here
the flows are added up once more, the other way round, and no account inside the modelled world may ever be
below 0.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np

from allmende.errors import AllmendeError
from allmende.ledger import ACCOUNTS
from allmende.model.economy import Economy
from allmende.plugins import find
from allmende.policy import Levers, Policy
from allmende.results import Results
from allmende.simulation import simulate

DRAWS = 25
MONTHS = 120
MEMBERS = 15
INSIDE = tuple(account.name for account in ACCOUNTS if not account.overdraft)


@dataclass(frozen=True)
class Closed:
    """What was checked.

    Args:
        worlds: How many worlds.
        postings: Months of flows in which money moved, all worlds together.
        cents: Money that came in from outside, all worlds together.
        wrong: Cents that are missing or too many, all worlds together.
        overdrawn: Accounts inside the modelled world that were below 0 in some month.
    """

    worlds: int
    postings: int
    cents: int
    wrong: int
    overdrawn: int


def any_future(random: np.random.Generator, economy: Economy) -> tuple[Levers, ...]:
    """One to three different policies that go together in this economy, levers anywhere in their bounds."""
    plugins = [one for one in find("policy").values() if isinstance(one, Policy)]
    fitting = [one for one in plugins if one.applies_to(economy.rules())]
    while True:
        chosen = random.choice(len(fitting), size=random.integers(1, 4), replace=False)
        future = tuple(any_levers(random, fitting[k]) for k in chosen)
        rules = economy.rules()
        try:
            for policy in future:
                rules = policy(rules)
        except AllmendeError:
            continue
        return future


def any_levers(random: np.random.Generator, plugin: Policy) -> Levers:
    """Each lever at a bound, at its default, or somewhere between default and bounds."""
    chosen = {}
    for name, said in plugin.levers.declarations().items():
        share = float(random.random()) ** 3
        between = [said.default + share * (end - said.default) for end in (said.low, said.high)]
        value = random.choice([said.low, said.default, said.high, *between])
        chosen[name] = said.kind(value) if name != "start" else int(random.integers(0, MONTHS))
    return plugin(**chosen)


def closed(results: Results) -> Closed:
    """Whether what came in less what went out is what is held, in every month of every world."""
    shape = results["members"].shape
    held = sum((results[f"balance_{name}"] for name in INSIDE), np.zeros(shape, np.int64))
    moved, came = np.zeros(shape, np.int64), 0
    for (_, payer, payee), cents in results.flows.items():
        sign = (payer not in INSIDE) - (payee not in INSIDE)
        moved += sign * cents
        came += int(cents.sum()) if payer not in INSIDE else 0
    return Closed(
        worlds=int(np.prod(shape[:3])),
        postings=sum(int(np.count_nonzero(cents)) for cents in results.flows.values()),
        cents=came,
        wrong=int(np.abs(np.cumsum(moved, axis=-1) - held).sum()),
        overdrawn=sum(int((results[f"balance_{name}"] < 0).any(axis=-1).sum()) for name in INSIDE),
    )


def tried(number: int, threads: int = 1) -> tuple[str, tuple[Levers, ...], Results]:
    """The worlds of one number: without a policy, and with a random future."""
    random = np.random.default_rng([20071101, number])
    names = sorted(find("economy"))
    economy = find("economy")[names[number % len(names)]]
    assert isinstance(economy, Economy)
    future = any_future(random, economy)
    results = simulate(
        economy, members=MEMBERS, months=MONTHS, replicates=1, seed=number, draws=DRAWS, policies=[future],
        threads=threads,
    )  # fmt: skip
    return economy.name, future, results


def together(numbers: range) -> Closed:
    """What was checked over several numbers."""
    found = [closed(tried(number)[2]) for number in numbers]
    return Closed(*(sum(getattr(each, name) for each in found) for name in Closed.__annotations__))


def main() -> None:
    """Print what was found."""
    worlds = int(sys.argv[sys.argv.index("--worlds") + 1]) if "--worlds" in sys.argv else 10_000
    begun = time.process_time()
    found = together(range(-(-worlds // (2 * DRAWS))))
    print(f"{found.worlds:,} random worlds of {MONTHS} months, {found.postings:,} months of flows:")
    print(f"{found.wrong} cents off of {found.cents:,}, {found.overdrawn} accounts overdrawn.")
    print(f"{time.process_time() - begun:.0f} s of processor time.")
    raise SystemExit(bool(found.wrong or found.overdrawn))


if __name__ == "__main__":
    main()
