"""Offices: do members of known organisations take part by another law?

Who is employed to take part comes on more days and leaves less often (`evidence.md` B17). Where both kinds
are many, each is fitted by itself, and the likelihoods say whether two laws describe the record better than
one.
"""

from dataclasses import dataclass

from allmende.calibration.careers import Careers, grouped
from allmende.calibration.lawfit import Law, fit_law

__all__ = ["FEWEST", "Offices", "offices_of"]

FEWEST = 100
_SURE = 18.47
"""The 0.999 quantile of chi-square with four degrees of freedom: two laws have four numbers more than one."""


@dataclass(frozen=True, slots=True)
class Offices:
    """Members of known organisations beside the others.

    Args:
        known: The law of those whose organisation is known.
        others: The law of those whose is not.
        gain: Twice the log-likelihood that two laws have more than one.
    """

    known: Law
    others: Law
    gain: float

    @property
    def apart(self) -> bool:
        """Whether they differ by more than luck."""
        return self.gain > _SURE

    @property
    def told(self) -> str:
        """How they differ, in words."""
        shares = [law.values[2] / (law.values[2] + law.values[3]) for law in (self.known, self.others)]
        rates = [law.values[0] / law.values[1] for law in (self.known, self.others)]
        return (
            f"Members of known organisations take part by another law: {shares[0]:.0%} stay for a single day "
            f"(others {shares[1]:.0%}), at {rates[0]:.2g} active days a month while they do (others "
            f"{rates[1]:.2g}). Newcomers are drawn from the law of all."
        )


def offices_of(joined: Careers, law: Law) -> Offices | None:
    """Both laws; None where one of the two kinds is too few.

    Args:
        joined: Members seen from their first day.
        law: The law of all of them.
    """
    known = joined.org > 0
    if min(int(known.sum()), int((~known).sum())) < FEWEST:
        return None
    one, other = fit_law(grouped(joined.where(known))), fit_law(grouped(joined.where(~known)))
    return Offices(one, other, 2.0 * (one.log_likelihood + other.log_likelihood - law.log_likelihood))
