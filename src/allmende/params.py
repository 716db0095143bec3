"""Params: the numbers of a model, each declared once.

A parameter has a default, bounds, a unit, a prior, a meaning, and a provenance; the command line, the
documentation, the sliders of the studio and the calibration all read that one declaration.

    class GiftParams(Params):
        warmth: float = param(0.3, low=0, high=2, unit="1", prior=HalfNormal(0.5),
                              doc="Pull of having been helped.", evidence=("C8",))

    GiftParams().with_values(warmth=0.4)           # the same, one value changed
    GiftParams.from_toml("warmth = 0.4")           # from a settings file
    GiftParams().drawn(seed=1, draw=7)             # one believable set of values

Params are frozen; a change is a new value. Their bounds are checked whenever one is made.
"""

import dataclasses
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from functools import cache
from typing import Any, Literal, Self, cast, dataclass_transform, get_type_hints

from allmende.draws import Decision, key_of, uniform
from allmende.errors import AllmendeError, OutOfRangeError, PluginError, UnknownNameError
from allmende.priors import Prior, quantile_within

__all__ = ["Declaration", "Params", "Provenance", "param"]

Provenance = Literal["assumed", "literature", "measured"]
Number = float | int | bool


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is said once about a parameter.

    Args:
        name: Its name.
        default: Its value unless given.
        low: Least value allowed.
        high: Greatest value allowed.
        unit: Its unit, "1" when it has none.
        prior: What is believed about it, or None where the default is used as it is.
        doc: What it means, as a sentence.
        provenance: Where the default comes from.
        evidence: Ids of the evidence it rests on.
        kind: float, int or bool.
    """

    name: str
    default: Number
    low: float
    high: float
    unit: str
    prior: Prior | None
    doc: str
    provenance: Provenance
    evidence: tuple[str, ...]
    kind: type

    @property
    def bounds(self) -> str:
        """The bounds in words, for messages and tables.

        >>> Declaration("a", 1, 0, 2, "1", None, "", "assumed", (), float).bounds
        '0 to 2'
        """
        if math.isinf(self.low) and math.isinf(self.high):
            return "any number"
        if math.isinf(self.high):
            return f"at least {self.low:g}"
        if math.isinf(self.low):
            return f"at most {self.high:g}"
        return f"{self.low:g} to {self.high:g}"


def param(
    default: Number,
    *,
    doc: str,
    low: float = -math.inf,
    high: float = math.inf,
    unit: str = "1",
    prior: Prior | None = None,
    provenance: Provenance = "assumed",
    evidence: tuple[str, ...] = (),
) -> Any:
    """Declare a parameter; the arguments are those of `Declaration`.

    A parameter with evidence and no provenance given is from the literature only if that is said.
    """
    said = {
        "low": float(low),
        "high": float(high),
        "unit": unit,
        "prior": prior,
        "doc": doc,
        "provenance": provenance,
        "evidence": evidence,
    }
    return field(default=default, metadata={"param": said}, kw_only=True)


@cache
def _declared(kind: type) -> dict[str, Declaration]:
    """What a class declares; kept, as every draw of parameters asks for it."""
    kinds = get_type_hints(kind)
    return {
        each.name: Declaration(
            name=each.name,
            default=cast("Number", each.default),
            kind=kinds[each.name],
            **each.metadata["param"],
        )
        for each in dataclasses.fields(cast("Any", kind))
    }


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(param,))
class Params:
    """What parameters classes derive from: their annotated fields become frozen, checked and described.

    Raises:
        PluginError: when a class is made whose field is not declared by `param`, or whose default breaks its
            own bounds.
        OutOfRangeError: when a value is made that breaks a bound.
    """

    _sources: Mapping[str, Provenance]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        dataclass(frozen=True)(cls)
        _check_class(cls)

    def __post_init__(self) -> None:
        for name, declaration in self.declarations().items():
            object.__setattr__(self, name, _checked(type(self).__name__, declaration, getattr(self, name)))
        object.__setattr__(self, "_sources", {})

    @classmethod
    def declarations(cls) -> dict[str, Declaration]:
        """What was said about each parameter, in the order of the class body."""
        return dict(_declared(cast("Any", cls)))

    def values(self) -> dict[str, Number]:
        """The values by name, in the order of the class body."""
        return {name: getattr(self, name) for name in self.declarations()}

    def with_values(self, *, provenance: Provenance = "assumed", **values: Number) -> Self:
        """The same parameters with some values changed.

        Args:
            provenance: Where the new values come from.
            **values: New values by name.

        Raises:
            UnknownNameError: there is no parameter of that name; the nearest is offered.
            OutOfRangeError: a value breaks a bound.
        """
        known = self.declarations()
        for name in values:
            if name not in known:
                raise UnknownNameError("parameter", name, known, where=type(self).__name__)
        changed = type(self)(**{**self.values(), **values})
        object.__setattr__(changed, "_sources", {**self._sources, **dict.fromkeys(values, provenance)})
        return changed

    def drawn(self, *, seed: int, draw: int) -> Self:
        """One believable set of values: each parameter with a prior gets a value from it, within its bounds.

        Each value is keyed by the name of its parameter: it stays the same when others are added or fixed.

        Args:
            seed: Seed of the study.
            draw: Which set.
        """
        values: dict[str, Number] = {}
        for name, said in self.declarations().items():
            if said.prior is not None:
                u = float(uniform(seed, Decision.PRIOR, replicate=draw, member=key_of(name)))
                value = quantile_within(said.prior, u, said.low, said.high)
                values[name] = said.kind(value if said.kind is float else math.floor(value + 0.5))
        return self.with_values(provenance="assumed", **values)

    def to_toml(self) -> str:
        """The values as lines `name = value`, each with its unit and meaning as a comment."""
        lines = []
        for name, said in self.declarations().items():
            value = getattr(self, name)
            written = str(value).lower() if said.kind is bool else repr(value)
            unit = "" if said.unit == "1" else f"{said.unit}. "
            lines.append(f"{name} = {written}  # {unit}{said.doc}\n")
        return "".join(lines)

    @classmethod
    def from_toml(cls, text: str, *, where: str = "", provenance: Provenance = "assumed") -> Self:
        """The defaults, changed by lines `name = value`.

        Args:
            text: The lines; blank ones and comments are skipped, and nothing else is allowed.
            where: The file, for messages.
            provenance: Where the values come from.

        Raises:
            AllmendeError: a line is not `name = value`, or a name stands twice; the line is named.
            UnknownNameError: there is no parameter of that name.
            OutOfRangeError: a value has the wrong kind or breaks a bound.
        """
        values: dict[str, Number] = {}
        known = cls.declarations()
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            place = f"{where or cls.__name__}, line {number}"
            name, value = _setting(line, place)
            if name not in known:
                raise UnknownNameError("parameter", name, known, where=place)
            if name in values:
                raise AllmendeError(f"{name} is given twice", where=place, expected="each name once")
            values[name] = _checked(cls.__name__, known[name], value, where=place)
        return cls().with_values(provenance=provenance, **values)

    def provenance(self, name: str) -> Provenance:
        """Where the value of a parameter comes from: as declared, or as said when it was changed."""
        return self._sources.get(name, self.declarations()[name].provenance)

    def describe(self) -> list[dict[str, str]]:
        """A row for each parameter: name, value, unit, bounds, prior, provenance, evidence, meaning."""
        return [
            {
                "name": name,
                "value": repr(getattr(self, name)),
                "unit": declaration.unit,
                "bounds": declaration.bounds,
                "prior": repr(declaration.prior) if declaration.prior else "",
                "provenance": self.provenance(name),
                "evidence": ", ".join(declaration.evidence),
                "meaning": declaration.doc,
            }
            for name, declaration in self.declarations().items()
        ]


def _check_class(cls: type[Params]) -> None:
    for each in dataclasses.fields(cast("Any", cls)):
        if "param" not in each.metadata or each.default is MISSING or each.name == "provenance":
            raise PluginError(
                f"{cls.__name__}.{each.name} is not declared as a parameter",
                where=cls.__module__,
                expected=f"{each.name}: float = param(default, doc=...), and a name other than 'provenance'",
            )
    for declaration in cls.declarations().values():
        if declaration.kind not in _KINDS:
            raise PluginError(
                f"{cls.__name__}.{declaration.name} has type {declaration.kind}",
                where=cls.__module__,
                expected="float, int or bool",
            )
        _checked(cls.__name__, declaration, declaration.default)


def _setting(line: str, place: str) -> tuple[str, object]:
    found = _LINE.fullmatch(line) if len(line) <= _LONGEST_LINE else None
    try:
        table = tomllib.loads(line) if found else {}
    except tomllib.TOMLDecodeError as error:
        raise AllmendeError(
            f"the value is not TOML: {error}", where=place, expected="name = value"
        ) from error
    if not found or list(table) != [found["name"]]:
        raise AllmendeError("the line is not a setting", where=place, expected="name = value")
    return found["name"], table[found["name"]]


def _checked(owner: str, declaration: Declaration, value: object, *, where: str = "") -> Number:
    """The value in its declared kind; a whole number will do for a number, nothing else is changed."""
    name = f"{owner}.{declaration.name}"
    fits, wanted = _KINDS[declaration.kind]
    if not isinstance(value, fits) or (isinstance(value, bool) and declaration.kind is not bool):
        raise OutOfRangeError(f"{name} is {value!r}", where=where, expected=wanted)
    too_large = isinstance(value, int) and not -_BEYOND < value < _BEYOND
    number = cast("Number", math.inf if too_large else declaration.kind(value))
    if not math.isfinite(number) or not declaration.low <= number <= declaration.high:
        unit = "" if declaration.unit == "1" else f" {declaration.unit}"
        raise OutOfRangeError(
            f"{name} is {number}{unit}",
            where=where,
            expected=declaration.bounds,
            next_step=declaration.doc,
        )
    return number


_KINDS: dict[type, tuple[tuple[type, ...], str]] = {
    float: ((int, float), "a number"),
    int: ((int,), "a whole number"),
    bool: ((bool,), "true or false"),
}
_LINE = re.compile(r"\s*(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=.*")
_LONGEST_LINE = 1000
_BEYOND = 2.0**63  # no lever of a model is that large, and int64 cannot hold it
