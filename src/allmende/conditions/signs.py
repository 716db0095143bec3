"""Signs: in which part of the belief is an effect more, less, nothing, or not to be told from luck?

A draw has a few worlds of different luck, and its effect is their mean, give or take what luck does. How much
that is comes from the worlds of the draw and of draws with effects of like size. The effects of all draws
together say what is believable (a normal distribution, fitted by moments), and each draw's own effect is
drawn towards it, the more the noisier it is: without any effect at all, nothing is told from luck.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["RARE", "SURE", "Question", "Signs", "asked_of", "more_of", "signs_of"]

Numbers = NDArray[np.float64]
SURE = 0.9
RARE = 0.02
"""What happens in a smaller share of the draws is not asked after."""

Question = Literal["falls", "rises", "sign"]
_NEIGHBOURS = 0.05
_LEAST_NEIGHBOURS = 20
_BEYOND_DOUBT = 3.0


class Signs(NamedTuple):
    """Shares of the draws, which add up to 1.

    Args:
        more: The effect is more than nothing, with nine chances in ten or better.
        less: It is less, as surely.
        same: Nothing whatever changes in any of their worlds.
        untold: Luck does too much for the worlds there are.
    """

    more: float
    less: float
    same: float
    untold: float


def asked_of(signs: Signs) -> Question:
    """What there is to ask: which sign it has, or, where it has one sign or none, whether it has it.

    >>> asked_of(Signs(more=0.4, less=0.0, same=0.6, untold=0.0))
    'rises'
    """
    if signs.same < RARE or min(signs.more, signs.less) >= RARE:
        return "sign"
    return "rises" if signs.more >= signs.less else "falls"


def more_of(effects: Numbers, question: Question = "sign") -> Numbers:
    """The share of worlds with more, for each draw; nan where nothing was measured.

    Args:
        effects: Differences inside worlds. float64[draws, replicates].
        question: With "sign" no change counts half, with "rises" as less and with "falls" as more.

    >>> more_of(np.array([[1.0, -1.0], [0.0, 2.0]])).tolist()
    [0.5, 0.75]
    >>> more_of(np.array([[1.0, -1.0], [0.0, 2.0]]), "rises").tolist()
    [0.5, 0.5]
    """
    measured = np.isfinite(effects)
    tie = {"sign": 0.5, "rises": 0.0, "falls": 1.0}[question]
    won = np.where(measured, (effects > 0) + tie * (effects == 0), 0.0).sum(axis=1)
    found = np.full(len(effects), np.nan)
    np.divide(won, measured.sum(axis=1), out=found, where=measured.any(axis=1))
    return found


def signs_of(effects: Numbers) -> Signs:
    """The shares of the draws by the sign of their effect.

    With one world a draw nothing is known about luck, and each effect is taken as it is.

    Args:
        effects: As in `more_of`; draws in which a world was not measured are left out.

    >>> signs_of(np.array([[1.0, 1.1], [-1.0, -1.1], [0.0, 0.0], [1.2, 0.9]]))
    Signs(more=0.5, less=0.25, same=0.25, untold=0.0)
    """
    effects = effects[np.isfinite(effects).all(axis=1)]
    if not len(effects):
        return Signs(np.nan, np.nan, np.nan, np.nan)
    same = (effects == 0).all(axis=1)
    chance = np.where(same, 0.5, _chance_of_more(effects))
    more, less = (chance >= SURE) & ~same, (chance <= 1 - SURE) & ~same
    told = (more | less | same).mean()
    return Signs(float(more.mean()), float(less.mean()), float(same.mean()), float(1 - told))


def _chance_of_more(effects: Numbers) -> Numbers:
    """The chance that each draw's effect is above 0, drawn towards what all draws say."""
    from scipy.special import ndtr

    mean, replicates = effects.mean(axis=1), effects.shape[1]
    if replicates == 1:
        return np.asarray((mean > 0) + 0.5 * (mean == 0))
    luck = _luck(mean, effects.var(axis=1, ddof=1)) / replicates
    spread, common, error = _together(mean, luck)
    whole = spread + luck
    weight = np.divide(spread, whole, out=np.ones_like(luck), where=whole > 0)
    centre = weight * mean + (1 - weight) * common
    deviation = np.sqrt(weight * luck + (1 - weight) * error**2)
    certain = np.copysign(np.inf, centre, out=np.zeros_like(centre), where=centre != 0)
    return np.asarray(ndtr(np.divide(centre, deviation, out=certain, where=deviation > 0)))


def _together(mean: Numbers, luck: Numbers) -> tuple[float, float, float]:
    """What all draws say: the variance of true effects, their mean, and its standard error.

    A mean within three standard errors of 0 counts as 0: what is common to all is told in all draws at once,
    and should be wrong more rarely than what is told of one.
    """
    spread = max(float(mean.var() - luck.mean()), 0.0)
    error = float(np.sqrt(mean.var() / len(mean)))
    common = float(mean.mean())
    return spread, common if abs(common) > _BEYOND_DOUBT * error else 0.0, error


def _luck(mean: Numbers, variance: Numbers) -> Numbers:
    """Variance by luck of each draw: its own and that of draws with effects of like size, averaged."""
    order = np.argsort(np.abs(mean), kind="stable")
    width = min(len(mean), max(_LEAST_NEIGHBOURS, round(_NEIGHBOURS * len(mean))))
    summed = np.concatenate([[0.0], np.cumsum(variance[order])])
    start = np.clip(np.arange(len(mean)) - width // 2, 0, len(mean) - width)
    found = np.empty_like(variance)
    found[order] = (summed[start + width] - summed[start]) / width
    return found
