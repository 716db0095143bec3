"""Params: the numbers of a model, each declared once.

A parameter has a default, bounds, a unit, a prior, a meaning, and a provenance; the command line, the
documentation, the sliders of the studio and the calibration all read that one declaration.

    class GiftParams(Params):
        warmth: float = param(0.3, low=0, high=2, unit="1", prior=HalfNormal(0.5),
                              doc="Pull of having been helped.", evidence=("C8",))

    GiftParams().with_values(warmth=0.4)

Params are frozen; a change is a new value. Their bounds are checked whenever one is made.
"""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from typing import Any, Literal, Protocol, Self, cast, dataclass_transform, get_type_hints, runtime_checkable

from allmende.errors import OutOfRangeError, PluginError, UnknownNameError

__all__ = ["Declaration", "Params", "Prior", "Provenance", "param"]

Provenance = Literal["assumed", "literature", "measured"]
Number = float | int | bool


@runtime_checkable
class Prior(Protocol):
    """What is believed about a number before looking: a frozen value with a quantile function."""

    def quantile(self, u: float, /) -> float:
        """The number below which the share `u` of the belief lies; monotone, so that draws can be keyed."""
        ...


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
        kinds = get_type_hints(cls)
        fields = dataclasses.fields(cast("Any", cls))
        return {
            each.name: Declaration(
                name=each.name,
                default=cast("Number", each.default),
                kind=kinds[each.name],
                **each.metadata["param"],
            )
            for each in fields
        }

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
        if declaration.kind not in {float, int, bool}:
            raise PluginError(
                f"{cls.__name__}.{declaration.name} has type {declaration.kind}",
                where=cls.__module__,
                expected="float, int or bool",
            )
        _checked(cls.__name__, declaration, declaration.default)


def _checked(owner: str, declaration: Declaration, value: object) -> Number:
    """The value in its declared kind; an integer is fine where a float is wanted, nothing else is changed."""
    name = f"{owner}.{declaration.name}"
    fits = {float: (int, float), int: (int,), bool: (bool,)}[declaration.kind]
    if not isinstance(value, fits) or (isinstance(value, bool) and declaration.kind is not bool):
        raise OutOfRangeError(
            f"{name} is {value!r}, a {type(value).__name__}", expected=f"a {declaration.kind.__name__}"
        )
    number = cast("Number", declaration.kind(value))
    if not declaration.low <= number <= declaration.high:
        unit = "" if declaration.unit == "1" else f" {declaration.unit}"
        raise OutOfRangeError(
            f"{name} is {number:g}{unit}", expected=declaration.bounds, next_step=declaration.doc
        )
    return number
