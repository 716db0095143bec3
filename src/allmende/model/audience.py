"""Audience: who uses the works, and how well the infrastructure serves them.

Adoption is the exact monthly map of the Bass model, F' = F + (1 - F)(1 - exp(-(p + q F) appeal)), less the
users who turn away. The share that turns away is set so that the start is stationary; a service that
cannot carry the load drives more of them off. This is what a foundation is for (S4).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from allmende.model.worlds import Worlds

__all__ = ["adoption", "serve", "uses_at_start", "uses_of"]

Numbers = NDArray[np.float64]
Values = Mapping[str, Numbers]


def adoption(share: Numbers, innovation: Numbers, imitation: Numbers, appeal: Numbers) -> Numbers:
    """New adopters of a month as a share of the market: (1 - F)(1 - exp(-(p + q F) appeal))."""
    return (1.0 - share) * -np.expm1(-(innovation + imitation * share) * appeal)


def uses_of(worlds: Worlds, values: Values) -> Numbers:
    """Uses asked for this month: market x adopted x reach."""
    return values["market"] * worlds.batch.members * worlds.adopted * values["reach"]


def uses_at_start(worlds: Worlds, values: Values) -> Numbers:
    """Uses a month at the start."""
    return values["market"] * worlds.batch.members * values["adopted"]


def serve(worlds: Worlds, values: Values, bought: Numbers | float) -> tuple[Numbers, Numbers]:
    """Serve this month's uses and let users come and go; changes the worlds.

    Args:
        worlds: The worlds; adoption, capacity and service change.
        values: Parameters.
        bought: Capacity that institutions pay for this month.

    Returns:
        Uses asked for, and uses served.
    """
    asked = uses_of(worlds, values)
    worlds.capacity = values["donated_capacity"] * uses_at_start(worlds, values) + bought
    worlds.service = np.where(asked > 0, np.minimum(1.0, worlds.capacity / np.maximum(asked, 1e-12)), 1.0)
    served = asked * worlds.service
    start = values["adopted"]
    leaving = adoption(start, values["innovation"], values["imitation"], np.ones_like(start)) / start
    appeal = np.exp(values["appeal"] * worlds.usefulness)
    gained = adoption(worlds.adopted, values["innovation"], values["imitation"], appeal)
    lost = np.minimum(leaving + values["service_loss"] * (1.0 - worlds.service), 1.0)
    worlds.adopted = np.clip(worlds.adopted + gained - lost * worlds.adopted, 0.0, 1.0)
    return asked, served
