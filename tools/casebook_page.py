"""The page of the casebook: what each case says, with the source of each fact."""

from itertools import groupby

from allmende.months import text
from allmende.typology.casebook import CONFLICT, SECOND, Case, cases
from allmende.typology.codebook import ECONOMIES, criterion

__all__ = ["casebook_page"]


def casebook_page() -> str:
    """One heading for each case, by economy."""
    found = sorted(cases().values(), key=lambda one: ((*ECONOMIES, CONFLICT).index(one.label), one.slug))
    lines = [
        "# Cases",
        "",
        f"{len(found)} dated cases. `allmende place case:SLUG` places one and shows what its facts weigh.",
        "Rules of coding stand in [Typology](../typology.md). A source names where a fact can be looked up;",
        f"some say that it was not. A hybrid names a second economy, that of {SECOND:.0%} of coders.",
        "",
    ]
    for label, group in groupby(found, key=lambda one: one.label):
        lines += [f"## {label.capitalize()}", ""]
        if label in ECONOMIES:
            lines += [f"`allmende simulate case:SLUG` simulates one as the economy `{label}`.", ""]
        for one in group:
            lines += _case(one)
    return "\n".join(lines)


def _case(one: Case) -> list[str]:
    start, stop = one.period.start, one.period.stop
    when = f"{text(start)} to {text(stop - 1)}" if stop is not None else f"since {text(start)}"
    label = one.label
    if one.second:
        label += f", second {one.second}"
    if one.between:
        label += f" between {' and '.join(one.between)}"
    lines = [
        f"### `{one.slug}`",
        "",
        f"{one.community}, {when}: {label}, by {one.by}. {one.note}",
        f"Confidence of the facts: {one.period.confidence}.",
        "",
        "| | fact | source |",
        "| --- | --- | --- |",
    ]
    for name, levels in one.period.facts.items():
        said = " and ".join(levels).replace("_", " ")
        source = one.period.sources.get(name, "").replace("|", "\\|")
        lines.append(f"| {criterion(name).code} {name.replace('_', ' ')} | {said} | {source} |")
    return [*lines, ""]
