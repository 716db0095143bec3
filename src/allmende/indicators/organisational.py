"""Organisational: on how few employers the work rests, and how many kinds of organisation take part.

Organisations come from addresses and user files. A ranking of employers survives that; shares of all work do
not (see `labour`): the figures here are over contributions under a known employer, and refuse when few.
"""

from math import inf

import numpy as np

from allmende import inequality
from allmende.affiliation import by_employer, by_organisation, employers, leading_employer
from allmende.indicator import Curve, indicator
from allmende.panel import Panel
from allmende.sufficiency import require, share_of

__all__ = [
    "elephant_factor",
    "organisation_count",
    "organisation_hhi",
    "organisational_diversity",
    "organisations",
    "outsiders_share",
]

SHOWN = 10


@indicator(
    family="concentration",
    unit="organisations",
    bounds=(1, inf),
    reference="CHAOSS Elephant Factor, https://chaoss.community/?p=3940; evidence.md D12",
    better="higher",
)
def elephant_factor(panel: Panel, /, *, minimum: int = 50) -> float:
    """How few organisations carry half of the work of employed members?

    The smallest number of employers whose contributions add up to at least half of all contributions made
    under a known employer in the window. Low is concentrated (one overview of CHAOSS has it the wrong way
    round). Contributions whose employer is unknown are left out.
    """
    counts = by_employer(panel)
    estimate = float(inequality.fewest(counts)) if len(counts) else None
    require(int(counts.sum()), minimum, "contributions under a known employer", estimate=estimate)
    return float(inequality.fewest(counts))


@indicator(
    family="concentration",
    unit="share",
    bounds=(0, 1),
    reference="Hirschman 1964; typology.md K4 (HHI of organisations)",
    better="lower",
)
def organisation_hhi(panel: Panel, /, *, minimum: int = 50) -> float:
    """How concentrated is the work of employed members on few organisations?

    Herfindahl-Hirschman index: the sum of squared shares of employers in the contributions made under a known
    employer in the window. 1 is one employer, 1/n is n equal ones.
    """
    counts = by_employer(panel)
    estimate = inequality.hhi(counts) if len(counts) else None
    require(int(counts.sum()), minimum, "contributions under a known employer", estimate=estimate)
    return inequality.hhi(counts)


@indicator(
    family="labour",
    unit="organisations",
    bounds=(0, inf),
    reference="CHAOSS Organizational Diversity, https://chaoss.community/?p=3464",
    better="higher",
)
def organisation_count(panel: Panel, /, *, minimum: int = 10) -> float:
    """From how many employers do contributions come?

    Distinct employers under which anything was contributed in the window. Classes of addresses (free mail,
    universities, associations) are no employers.
    """
    counts = by_organisation(panel)
    known = int((counts[employers(panel)] > 0).sum())
    require(int(counts.sum()), minimum, "contributions", estimate=float(known))
    return float(known)


@indicator(
    family="labour",
    unit="organisations",
    bounds=(1, inf),
    reference="CHAOSS Organizational Diversity, https://chaoss.community/?p=3464; Hill 1973",
    better="higher",
)
def organisational_diversity(panel: Panel, /, *, minimum: int = 50) -> float:
    """How many equally large employers would be as diverse?

    exp of the Shannon entropy of employers' shares in the contributions made under a known employer in the
    window: 3.0 says "as diverse as three employers of equal share".
    """
    counts = by_employer(panel)
    estimate = inequality.effective_number(counts) if len(counts) else None
    require(int(counts.sum()), minimum, "contributions under a known employer", estimate=estimate)
    return inequality.effective_number(counts)


@indicator(
    family="labour",
    unit="share",
    bounds=(0, 1),
    reference="CHAOSS Organizational Diversity, https://chaoss.community/?p=3464",
    curve=True,
)
def organisations(panel: Panel, /, *, minimum: int = 50) -> Curve:
    """Which employers contribute most?

    The ten employers with most contributions in the window, each with its share of all contributions, those
    of unknown origin included: the shares are lower ends. Which ten does not change when members are
    resampled.
    """
    counts = by_organisation(panel)
    require(int(counts.sum()), minimum, "contributions")
    shown = panel.kept(_largest)
    require(len(shown), 1, "contributions under a known employer")
    return Curve(
        np.arange(1.0, len(shown) + 1),
        counts[shown] / counts.sum(),
        counts[shown].astype(float),
        tuple(panel.orgs[code] for code in shown),
        "rank",
    )


@indicator(
    family="labour",
    unit="share",
    bounds=(0, 1),
    reference="evidence.md E13, D8; CHAOSS Organizational Diversity, https://chaoss.community/?p=3464",
)
def outsiders_share(panel: Panel, /, *, minimum: int = 50) -> float:
    """At most which share of the work comes from outside the leading organisation?

    Contributions of the window not made under the employer with most of them, over all contributions. Those
    of unknown origin count as outside, so that this is the upper end. Where no employer is known everything
    is outside.
    """
    counts = by_organisation(panel)
    leading = leading_employer(panel)
    inside = 0 if leading is None else int(counts[leading])
    total = int(counts.sum())
    return share_of(total - inside, total, found=total, minimum=minimum, noun="contributions")


def _largest(panel: Panel) -> list[int]:
    counts = by_organisation(panel)
    known = [int(code) for code in np.flatnonzero(employers(panel) & (counts > 0))]
    return sorted(known, key=lambda code: (-counts[code], panel.orgs[code]))[:SHOWN]
