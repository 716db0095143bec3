"""Levers: the form of policies, made from what each policy declares, and the question it asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from allmende.errors import AllmendeError
from allmende.params import Declaration
from allmende.plugins import find, get
from allmende.policy import Policy
from allmende.studio.jobs.question import MOST, Question
from allmende.studio.studies.places import CASE, ECONOMY

__all__ = ["COMMUNITY", "Choice", "Lever", "economy_for", "levers_form", "question_from"]

Form = Mapping[str, Sequence[str]]
COMMUNITY = "community"
"""What is chosen where others choose an economy: the community of the record, calibrated."""

_DEFAULT_START = 12
_SLIDES_OVER = 5
_WIDE = 1000


@dataclass(frozen=True, slots=True)
class Lever:
    """A field of the form.

    Args:
        name: Name of the field.
        title: What it is called.
        doc: What it means.
        unit: Its unit, "" for none.
        value: What it shows.
        low: Least value, "" for any.
        high: Greatest value, "" for any.
        step: Distance of values, "any" for numbers.
        top: Where its slider ends.
        switch: Whether it is on or off.
    """

    name: str
    title: str
    doc: str
    unit: str
    value: str
    low: str
    high: str
    step: str
    top: str
    switch: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A policy of the form.

    Args:
        name: Its name.
        title: What it is called.
        question: What it asks.
        chosen: Whether it is ticked.
        levers: Its levers.
    """

    name: str
    title: str
    question: str
    chosen: bool
    levers: tuple[Lever, ...]


def economy_for(source: str) -> str:
    """The economy in which a source is simulated unless another is chosen."""
    if source.startswith(ECONOMY):
        return source.removeprefix(ECONOMY)
    if source.startswith(CASE):
        from allmende.typology.casebook import economy_of

        try:
            return economy_of(source.removeprefix(CASE))
        except AllmendeError:
            return "commons"
    return "commons"


def levers_form(economy: str, form: Form) -> list[Choice]:
    """The policies that fit an economy, with what was typed before.

    Args:
        economy: Its name.
        form: What was sent; empty at first.
    """
    standing = {one.name for one in getattr(get("economy", economy), "institutions", ())}
    found = []
    for name, policy in find("policy").items():
        assert isinstance(policy, Policy)
        if not set(policy.needs) <= standing:
            continue
        declared = policy.levers.declarations()
        order = sorted(declared.values(), key=lambda one: one.name == "start")
        found.append(
            Choice(
                name,
                name.replace("_", " ").capitalize(),
                _question_of(policy),
                "on" in form.get(f"use.{name}", ()),
                tuple(_lever(name, one, form) for one in order),
            )
        )
    return found


def question_from(source: str, form: Form) -> Question:
    """The comparison that a form asks for.

    Raises:
        AllmendeError: a field is not a number.
    """
    chosen = next(iter(form.get("economy", ())), "")
    calibrated = chosen == COMMUNITY
    economy = economy_for(source) if calibrated else chosen
    policies: dict[str, dict[str, float | int | bool]] = {}
    for name, policy in find("policy").items():
        assert isinstance(policy, Policy)
        if "on" in form.get(f"use.{name}", ()):
            policies[name] = {
                one.name: _value(f"{name}.{one.name}", one.kind, form)
                for one in policy.levers.declarations().values()
                if one.kind is bool or form.get(f"{name}.{one.name}")
            }
    sizes = {name: int(_number(name, form)) for name in MOST if form.get(name)}
    seed = {"seed": int(_number("seed", form))} if form.get("seed") else {}
    return Question(
        "compare", source, economy=economy, policies=policies, calibrated=calibrated, **sizes, **seed
    )


def _lever(policy: str, one: Declaration, form: Form) -> Lever:
    field = f"{policy}.{one.name}"
    default = _DEFAULT_START if one.name == "start" else one.default
    typed = next(iter(form.get(field, ())), None)
    return Lever(
        field,
        one.name.replace("_", " "),
        one.doc,
        "" if one.unit == "1" else one.unit,
        typed if typed is not None else _written(default),
        _written(one.low) if isfinite(one.low) else "",
        _written(one.high) if isfinite(one.high) else "",
        "1" if one.kind is int else "any",
        _written(_top(one)),
        one.kind is bool,
    )


def _top(one: Declaration) -> float:
    """Where a slider ends: at the bound, unless that is so far away that the slider could not be set."""
    usual = max(abs(float(one.default)), 1.0)
    if isfinite(one.high) and one.high <= usual * _WIDE and one.name != "start":
        return one.high
    return 60.0 if one.name == "start" else usual * _SLIDES_OVER


def _written(value: float) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return str(int(value)) if float(value).is_integer() else repr(value)


def _value(field: str, kind: type, form: Form) -> float | int | bool:
    if kind is bool:
        return "on" in form.get(field, ())
    number = _number(field, form)
    return int(number) if kind is int and number.is_integer() else number


def _number(field: str, form: Form) -> float:
    text = next(iter(form.get(field, ())), "")
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise AllmendeError(f"{field.replace('.', ': ')} is no number", expected="a number such as 0.5")
    return number


def _question_of(policy: Policy) -> str:
    from inspect import getdoc
    from sys import modules

    text = getdoc(modules[policy.module]) or ""
    _, _, after = text.partition("Question:\n")
    return " ".join(line.strip() for line in after.partition("\n\n")[0].splitlines())
