"""Policy: a change of the rules with levers and a start.

A policy is a class of levers that is called with rules and returns other rules. Its author writes the
levers and the change; bounds, messages, TOML, tables, the command line and the comparison come from what is
declared.

    @policy(expect={"contributions": "both"})
    class Bounty(Levers):
        pool: int = lever(0, low=0, high=10**9, unit="cents/month", zero="no bounty", doc="Money a month.")

        def __call__(self, rules: Rules, /) -> Rules:
            return rules.with_institution(Patron(gift=self.pool))

    Bounty(pool=200_000, start=12)          # checked; in force from month 12 on

`Bounty` is then a plug-in: called with levers it gives a policy for `simulate` and `compare`. Levers that
say what zero means are doses: while all of them are 0 nothing happens, bit for bit.
"""

import dataclasses
import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeVar, cast

from allmende.errors import AllmendeError, PluginError, UnknownNameError
from allmende.model.recording import MEASURES
from allmende.model.rules import Rules
from allmende.params import Number, Params, param

__all__ = ["HEADINGS", "Levers", "Policy", "Sign", "institution", "lever", "missing", "policy"]

HEADINGS = ("Question", "Levers", "Mechanism", "Expect", "References")
"""What the docstring of a policy's module tells, in this order."""

Sign = Literal["+", "-", "both"]
"""Direction in which an outcome is expected to go; "both" where both signs are published or believable."""

_LATEST = 1_200
Found = TypeVar("Found")


def lever(
    default: Number, *, low: float, high: float, doc: str, unit: str = "1", zero: str = ""
) -> Any:  # fmt: skip
    """Declare a lever.

    Args:
        default: Its value unless given.
        low: Least value allowed.
        high: Greatest value allowed.
        doc: What it means, as a sentence.
        unit: Its unit, "1" when it has none.
        zero: What 0 (or false) means, for a dose: "no bounty". "" for a lever that only says how.
    """
    declared = param(default, low=low, high=high, unit=unit, doc=doc)
    said = {**declared.metadata, "zero": zero}
    return dataclasses.field(default=default, metadata=said, kw_only=True)


class Levers(Params):
    """What the levers of a policy derive from; a value is a policy in force from month `start` on.

    Raises:
        OutOfRangeError: a lever breaks a bound.
    """

    start: int = lever(
        0, low=0, high=_LATEST, unit="month", doc="First month in force; a run begins with month 0."
    )

    @property
    def name(self) -> str:
        """How it is called in results: the policy and those levers which are not at their defaults."""
        declared = self.declarations()
        moved = [
            f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
            for name, value in self.values().items()
            if value != declared[name].default
        ]
        told = self.policy_name()
        return f"{told} ({', '.join(moved)})" if moved else told

    @classmethod
    def policy_name(cls) -> str:
        """Name of the policy whose levers these are."""
        return _snake(cls.__name__)

    def as_table(self) -> dict[str, Number | str]:
        """The name of the policy and every lever, as `policyfile` writes and reads them."""
        return {"policy": self.policy_name(), **self.values()}

    @classmethod
    def doses(cls) -> dict[str, str]:
        """What zero means, for each lever that is a dose."""
        found = {
            each.name: str(each.metadata.get("zero", "")) for each in dataclasses.fields(cast("Any", cls))
        }
        return {name: zero for name, zero in found.items() if zero}

    @property
    def idle(self) -> bool:
        """Whether every dose is at zero, so that nothing changes."""
        return not any(getattr(self, name) for name in self.doses())

    def __reduce__(self) -> Any:
        # A plug-in stands under the name of its class, so that pickle does not find the class. What stands
        # there, plug-in or class, makes the same policy when it is called with the levers.
        if "<locals>" in type(self).__qualname__:
            return super().__reduce_ex__(2)
        return _remade, (type(self).__module__, type(self).__qualname__, self.values())

    def __call__(self, rules: Rules, /) -> Rules:  # noqa: ARG002 - policies need it
        """The rules under the policy; its input stays as it is.

        Raises:
            PluginError: the policy does not say what it changes.
        """
        raise PluginError(
            f"{type(self).__name__} does not say what it changes",
            where=type(self).__module__,
            expected="a method __call__(self, rules, /) that returns rules",
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy plug-in. Called with levers, it gives a policy that can be in force.

    Args:
        name: Name under which users ask for it.
        levers: Class of its levers.
        expect: For each outcome (`model.recording.MEASURES`) in which direction it is expected to go.
        needs: Institutions that must be in force for it to mean something.
        independent: Names of policies with which its order does not matter.
        shown: Parameters under which the expected directions show, where the defaults leave nothing to do.
        module: Where it was defined.
    """

    name: str
    levers: type[Levers]
    expect: Mapping[str, Sign]
    needs: tuple[str, ...]
    independent: tuple[str, ...]
    shown: Mapping[str, Number]
    module: str

    def __call__(self, **levers: Number) -> Levers:
        """The policy with these levers, the others at their defaults.

        Raises:
            UnknownNameError: there is no such lever; the nearest is offered.
            OutOfRangeError: a lever breaks a bound.
        """
        known = self.levers.declarations()
        for each in levers:
            if each not in known:
                raise UnknownNameError("lever", each, known, where=self.name)
        return self.levers().with_values(**cast("dict[str, Any]", levers))

    @property
    def definition(self) -> str:
        """The docstring of its module."""
        return importlib.import_module(self.module).__doc__ or ""

    @property
    def summary(self) -> str:
        """Its question."""
        return " ".join(_parts(self.definition).get("Question", "").split()) or self.name

    def applies_to(self, rules: Rules) -> bool:
        """Whether the institutions that it needs are in force."""
        return set(self.needs) <= {each.name for each in rules.institutions}


def policy(
    *,
    expect: Mapping[str, Sign],
    needs: tuple[str, ...] = (),
    independent: tuple[str, ...] = (),
    shown: Mapping[str, Number] = MappingProxyType({}),
) -> Callable[[type[Levers]], Policy]:
    """Make a class of levers a policy plug-in; the arguments are those of `Policy`.

    Raises:
        PluginError: the class does not say what it changes, has no dose, or calls a lever "policy", which in
            tables is the name of the policy.
        UnknownNameError: an outcome that is expected is not measured.
    """

    def made(levers: type[Levers]) -> Policy:
        if "__call__" not in vars(levers) or not levers.doses() or "policy" in levers.declarations():
            raise PluginError(
                f"{levers.__name__} is no policy",
                where=levers.__module__,
                expected="a method __call__(self, rules, /), a lever that says what zero means, "
                "and none called 'policy'",
            )
        for outcome in expect:
            if outcome not in MEASURES:
                raise UnknownNameError("outcome", outcome, MEASURES, where=levers.__name__)
        return Policy(
            name=levers.policy_name(),
            levers=levers,
            expect=MappingProxyType(dict(expect)),
            needs=needs,
            independent=independent,
            shown=MappingProxyType(dict(shown)),
            module=levers.__module__,
        )

    return made


def institution(rules: Rules, name: str, kind: type[Found]) -> Found:
    """The institution of that name, for a policy that changes its levers.

    Args:
        rules: The rules in force.
        name: Its name.
        kind: Its class.

    Raises:
        AllmendeError: there is none, or another policy has put something else in its place.
    """
    for each in rules.institutions:
        if each.name == name and isinstance(each, kind):
            return each
    names = [each.name for each in rules.institutions]
    if name in names:
        raise AllmendeError(
            f"another policy has changed '{name}' already",
            next_step=f"Give the policy that changes the levers of '{name}' before the other one.",
        )
    raise AllmendeError(
        f"there is no '{name}' in this economy",
        expected=f"an economy that has it; this one has {', '.join(names) or 'no institution'}",
        next_step="Choose another economy, or another policy.",
    )


def missing(one: Policy) -> list[str]:
    """What the docstring of a policy's module does not tell: headings, and levers it does not name."""
    parts = _parts(one.definition)
    told = parts.get("Levers", "")
    absent = [heading for heading in HEADINGS if not parts.get(heading, "").strip()]
    absent += [
        f"lever {name}" for name in one.levers.declarations() if name != "start" and f"`{name}`" not in told
    ]
    order = [heading for heading in parts if heading in HEADINGS]
    return absent or ([] if order == list(HEADINGS) else [f"the order of {', '.join(HEADINGS)}"])


def _remade(module: str, name: str, levers: Mapping[str, Number]) -> Levers:
    found = getattr(importlib.import_module(module), name)(**levers)
    assert isinstance(found, Levers)
    return found


def _parts(text: str) -> dict[str, str]:
    """The parts of a docstring by heading; a heading stands at the beginning of a line, with a colon."""
    found = re.split(r"^([A-Z][a-z]+):\s", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
