"""Worlds: what a simulation of an economy returned, as a page and on a screen."""

from collections.abc import Iterator, Mapping

from allmende import plugins
from allmende.model.economy import Economy
from allmende.outcomes import LEVEL, Closing, bands, closing, flows, makers
from allmende.plots import worlds
from allmende.plots.flows import drawing
from allmende.reports.banded import MONEY, as_written, band_table, in_units
from allmende.reports.document import (
    Cell,
    Column,
    Document,
    Facts,
    Figure,
    Notes,
    Picture,
    Section,
    Sparkline,
    Table,
)
from allmende.reports.escaping import visible
from allmende.reports.making import made_by
from allmende.reports.numbers import counted, number
from allmende.results import Results

__all__ = ["flows_picture", "worlds_brief", "worlds_page"]

_CHARTS = (
    "active_members",
    "newcomers",
    "contributions",
    "users",
    "use_value",
    "exchange_value",
    "service",
    "review_load",
    "gini",
    "top_tenth_share",
    "half_members",
    "pay_norm",
)
_READING = (
    (
        "A simulated community",
        (
            "Nothing here was observed. The page shows what follows from the assumptions below: people "
            "with the activity and dropout measured in real communities, and institutions that pay, offer "
            "and admit."
        ),
    ),
    (
        "Lines and bands",
        (
            "Every world has the same rules and other luck. The line is the world in the middle; the band "
            f"holds {LEVEL:.0%} of them. A question whose answer lies inside the band is a question of "
            "luck."
        ),
    ),
    (
        "Use value and exchange value",
        (
            "Use value is what people get from the works; exchange value is the money that comes in for "
            "them. Who makes the one need not take the other: that is what tells the three economies "
            "apart."
        ),
    ),
    (
        "Money is conserved",
        (
            "Every cent that somebody receives was paid by somebody; the books are checked every month in "
            "every world."
        ),
    ),
)


def worlds_page(results: Results, *, command: str = "", data: str = "") -> Document:
    """The page of a simulation.

    Args:
        results: What the simulation returned.
        command: The command that makes it again.
        data: The machine-readable form.
    """
    economy = _economy(results)
    sections = (
        Section("notes", "", (Facts(_facts(results)), Notes(results.notes))),
        Section("flows", "Who makes use value, who takes exchange value", (flows_picture(results),)),
        Section("charts", "How it goes on", tuple(_figures(results)), "grid"),
        Section("outcomes", "Every outcome", tuple(_outcomes(results))),
        Section("parameters", "What was assumed", (_parameters(results),)),
        Section("reading", "How to read this page", (Facts(_READING),), "prose"),
    )
    title = economy.title if economy else "An economy"
    return Document(
        f"{_name(results).capitalize()}",
        f"Simulated · {title[:1].lower()}{title[1:]}",
        sections,
        _footer(results, command),
        data,
    )


def worlds_brief(results: Results) -> Document:
    """A simulation on one screen.

    Args:
        results: What the simulation returned.
    """
    active = [row.mid for row in bands(results, "active_members") if row.world == results.policies[0]]
    sections = (
        Section("facts", "", (Facts(_facts(results)), Notes(results.notes))),
        Section(
            "active", "", (Sparkline("Active members by month", ("1", str(len(active))), tuple(active)),)
        ),
        Section("flows", "Who makes use value, who takes exchange value", (_flow_table(results),)),
        Section("outcomes", "Outcomes", tuple(_outcomes(results))),
    )
    return Document(_name(results), "simulated", sections, _footer(results, ""))


def _facts(results: Results) -> tuple[tuple[str, str], ...]:
    economy = _economy(results)
    arguments = results.replay.arguments
    _, draws, replicates, months = results["active_members"].shape
    changed: Mapping[str, object] = arguments.get("parameters") or {}
    facts = [
        ("Simulated", f"{counted(replicates * draws, 'world')} of {counted(months, 'month')}"),
        ("Members at the start", f"{arguments.get('members', 0):,}"),
        (
            "Changed from the defaults",
            ", ".join(f"{name} = {value}" for name, value in changed.items()) or "nothing",
        ),
    ]
    if economy is not None:
        facts += [
            ("Who makes use value", economy.maker),
            ("Who takes exchange value", economy.taker),
            ("What stands between", economy.between),
        ]
    return tuple((name, visible(str(value), longest=1000)) for name, value in facts)


def flows_picture(results: Results, *, policy: int = 0) -> Picture:
    """Who makes use value and who takes exchange value in a future, as boxes and arrows.

    Args:
        results: What the simulation returned.
        policy: Which future; 0 is the baseline.
    """
    economy = _economy(results)
    year = flows(results, policy=policy)
    uses = closing(results, "use_value", policy=policy)
    users = closing(results, "users", policy=policy)
    made = {one.name: one.mid for one in makers(results, policy=policy)}
    lines = {
        "members": f"{_amount(closing(results, 'active_members', policy=policy))} active a month",
        "works": f"made by volunteers: {number(made.get('volunteers', 0.0), 'share')}",
        "audience": f"{_amount(users)} people",
    }
    if economy is not None and economy.taker in {flow.payee for flow in year}:
        lines[economy.taker] = "takes the exchange value"
    return Picture(
        "flows-picture" + (f"-{policy}" if policy else ""),
        "Flows of use value and of money" + (f": {visible(results.policies[policy])}" if policy else ""),
        f"simulated · the last twelve months of the run, {_name(results)}",
        "Boxes and arrows: use value goes from members through the works to the audience; money goes from "
        "those who pay to those who are paid, with amounts.",
        drawing(
            year,
            amounts=[number(flow.mid, "money") for flow in year],
            lines=lines,
            uses=f"{_amount(uses)} a month",
            contracted="contractors" in made,
        ),
        _flow_table(results, policy),
        note="Green: use value. Orange: money in a year; the wider the arrow, the more (logarithmic).",
    )


def _flow_table(results: Results, policy: int = 0) -> Table:
    rows = [
        (
            Cell(one.title),
            Cell("the works"),
            Cell(number(one.mid, "share"), strong=True),
            Cell(f"{number(one.low, 'share')} to {number(one.high, 'share')}", muted=True),
            Cell("of the use value", muted=True),
        )
        for one in makers(results, policy=policy)
    ]
    rows += [
        (
            Cell(f"{flow.kind.capitalize()}: {flow.payer}"),
            Cell(flow.payee),
            Cell(number(flow.mid, "money"), strong=True),
            Cell(f"{number(flow.low, 'money')} to {number(flow.high, 'money')}", muted=True),
            Cell("a year", muted=True),
        )
        for flow in flows(results, policy=policy)
    ]
    columns = (
        Column("From"),
        Column("To"),
        Column("Amount", numeric=True),
        Column(f"{LEVEL:.0%} of worlds", numeric=True),
        Column("Unit"),
    )
    return Table("Flows of the last twelve months", columns, tuple(rows))


def _figures(results: Results) -> Iterator[Figure]:
    for name in _CHARTS:
        if name not in results.variables:
            continue
        variable = results.variables[name]
        rows = bands(results, name)
        if not any(row.high for row in rows):
            continue
        rows, unit = in_units(rows, variable.unit)
        yield Figure(
            f"world-{name.replace('_', '-')}",
            variable.title,
            f"simulated · {unit}",
            f"{variable.title} by month: the middle world and the interval of the others.",
            worlds.bands(rows, title=variable.title, origin="simulated", y_title="", share=unit == "share"),
            band_table(variable.title, rows, unit, heading=unit),
        )


def _outcomes(results: Results) -> Iterator[Table]:
    for policy, future in enumerate(results.policies):
        rows = tuple(
            (
                Cell(one.title),
                Cell(_amount(one), strong=True),
                Cell(
                    f"{_amount(one._replace(mid=one.low))} to {_amount(one._replace(mid=one.high))}",
                    muted=True,
                ),
                Cell(_told_unit(one), muted=True),
            )
            for one in (closing(results, name, policy=policy) for name in results.variables)
            if one.mid or one.high or one.low
        )
        columns = (
            Column("Outcome"),
            Column("Last twelve months", numeric=True),
            Column(f"{LEVEL:.0%} of worlds", numeric=True),
            Column("Unit"),
        )
        yield Table(f"Outcomes of the future '{visible(future)}'", columns, rows)


def _parameters(results: Results) -> Table:
    columns = (
        Column("Parameter"),
        Column("Value", numeric=True),
        Column("Unit"),
        Column("Bounds"),
        Column("Rests on"),
        Column("What it means"),
    )
    rows = tuple(
        (
            Cell(row["name"]),
            Cell(row["value"], strong=True),
            Cell(row["unit"], muted=True),
            Cell(row["bounds"], muted=True),
            Cell(" ".join(part for part in (row["provenance"], row["evidence"]) if part), muted=True),
            Cell(row["meaning"]),
        )
        for row in results.parameters
    )
    return Table("Parameters, with their provenance; evidence by its rows in evidence.md", columns, rows)


def _footer(results: Results, command: str) -> tuple[tuple[str, str], ...]:
    replay = results.replay
    return made_by(
        command,
        ("Seed", str(replay.seed)),
        ("Hash of the results", results.hash()[:16]),
        release=replay.version,
    )


def _economy(results: Results) -> Economy | None:
    found = plugins.find("economy").get(_name(results))
    return found if isinstance(found, Economy) else None


def _name(results: Results) -> str:
    return str(results.replay.arguments.get("economy", "economy"))


def _amount(one: Closing) -> str:
    if one.unit == MONEY:
        return number(one.mid / 100, "money")
    return number(one.mid, as_written(one.unit))


def _told_unit(one: Closing) -> str:
    if one.unit == MONEY:
        return "money" if one.name.startswith("balance_") else "money a month"
    return one.unit
