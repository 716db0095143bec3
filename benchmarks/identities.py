"""How well are accounts merged to members? Scored against the mailmaps of repositories.

    python benchmarks/identities.py REPOSITORY...

Ground truth is each repository's own .mailmap, which is kept from the rules: identities (name and
address, authors and committers) that it maps to one address are one person. `recall`: share of the pairs it
puts together that are found. `precision`: of the pairs found whose two addresses the mailmap speaks
of, the share it puts together too. `at least`: the same over all pairs found, where every pair on which the
mailmap is silent counts as wrong. `address alone`: the same for merging by equal address. `half`: how few
members made half of the commits that are not merges, before and after. CPU seconds of this process.
"""

import argparse
import os
import resource
import subprocess
import time
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import product
from pathlib import Path

import numpy as np

from allmende.events import Events
from allmende.people.accounts import is_address, parse, split
from allmende.people.bots import recognise
from allmende.people.identities import identify
from allmende.people.mailmap import Mailmap
from allmende.people.mailmap import parse as parse_mailmap
from allmende.people.merging import Partition, merge
from allmende.reader import Records, Source

# A stranger's repository: none of its settings, none of the user's, no network.
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
}
SAFE = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false")


def git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *SAFE, *arguments]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=True).stdout.decode(
        errors="replace"
    )


def pairs(labels: Iterable[Hashable]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(labels).values())


def truth(accounts: Sequence[str], mailmap: Mailmap) -> tuple[list[str], list[bool]]:
    """The person of each account as the mailmap says, and whether it says anything of the account."""
    proper_addresses = {p.address.lower() for p in (*mailmap.by_address.values(), *mailmap.by_name.values())}
    persons, spoken_of = [], []
    for account in accounts:
        name, address = split(account)
        proper = mailmap.lookup(name, address)
        spoken_of.append(proper is not None or address.lower() in proper_addresses)
        name, address = (proper.name, proper.address) if proper else (name, address)
        persons.append(address.lower() if is_address(address.lower()) else f"{name} <{address.lower()}>")
    return persons, spoken_of


def score(
    found: Sequence[Hashable], persons: Sequence[str], spoken_of: Sequence[bool]
) -> tuple[float, float, float]:
    """Recall, precision where the mailmap speaks, precision if its silence means no."""
    both = pairs(zip(found, persons, strict=True))
    known = [(f, p) for f, p, spoken in zip(found, persons, spoken_of, strict=True) if spoken]
    of_known = pairs(f for f, _person in known)
    return (
        both / max(1, pairs(persons)),
        pairs(known) / of_known if of_known else 1.0,
        both / max(1, pairs(found)),
    )


def merged(accounts: Sequence[str]) -> tuple[list[int], float]:
    """The member of each account by the rules alone, and the CPU seconds it took."""
    start = time.process_time()
    taken_apart = [parse(text) for text in accounts]
    partition = Partition(len(accounts))
    bots = [recognise(account) != "" for account in taken_apart]
    merge(taken_apart, bots=bots, kept_apart=frozenset(), into=partition)
    return [partition.find(number) for number in range(len(accounts))], time.process_time() - start


def half(labels: Iterable[Hashable]) -> int:
    counts = np.sort(np.array(list(Counter(labels).values())))[::-1]
    return int(np.searchsorted(np.cumsum(counts), counts.sum() / 2) + 1)


def row(repository: Path) -> str:
    authors = git(repository, "log", "--no-merges", "--format=%an <%ae>", "HEAD").splitlines()
    committers = git(repository, "log", "--format=%cn <%ce>%n%an <%ae>", "HEAD").splitlines()
    mailmap = parse_mailmap(git(repository, "show", "HEAD:.mailmap").encode())
    accounts = sorted({*authors, *committers})
    persons, spoken_of = truth(accounts, mailmap)
    found, seconds = merged(accounts)
    recall, precision, least = score(found, persons, spoken_of)
    by_address = [split(account)[1].lower() or account for account in accounts]
    simple_recall, simple_precision, _least = score(by_address, persons, spoken_of)
    of_account = dict(zip(accounts, found, strict=True))
    bots = {account for account in accounts if recognise(parse(account))}
    people = [author for author in authors if author not in bots]
    name = repository.parent.name if repository.name in {"repo", ".git"} else repository.name
    return (
        f"{name.rpartition('+')[2]:14} {len(accounts):6} {pairs(persons):6}"
        f" {recall:7.3f} {precision:9.3f} {least:8.3f}   {simple_recall:6.3f} {simple_precision:9.3f}"
        f"   {half(people):3} -> {half(of_account[person] for person in people):<3}"
        f" {len(bots):4} {sum(a in bots for a in authors):7} {seconds:6.2f}"
    )


def large(size: int, acts: int) -> str:
    """Time and memory for a made history of many accounts of which a third share a name or an address."""
    syllables = [a + b for a, b in product("bdfgklmnprstvz", ("a", "e", "i", "o", "u", "an", "er", "ol"))]
    draw = np.random.Generator(np.random.Philox(7))
    texts: dict[str, None] = {}
    while len(texts) < size:
        given, family = ("".join(draw.choice(syllables, n)) for n in (2, 3))
        texts[f"{given.title()} {family.title()} <{given}.{family}@{draw.choice(syllables)}.example>"] = None
        if draw.random() < 1 / 2:
            texts[
                f"{given[0]}{family} <{int(draw.integers(10**7))}+{given}{family}@users.noreply.github.com>"
            ] = None
    accounts = tuple(texts)[:size]
    at = np.sort(draw.integers(10**15, 17 * 10**14, acts))
    events = Events.of_columns(at, draw.integers(0, size, acts).astype(np.int32), accounts)
    start = time.process_time()
    _events, _bot, found = identify(Records(events, Source("git", "made", "made")), key=bytes(32))
    seconds = time.process_time() - start
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{size:,} made accounts, {acts:,} acts: {len(found.merges):,} merges, {seconds:.2f} s CPU "
        f"from accounts to pseudonyms and organisations, {mebibytes:.0f} MiB at most"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repository", nargs="*", type=Path, help="clone with a .mailmap in its last commit")
    parser.add_argument("--accounts", type=int, default=40_000, help="size of the made history")
    given = parser.parse_args()
    if given.repository:
        print(f"{'':28} {'rules with guards':^26}   {'address alone':^16}   {'half':^10} {'bots':^12}")
        print(
            f"{'repository':14} {'ids':>6} {'pairs':>6} {'recall':>7} {'precision':>9} {'at least':>8}"
            f"   {'recall':>6} {'precision':>9}   {'':10} {'ids':>4} {'commits':>7} {'CPU s':>6}"
        )
    for repository in given.repository:
        print(row(repository), flush=True)
    print(large(given.accounts, 25 * given.accounts))


if __name__ == "__main__":
    main()
