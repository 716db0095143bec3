"""Fit: a calibrated community: parameters with errors and sources, members, newcomers, what it is worth."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import erf, sqrt
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from allmende.calibration.ahead import LEARNED, ahead_of
from allmende.calibration.careers import Careers
from allmende.calibration.joining import Joining
from allmende.calibration.lawfit import Law, draw_law
from allmende.calibration.likelihood import NAMES
from allmende.calibration.offices import Offices
from allmende.calibration.patterns import Pattern
from allmende.calibration.posterior import Members, population_of
from allmende.calibration.recent import Recent
from allmende.calibration.rivals import Rival, rivals
from allmende.calibration.search import gaussians, rooted
from allmende.calibration.stretch import Stretch
from allmende.calibration.table import Learned
from allmende.calibration.work import Work
from allmende.errors import AllmendeError, OutOfRangeError, UnknownNameError
from allmende.model.beginning import Beginning
from allmende.model.parameters import MemberParams
from allmende.months import text
from allmende.panel import Panel
from allmende.params import Number, Provenance
from allmende.priors import quantile_within
from allmende.simulation import economy_called

__all__ = ["MEASURED", "Draws", "Estimate", "Fit", "reachable", "values_of"]

Numbers = NDArray[np.float64]

MEASURED = (
    "r", "alpha", "a", "b", "extra_acts", "acts_spread", "newcomers", "joining_spread", "activity_spread",
    "vigour", "environment",
)  # fmt: skip
"""What a draw of a fit holds: parameters, newcomers a month as usual, and the environment at the end."""

_FEWEST = 20
_INTERVAL_DRAWS = 400
_ENDS = (0.025, 0.975)
_LIKELIHOOD = frozenset(MEASURED) | {"arrivals", "returning", "return_shape", "employed", "employed_start"}
_MONEY = ("pay_", "attraction", "withdrawal", "entrant_", "upkeep", "grievance")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A parameter of a fit.

    Args:
        name: The parameter.
        value: Its most likely value, or the one that was assumed.
        low: Lower end of its 95 % interval; the value where none is known.
        high: Upper end.
        provenance: "measured" of this community, "literature" or "assumed".
    """

    name: str
    value: float
    low: float
    high: float
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Draws:
    """What is believed of the parameters, as draws.

    Args:
        names: Names, as in `MEASURED`.
        values: float64[draws, names].
    """

    names: tuple[str, ...]
    values: Numbers

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, name: str) -> Numbers:
        """The draws of one number. float64[draws].

        Raises:
            UnknownNameError: there is none of that name; the nearest is offered.
        """
        if name not in self.names:
            raise UnknownNameError("drawn number", name, self.names)
        answer: Numbers = self.values[:, self.names.index(name)]
        return answer

    def one(self, number: int) -> dict[str, float]:
        """One draw by name."""
        return dict(zip(self.names, self.values[number].tolist(), strict=True))

    def to_arviz(self) -> Any:
        """The draws as ArviZ knows them: one chain of independent draws.

        Raises:
            AllmendeError: ArviZ is not installed.
        """
        try:
            arviz = importlib.import_module("arviz")
        except ModuleNotFoundError as error:
            raise AllmendeError(
                "ArviZ is not installed", where="to_arviz", next_step="Install it: pip install arviz."
            ) from error
        return arviz.from_dict({"posterior": {name: self[name][None, :] for name in self.names}})


@dataclass(frozen=True, slots=True)
class Fit:
    """A calibrated community.

    Args:
        name: The community.
        stretch: The months that were fitted.
        since: Month from which those who joined tell the law of members.
        law: The law of members' active days.
        work: Contributions a day.
        joining: Newcomers and the environment.
        recent: The level of the last year, which worlds set out from.
        members: The members, and what is believed of each.
        patterns: What the law was held against.
        offices: Members of known organisations beside the others; None where either are few.
        notes: Sentences a reader must see, the most important first.
        seed: Seed of the draws.
        economy: The economy its worlds run in: what the record does not say.
        unseen: What the last years say of the parameters that the likelihood does not reach; None before
            `unseen.learn`.
        panel: The record, also what lies beyond the stretch; None when it was not kept.
    """

    name: str
    stretch: Stretch
    since: int
    law: Law
    work: Work
    joining: Joining
    recent: Recent
    members: Members
    patterns: tuple[Pattern, ...]
    offices: Offices | None
    notes: tuple[str, ...]
    seed: int
    economy: str = "commons"
    unseen: Learned | None = None
    panel: Panel | None = field(default=None, repr=False, compare=False)

    @property
    def size(self) -> int:
        """Members a simulation starts with: those who are expected to take part, at least `_FEWEST`.

        Rates for each member at the start (newcomers, market) are relative to it; who stands there is drawn.
        """
        return max(round(self.members.expected_active), _FEWEST)

    @property
    def joined(self) -> Careers:
        """The careers of those who tell the law of members."""
        careers = self.members.careers
        return careers.where(careers.fresh & (careers.joined >= self.since))

    def rivals(self) -> tuple[Rival, ...]:
        """The same members under four laws, the likeliest first (seconds)."""
        return rivals(self.joined)

    def draws(self, size: int = 100, *, seed: int | None = None) -> Draws:
        """Draws of what is believed of the parameters after the record.

        Args:
            size: How many.
            seed: Seed; that of the fit when None.

        Raises:
            OutOfRangeError: none are asked for.
        """
        if size < 1:
            raise OutOfRangeError(f"{size} draws", where="draws", expected="at least 1")
        chosen = self.seed if seed is None else seed
        law = draw_law(self.law, size, seed=chosen)
        work = gaussians(chosen, "work", size, 2) @ rooted(self.work.covariance).T
        _, joined, _, _, acted, _, _ = self.joining.drawn(size, seed=chosen).T
        ahead = ahead_of(self.recent, joined, acted, seed=chosen)
        extra = self.work.extra * np.exp(work[:, 0]) * ahead.work
        columns = (
            *law.T, extra, self.work.spread * np.exp(work[:, 1]), ahead.newcomers, ahead.joining_spread,
            ahead.activity_spread, ahead.vigour, ahead.environment,
        )  # fmt: skip
        return Draws(MEASURED, np.stack(columns, axis=1))

    def parameters(
        self, draw: Mapping[str, float] | None = None, *, base: MemberParams | None = None
    ) -> MemberParams:
        """The parameters of a simulation of this community.

        Args:
            draw: A draw of `draws`; the most likely values when None.
            base: Parameters of the economy, where the record says nothing; those of its economy when None.
        """
        known = dict(draw) if draw is not None else self._likely()
        values = {name: known[name] for name in (*NAMES, "extra_acts", "acts_spread", "vigour")}
        values |= {
            "arrivals": known["newcomers"] / self.size,
            # Pauses are in the law already: members of low rates are long away and come back. So are
            # those who are employed to take part.
            "returning": 0.0, "employed": 0.0,
        }  # fmt: skip
        lent = {"persistence": LEARNED.persistence, "drift": LEARNED.drift}
        for name, least in (("joining_spread", LEARNED.joining), ("activity_spread", LEARNED.activity)):
            (values if known[name] > least else lent)[name] = known[name]
        params = base or economy_called(self.economy).parameters
        said = params.declarations()
        held = {name: min(max(value, said[name].low), said[name].high) for name, value in values.items()}
        params = params.with_values(provenance="measured", **cast("dict[str, Any]", held))
        return params.with_values(provenance="literature", **cast("dict[str, Any]", lent))

    def beginning(
        self, *, draws: int, seed: int, parameters: Mapping[str, Number] | None = None
    ) -> Beginning:  # fmt: skip
        """How worlds of this community begin: see `model.beginning.Calibrated`.

        Args:
            draws: How many sets of parameters.
            seed: Seed of the study.
            parameters: Parameters that are to be other than fitted.

        Raises:
            UnknownNameError: there is no such parameter; the nearest is offered.
            OutOfRangeError: a number is out of its bounds.
        """
        economy = economy_called(self.economy)
        given = cast("dict[str, Any]", dict(parameters or {}))
        # What is believed of a parameter that the record does not reach is its prior.
        rest = [economy.parameters.drawn(seed=seed, draw=number) for number in range(draws)]
        drawn = self.draws(draws, seed=seed)
        moved = self._moved(draws)
        sets = tuple(
            self.parameters(drawn.one(number), base=base)
            .with_values(provenance="measured", **cast("dict[str, Any]", moved[number]))
            .with_values(**given)
            for number, base in enumerate(rest)
        )
        people = population_of(self.members, drawn["environment"], drawn.values[:, : len(NAMES)])
        return Beginning(economy, self.size, sets, people, self.name, self._caution())

    def estimates(self) -> tuple[Estimate, ...]:
        """Every parameter with its interval and where it comes from: measured ones first."""
        drawn = self.draws(_INTERVAL_DRAWS)
        sets = {name: drawn[name] for name in MEASURED}
        sets["arrivals"] = drawn["newcomers"] / self.size
        params = self.parameters()
        found = []
        for name, value in params.values().items():
            number, source = float(value), params.provenance(name)
            low, high = np.quantile(sets[name], _ENDS) if name in sets else (number, number)
            found.append(Estimate(name, number, float(low), float(high), source))
        return tuple(sorted(found, key=lambda one: one.provenance != "measured"))

    def _moved(self, draws: int) -> list[dict[str, float]]:
        """Values, draw by draw, of the parameters that the last years say something about."""
        if self.unseen is None or not self.unseen.contractions():
            return [{}] * draws
        names = tuple(self.unseen.contractions())
        places = [self.unseen.names.index(name) for name in names]
        rows = self.unseen.draws[np.arange(draws) % len(self.unseen.draws)][:, places]
        return [values_of(self.economy, names, row) for row in rows]

    def _caution(self) -> tuple[str, ...]:
        """What must stand beside every future of this community."""
        start = (
            f"Worlds begin with the members of {self.name} as of {text(self.stretch.stop - 1)}, about "
            f"{self.members.expected_active:,.0f} of whom are expected to take part still, and set out from "
            "the level of the last year, with the decline and the swings of known communities; what the "
            f"record does not say is as in the economy '{self.economy}'."
        )
        return (*(note for note in self.notes[:1] if note.startswith("The member model")), start)

    def _likely(self) -> dict[str, float]:
        joined, acted = np.array([self.joining.joining_spread]), np.array([self.joining.activity_spread])
        ahead = ahead_of(self.recent, joined, acted, seed=None)
        return {
            **dict(zip(NAMES, self.law.values.tolist(), strict=True)),
            "extra_acts": self.work.extra * float(ahead.work[0]), "acts_spread": self.work.spread,
            "newcomers": float(ahead.newcomers[0]), "joining_spread": float(ahead.joining_spread[0]),
            "activity_spread": float(ahead.activity_spread[0]), "vigour": float(ahead.vigour[0]),
            "environment": float(ahead.environment[0]),
        }  # fmt: skip


def reachable(economy: str) -> tuple[str, ...]:
    """Parameters of an economy that have a prior and that no likelihood reaches, in the order of its class.

    Those of money are left out: records of acts say nothing of it.
    """
    said = economy_called(economy).parameters.declarations()
    return tuple(
        name
        for name, declaration in said.items()
        if declaration.prior is not None and name not in _LIKELIHOOD and not name.startswith(_MONEY)
    )


def values_of(economy: str, names: tuple[str, ...], normals: Numbers) -> dict[str, float]:
    """Values of parameters from standard normal numbers: the quantiles of their priors within bounds."""
    said = economy_called(economy).parameters.declarations()
    values = {}
    for name, z in zip(names, normals.tolist(), strict=True):
        one = said[name]
        assert one.prior is not None
        u = min(max(0.5 * (1.0 + erf(z / sqrt(2.0))), 1e-9), 1.0 - 1e-9)
        values[name] = quantile_within(one.prior, u, one.low, one.high)
    return values
