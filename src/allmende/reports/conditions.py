"""Conditions, told: what would have to be true for a policy to do good or harm, as parts of a page."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from allmende.conditions.hinges import ALARM, Conditions, FlipMap, Hinge, Judgement
from allmende.conditions.sentences import known, moves, sentences
from allmende.conditions.signs import SURE
from allmende.plots.flips import flip_map, odds_curve
from allmende.reports.banded import MONEY, as_written
from allmende.reports.document import Cell, Column, Document, Facts, Figure, Section, Sentences, Table
from allmende.reports.escaping import visible
from allmende.reports.making import made_by
from allmende.reports.numbers import counted, number

__all__ = ["READING", "conditions_brief", "conditions_page", "conditions_sections"]

_MOST_CARDS = 3
_MOST_CURVES = 3
_FEW_NAMED, _MANY_NAMED = 1, 4
READING = (
    (
        "Everything believed",
        (
            "A model is as good as its numbers, and many of them are not known well. Here each of them takes "
            "every value that is believed possible, all at once, and each set of values is simulated with "
            "the policy and without it. What holds in nearly all of these sets holds whatever is true; what "
            "holds in some of them is a bet on the parameters that are named."
        ),
    ),
    (
        "Hinges",
        (
            "A parameter on which the direction of the effect hangs. The share says how much of the "
            "difference between rising and falling goes with it alone. Where a threshold stands, more worlds "
            "rise on one side of it and more fall on the other, whatever the other parameters are. Chance "
            f"alone would name a hinge for {ALARM:.0%} of the effects that have none."
        ),
    ),
    (
        "Cannot be told",
        (
            "With few worlds for each set of values, luck may outweigh the effect. A set counts as rising or "
            f"falling only where that is {SURE:.0%} sure."
        ),
    ),
)


def conditions_page(found: Conditions, *, command: str = "", data: str = "") -> Document:
    """The page of an exploration over everything believed.

    Args:
        found: What was found.
        command: The command that makes it again.
        data: The machine-readable form.
    """
    sections = (
        *conditions_sections(found),
        Section("reading", "How to read this page", (Facts(READING),), "prose"),
    )
    footer = made_by(
        command, ("Seed", str(found.seed)), ("Hash of the results", found.hash[:16]), release=found.version
    )
    return Document(
        f"{found.economy.capitalize()}: what would have to be true",
        "Simulated · over everything that is believed about the parameters",
        sections,
        footer,
        data,
    )


def conditions_sections(found: Conditions) -> tuple[Section, ...]:
    """The parts of a page: what holds whatever is true, hinges, maps, and what is known of hinges."""
    return tuple(_sections(found))


def conditions_brief(found: Conditions) -> tuple[Section, ...]:
    """The same on a screen: the table, and sentences about the outcome that decides."""
    cards = [_card(found, next(_shown(found, policy))) for policy in found.policies]
    return (
        Section(
            "believed",
            "What would have to be true",
            (Facts(_facts(found)), _overview(found, named=_FEW_NAMED)),
        ),
        *(Section(f"hinges-{i}", "", (card,)) for i, card in enumerate(cards)),
    )


def _sections(found: Conditions) -> Iterator[Section]:
    yield Section("believed", "What would have to be true", (Facts(_facts(found)), _overview(found)))
    for i, policy in enumerate(found.policies):
        shown = tuple(islice(_shown(found, policy), _MOST_CARDS))
        name = _short(policy, found.policies)
        yield Section(f"true-{i}", f"With {name}", tuple(_card(found, each) for each in shown), "cards")
        table = _hinge_table(found, policy)
        if table.rows:
            yield Section(f"known-{i}", f"What {name} hinges on, and what is known", (table,))
        figures = tuple(_figures(found, shown[0], i))
        if figures:
            yield Section(f"maps-{i}", f"Where the effect of {name} turns", figures, "grid")


def _short(policy: str, policies: Sequence[str]) -> str:
    """A future without its levers, where no other is called so."""
    short = [re.sub(r" \(.*?\)", "", each) for each in policies]
    mine = re.sub(r" \(.*?\)", "", policy)
    return visible(mine if short.count(mine) == 1 else policy)


def _shown(found: Conditions, policy: str) -> Iterator[Judgement]:
    """The outcome that decides, then those that hinge on most."""
    mine = [each for each in found.judgements if each.policy == policy]
    yield mine[0]
    rest = [each for each in mine[1:] if each.hinges]
    yield from sorted(rest, key=lambda each: -each.hinges[0].share.share)


def _facts(found: Conditions) -> tuple[tuple[str, str], ...]:
    return (
        (
            "Simulated",
            (
                f"{counted(found.draws, 'set')} of values of {counted(len(found.parameters), 'parameter')}, "
                f"each in {counted(found.replicates, 'world')} of {counted(found.months, 'month')} with "
                f"{counted(found.members, 'member')} at the start"
            ),
        ),
        ("Values", "spread evenly over what is believed about each parameter"),
    )


def _overview(found: Conditions, *, named: int = _MANY_NAMED) -> Table:
    """Every judgement in a row, with so many of its hinges by name."""
    rows: list[tuple[Cell, ...]] = []
    for policy in found.policies:
        rows.append((Cell(f"With {visible(policy)}", group=True),))
        rows += [_overview_row(each, named) for each in found.judgements if each.policy == policy]
    columns = (
        Column("Outcome"),
        Column("Rises", numeric=True),
        Column("Falls", numeric=True),
        Column("Stays", numeric=True),
        Column("Cannot be told", numeric=True),
        Column("Change, middle", numeric=True),
        Column("four fifths of the sets", numeric=True),
        Column("Hinges on"),
    )
    return Table(
        "In so many of the sets of values, in the last twelve months of the run", columns, tuple(rows)
    )


def _overview_row(judged: Judgement, named: int) -> tuple[Cell, ...]:
    signs = judged.signs
    most = max(signs)
    shares = (Cell(number(share, "share"), strong=share == most) for share in signs)
    low, mid, high = (_size(judged, value) for value in judged.sizes)
    more = len(judged.hinges) - named
    hinges = ", ".join(hinge.parameter for hinge in judged.hinges[:named]) or "nothing found"
    hinges += f" and {more} more" if more > 0 else ""
    return (
        Cell(_outcome(judged)),
        *shares,
        Cell(mid),
        Cell(f"{low} to {high}", muted=True),
        Cell(hinges, muted=not judged.hinges),
    )


def _size(judged: Judgement, value: float) -> str:
    if judged.relative:
        text = number(value, "share")
    else:
        money = judged.unit == MONEY
        text = number(value / 100, "money") if money else number(value, as_written(judged.unit))
    if not any(figure in text for figure in "123456789"):
        return text.lstrip("\u2212")
    return f"+{text}" if value > 0 else text


def _card(found: Conditions, judged: Judgement) -> Sentences:
    told = tuple(visible(each, longest=1000) for each in sentences(found, judged))
    title = f"{_outcome(judged)}, with {_short(judged.policy, found.policies)}"
    return Sentences("changed" if judged.hinges else "unsure", title, told)


def _figures(found: Conditions, judged: Judgement, place: int) -> Iterator[Figure]:
    if judged.map is not None:
        yield _map(found, judged, judged.map, place)
    for number_, hinge in enumerate(judged.hinges[:_MOST_CURVES]):
        yield _curve(found, judged, hinge, f"odds-{place}-{number_}")


def _map(found: Conditions, judged: Judgement, drawn: FlipMap, place: int) -> Figure:
    outcome = _outcome(judged).lower()
    words = (_named(found, drawn.first), _named(found, drawn.second))
    rises = _rises(judged)
    columns = (
        Column(drawn.first, numeric=True),
        Column(drawn.second, numeric=True),
        Column(f"worlds in which it {rises}", numeric=True),
    )
    rows = tuple(
        (
            Cell(f"{number(x_low, '1')} to {number(x_high, '1')}"),
            Cell(f"{number(y_low, '1')} to {number(y_high, '1')}"),
            Cell(number(more, "share"), strong=True),
        )
        for x_low, x_high, y_low, y_high, more, _ in drawn.cells
    )
    return Figure(
        f"flips-{place}",
        f"Where {outcome} {rises}, and where not",
        "simulated · each part of the plane is believed alike",
        f"A plane of {drawn.first} and {drawn.second}, coloured by the share of worlds in which {outcome} "
        f"{rises}: orange where hardly any, grey where as many as not, blue where nearly all.",
        flip_map(
            drawn,
            here=(found.here[drawn.first], found.here[drawn.second]),
            label=_here(found, drawn.first, drawn.second),
            title=outcome,
            origin="simulated",
            words=words,
            legend=f"worlds in which it {rises}",
        ),
        Table("Share of worlds", columns, rows),
        note=(
            "+ and \u2212 stand where nine of ten worlds agree. Values that are believed more take more of "
            "the sets, so parts are narrow where belief is dense."
        ),
    )


def _curve(found: Conditions, judged: Judgement, hinge: Hinge, name: str) -> Figure:
    outcome, rises = _outcome(judged).lower(), _rises(judged)
    columns = (
        Column(hinge.parameter, numeric=True),
        Column(f"worlds in which it {rises}", numeric=True),
        Column("95% band", numeric=True),
    )
    rows = tuple(
        (
            Cell(number(each.value, "1")),
            Cell(number(each.more, "share"), strong=True),
            Cell(f"{number(each.low, 'share')} to {number(each.high, 'share')}", muted=True),
        )
        for each in hinge.odds
    )
    return Figure(
        name,
        f"{outcome.capitalize()} along {hinge.parameter}",
        "simulated · whatever the other parameters are",
        f"The share of worlds in which {outcome} {rises}, along {hinge.parameter}, with its band; a dashed "
        "line at one half, an upright line at the value here.",
        odds_curve(
            hinge.odds,
            thresholds=hinge.thresholds,
            here=found.here[hinge.parameter],
            title=outcome,
            origin="simulated",
            words=_named(found, hinge.parameter),
            legend=f"worlds in which it {rises}",
        ),
        Table("Share of worlds", columns, rows),
        note=f"Upright line: {known(found.parameters[hinge.parameter], found.here[hinge.parameter])}."
        + (" Grey: where the threshold may lie." if hinge.thresholds else ""),
    )


def _hinge_table(found: Conditions, policy: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for judged in (each for each in found.judgements if each.policy == policy and each.hinges):
        rows.append((Cell(_outcome(judged), group=True),))
        rows += [_hinge_row(found, judged, hinge) for hinge in judged.hinges]
    columns = (
        Column("Parameter"),
        Column("Share of the difference", numeric=True),
        Column("95% interval", numeric=True),
        Column("Turns at", numeric=True),
        Column("Below"),
        Column("Above"),
        Column("Here"),
        Column("What it means"),
    )
    return Table(
        "Parameters on which the direction hangs; evidence by its rows in evidence.md", columns, tuple(rows)
    )


def _hinge_row(found: Conditions, judged: Judgement, hinge: Hinge) -> tuple[Cell, ...]:
    share, row = hinge.share, found.parameters[hinge.parameter]
    turns = "; ".join(
        f"{number(each.value, '1')} ({number(each.low, '1')} to {number(each.high, '1')})"
        for each in hinge.thresholds
    )
    below, above = hinge.odds[1].more, hinge.odds[-2].more
    if hinge.thresholds:
        below, above = hinge.thresholds[0].below, hinge.thresholds[-1].above
    return (
        Cell(hinge.parameter, strong=True),
        Cell(number(share.share, "share")),
        Cell(f"{number(share.low, 'share')} to {number(share.high, 'share')}", muted=True),
        Cell(turns or "shifts the odds", muted=not turns),
        Cell(moves(below, judged.question)),
        Cell(moves(above, judged.question)),
        Cell(known(row, found.here[hinge.parameter])),
        Cell(row["meaning"], muted=True),
    )


def _outcome(judged: Judgement) -> str:
    """What it is in a few words: its title up to the colon."""
    return judged.title.partition(":")[0]


def _rises(judged: Judgement) -> str:
    return "does not fall" if judged.question == "falls" else "rises"


def _named(found: Conditions, parameter: str) -> str:
    unit = found.parameters[parameter]["unit"]
    return parameter if unit == "1" else f"{parameter} ({unit})"


def _here(found: Conditions, *parameters: str) -> str:
    """What is written beside the point: whether it was measured."""
    sources = {found.parameters[name]["provenance"] for name in parameters}
    return "measured" if sources == {"measured"} else "believed here"
