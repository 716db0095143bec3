"""Futures: what policies would do, against the same people and the same luck without them, as a page."""

import re
from collections.abc import Iterator
from math import isfinite

from allmende.comparison import GROUPS, Comparison
from allmende.conditions.hinges import Conditions
from allmende.effects import LESS_IS_BETTER, LEVEL, Effect, differences
from allmende.outcomes import LEVEL as WORLDS_LEVEL
from allmende.outcomes import flows
from allmende.plots import worlds
from allmende.reports.banded import MONEY, as_written, band_table, in_units
from allmende.reports.cautions import cautions, subject
from allmende.reports.conditions import READING as CONDITIONS_READING
from allmende.reports.conditions import conditions_brief, conditions_sections
from allmende.reports.document import Cell, Column, Document, Facts, Figure, Notes, Section, Table
from allmende.reports.escaping import visible
from allmende.reports.inshort import NEUTRAL, in_short
from allmende.reports.making import made_by
from allmende.reports.numbers import counted, number

__all__ = ["futures_brief", "futures_page"]

_CHARTS = ("use_value", "active_members", "newcomers", "contributions", "exchange_value", "service")
_LONGEST_TITLE = 60
_BETTER = {
    "more": "gains",
    "less": "loses",
    "the same": "nothing changes",
    "cannot be told": "cannot be told",
}
_READING = (
    (
        "Paired futures",
        (
            "Nothing here was observed. Every future is the same community with the same people and the same "
            "luck; only the rules differ, from the month on in which a policy starts. So an effect is a "
            "difference inside a world."
        ),
    ),
    (
        "How sure",
        (
            f"The interval holds the mean effect with {LEVEL:.0%} if the model is right. It says how well "
            "the worlds tell it, not how true the assumptions are: with few worlds it is wide, with more it "
            "narrows. The share of worlds says how often a single community would see more."
        ),
    ),
    (
        "Regret",
        (
            "What one misses on average, world by world, by choosing this future and not the one that would "
            "have been best there."
        ),
    ),
    (
        "Common luck",
        (
            "How many times as many worlds two unpaired runs would need for the same interval. It is large "
            "where a policy changes little of what luck decides."
        ),
    ),
)


def futures_page(
    told: Comparison, *, conditions: Conditions | None = None, command: str = "", data: str = ""
) -> Document:
    """The page of a comparison.

    Args:
        told: What was compared.
        conditions: What would have to be true, when that was asked.
        command: The command that makes it again.
        data: The machine-readable form.
    """
    sections = (
        *cautions(told.notes),
        Section("head", "", (Facts(_facts(told)),)),
        Section("short", "In short", in_short(told, conditions), "cards"),
        Section("standing", "Which future is better", (_standing_table(told),)),
        Section("groups", "Who gains and who loses", tuple(_groups(told))),
        *(conditions_sections(conditions) if conditions else ()),
        Section("charts", "What a policy changes, month by month", tuple(_figures(told)), "grid"),
        Section("flows", "Who pays whom", (_flow_table(told),)),
        Section("outcomes", "Every outcome", (*_outcomes(told), Notes(told.notes))),
        Section("assumed", "What was assumed", (_assumed(told),)),
        Section(
            "reading",
            "How to read this page",
            (Facts(_READING + (CONDITIONS_READING if conditions else ())),),
            "prose",
        ),
    )
    return Document(
        _title(told),
        "Simulated · against the same people and the same luck without them",
        sections,
        _footer(told, command),
        data,
    )


def futures_brief(told: Comparison, *, conditions: Conditions | None = None) -> Document:
    """A comparison on one screen.

    Args:
        told: What was compared.
        conditions: What would have to be true, when that was asked.
    """
    sections = (
        *cautions(told.notes),
        Section("head", "", (Facts(_facts(told)),)),
        Section("standing", "Which future is better", (_standing_table(told),)),
        Section("groups", "Who gains and who loses", tuple(_groups(told))),
        *(conditions_brief(conditions) if conditions else ()),
    )
    return Document(visible(subject(told.results)), "simulated", sections, _footer(told, ""))


def _title(told: Comparison) -> str:
    """The economy, and the futures by their names without levers; how many there are where they are many."""
    names = list(dict.fromkeys(re.sub(r" \(.*?\)", "", each) for each in told.results.policies[1:]))
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    if len(listed) > _LONGEST_TITLE:
        listed = f"{len(told.results.policies) - 1} futures"
    return f"{visible(subject(told.results).capitalize())}: {visible(listed)}?"


def _facts(told: Comparison) -> tuple[tuple[str, str], ...]:
    arguments = told.results.replay.arguments
    _, draws, replicates, months = told.results["active_members"].shape
    changed = arguments.get("parameters") or {}
    facts = [
        ("Compared", ", ".join(told.results.policies)),
        (
            "Simulated",
            (
                f"each in {counted(draws * replicates, 'world')} of {counted(months, 'month')}, "
                f"{arguments.get('members', 0):,} members at the start"
            ),
        ),
        (
            "Changed from the defaults",
            ", ".join(f"{name} = {value}" for name, value in changed.items()) or "nothing",
        ),
        ("Decided by", told.results.variables[told.outcome].title),
    ]
    if len(told.tried) > 1:
        facts.append(("Worlds were added", ", ".join(f"{each:,}" for each in told.tried)))
    return tuple((name, visible(text, longest=1000)) for name, text in facts)


def _standing_table(told: Comparison) -> Table:
    variable = told.results.variables[told.outcome]
    effects = {each.policy: each for each in told.effects if each.name == told.outcome}
    rows = []
    for each in told.standings:
        effect = effects.get(each.policy)
        rows.append(
            (
                Cell(visible(each.policy)),
                Cell(_share(effect, effect.mean) if effect else "", strong=True),
                Cell(_shares(effect) if effect else "", muted=True),
                Cell(number(each.better, "share") if effect else ""),
                Cell(number(each.best, "share")),
                Cell(_amount(each.regret, variable.unit)),
                Cell(_times(effect) if effect else "", muted=True),
            )
        )
    less = " (less is better)" if told.outcome in LESS_IS_BETTER else ""
    columns = (
        Column("Future"),
        Column("Effect", numeric=True),
        Column(f"{LEVEL:.0%} interval", numeric=True),
        Column("Better than the baseline", numeric=True),
        Column("Best of all", numeric=True),
        Column("Regret", numeric=True),
        Column("Common luck saves", numeric=True),
    )
    unit = "money" if variable.unit == MONEY else variable.unit
    caption = f"By {variable.title.lower()}{less}, in the last twelve months; regret in {unit}"
    return Table(caption, columns, tuple(rows))


def _groups(told: Comparison) -> Iterator[Table]:
    for policy in told.results.policies[1:]:
        rows = []
        for group, names in GROUPS.items():
            for name in names:
                effect = told.effect(policy, name)
                if effect.baseline or effect.mean:
                    rows.append(
                        (
                            Cell(group),
                            Cell(_verdict(group, effect), strong=effect.verdict in {"more", "less"}),
                            Cell(_change(effect)),
                            Cell(_between(effect), muted=True),
                            Cell(effect.title, muted=True),
                        )
                    )
        columns = (
            Column("Group"),
            Column("Verdict"),
            Column("Change", numeric=True),
            Column(f"{LEVEL:.0%} interval", numeric=True),
            Column("Measured by"),
        )
        yield Table(f"With {visible(policy)}", columns, tuple(rows))


def _verdict(group: str, effect: Effect) -> str:
    return effect.verdict if group in NEUTRAL else _BETTER[effect.verdict]


def _figures(told: Comparison) -> Iterator[Figure]:
    for name in dict.fromkeys((told.outcome, *_CHARTS)):
        variable = told.results.variables[name]
        rows, unit = in_units(differences(told.results, name), variable.unit)
        if not any(row.low or row.high for row in rows):
            continue
        yield Figure(
            f"difference-{name.replace('_', '-')}",
            f"Difference: {variable.title.lower()}",
            f"simulated · {unit}, against the baseline",
            f"{variable.title} by month, less what it is without the policy: the middle world as a line, and "
            f"{WORLDS_LEVEL:.0%} of the worlds as a band.",
            worlds.bands(rows, title=variable.title, origin="simulated", y_title="", share=unit == "share"),
            band_table(variable.title, rows, unit, heading="difference"),
        )


def _flow_table(told: Comparison) -> Table:
    futures = told.results.policies
    found = [
        {(each.kind, each.payer, each.payee): each.mid for each in flows(told.results, policy=i)}
        for i in range(len(futures))
    ]
    keys = sorted({key for each in found for key in each}, key=lambda key: -max(o.get(key, 0) for o in found))
    rows = tuple(
        (
            Cell(f"{kind.capitalize()}: {payer}"),
            Cell(payee),
            *(Cell(number(each.get((kind, payer, payee), 0.0), "money")) for each in found),
        )
        for kind, payer, payee in keys
    )
    columns = (
        Column("From"),
        Column("To"),
        *(Column(visible(future), numeric=True) for future in futures),
    )
    return Table("Money in the last twelve months of the run, in the middle world", columns, rows)


def _outcomes(told: Comparison) -> Iterator[Table]:
    for policy in told.results.policies[1:]:
        rows = tuple(
            (
                Cell(each.title),
                Cell(_amount(each.baseline, each.unit)),
                Cell(_change(each), strong=each.verdict in {"more", "less"}),
                Cell(_between(each), muted=True),
                Cell(each.verdict),
                Cell(number(each.more, "share")),
                Cell(_times(each), muted=True),
                Cell("money" if each.unit == MONEY else each.unit, muted=True),
            )
            for each in told.effects
            if each.policy == policy and (each.baseline or each.mean) and isfinite(each.mean)
        )
        columns = (
            Column("Outcome"),
            Column("Baseline", numeric=True),
            Column("Change", numeric=True),
            Column(f"{LEVEL:.0%} interval", numeric=True),
            Column("On average"),
            Column("More in so many worlds", numeric=True),
            Column("Common luck saves", numeric=True),
            Column("Unit"),
        )
        yield Table(f"With {visible(policy)}, in the last twelve months", columns, rows)


def _assumed(told: Comparison) -> Table:
    columns = (
        Column("Parameter"),
        Column("Value", numeric=True),
        Column("Rests on"),
        Column("What it means"),
    )
    rows = tuple(
        (
            Cell(row["name"]),
            Cell(f"{row['value']} {row['unit']}".removesuffix(" 1"), strong=True),
            Cell(" ".join(part for part in (row["provenance"], row["evidence"]) if part), muted=True),
            Cell(row["meaning"]),
        )
        for row in told.results.parameters
    )
    return Table("Parameters, with their provenance; evidence by its rows in evidence.md", columns, rows)


def _footer(told: Comparison, command: str) -> tuple[tuple[str, str], ...]:
    replay = told.results.replay
    return made_by(
        command,
        ("Seed", str(replay.seed)),
        ("Hash of the results", told.results.hash()[:16]),
        release=replay.version,
    )


def _share(effect: Effect, value: float) -> str:
    """A change as a share of the baseline; as it is where there is no baseline."""
    if not effect.baseline:
        return _signed(value, effect.unit)
    return _plus(value) + number(value / abs(effect.baseline), "share")


def _shares(effect: Effect) -> str:
    return f"{_share(effect, effect.low)} to {_share(effect, effect.high)}" if isfinite(effect.low) else ""


def _change(effect: Effect) -> str:
    return _signed(effect.mean, effect.unit)


def _between(effect: Effect) -> str:
    if not isfinite(effect.low):
        return ""
    return f"{_signed(effect.low, effect.unit)} to {_signed(effect.high, effect.unit)}"


def _signed(value: float, unit: str) -> str:
    return _plus(value) + _amount(value, unit)


def _plus(value: float) -> str:
    return "+" if value > 0 else ""


def _times(effect: Effect) -> str:
    return f"{effect.gain:,.0f} times" if isfinite(effect.gain) else ""


def _amount(value: float, unit: str) -> str:
    return number(value / 100, "money") if unit == MONEY else number(value, as_written(unit))
