"""The reference workload (`workload.py`) in mesa-frames, with Polars; run in an environment of its own.

Sums and functions are Polars expressions over whole columns, draws are NumPy's, as its users write.
Prints CPU nanoseconds a member-month, and active days, contributions and leavers a member-month.
"""

import resource
import sys

import numpy as np
import polars as pl
import workload as w
from mesa_frames import AgentSetPolars, ModelDF
from polars import col

FELT = ("ties", "drive", "audience", "expected", "receipt", "frame", "lifetime", "year")


class Members(AgentSetPolars):
    """All members."""

    def __init__(self, model: ModelDF, size: int) -> None:
        super().__init__(model)
        self.luck, self.born, self.size = np.random.Generator(np.random.SFC64(1)), 0, size
        self.add(self.newcomers(size, fresh=False))

    def mean_one(self, spread: float, size: int) -> np.ndarray:
        """Log-normal numbers of mean 1."""
        return np.exp(spread * self.luck.standard_normal(size) - 0.5 * spread * spread)

    def newcomers(self, size: int, *, fresh: bool) -> pl.DataFrame:
        """Members with traits of their own, to whom nothing has happened yet."""
        dropout, first = self.luck.beta(w.A, w.B, size), self.born
        self.born += size
        drawn = {
            "unique_id": np.arange(first, first + size),
            "rate": self.luck.gamma(w.R, 1 / w.ALPHA, size),
            "dropout": dropout,
            "quality": self.mean_one(w.QUALITY_SPREAD, size),
            "intensity": (1 - dropout) ** 2 * self.mean_one(w.INTENSITY_SPREAD, size),
            "need": self.mean_one(w.NEED_SPREAD, size),
        }
        felt = {name: np.zeros(size) for name in FELT}
        return pl.DataFrame(drawn | felt | {"fresh": np.full(size, fresh)})

    def step(self) -> None:
        """One month."""
        self.act()
        self.settle()
        leaves = self.agents["leaves"]
        gone = int(leaves.sum())
        self.model.total += self.agents["days"].sum(), self.agents["acts"].sum(), gone
        stay = self.agents.filter(~leaves).drop("days", "acts", "leaves")
        self.agents = pl.concat([stay, self.newcomers(gone, fresh=True)])

    def act(self) -> None:
        """Active days and contributions."""
        size, luck = len(self.agents), self.luck
        uniforms = pl.DataFrame({"rest": luck.random(size), "answer": luck.random(size)})
        ties = col("ties") * w.TIES_KEPT
        bond = ties / (1 + ties) - 0.5
        own = pl.when(col("lifetime") >= w.CORE).then(w.CORE_RATE).otherwise(w.OUTER_RATE)
        own = pl.when(col("fresh")).then(0.0).otherwise(own)
        exponent = w.RATE + w.NEED * col("need") + w.BELONGING * bond + col("drive") + own
        rest = pl.when(col("fresh")).then(col("rest")).otherwise(1.0)
        answered = (col("answer") < w.ANSWERED).cast(pl.Float64)
        gate = pl.when(col("fresh")).then(w.GATE - w.RESPONSE * (answered - w.USUAL)).otherwise(0.0)
        odds = col("dropout") / (1 - col("dropout")) * (w.ODDS + w.OUTSIDER + gate - w.STAY * bond).exp()
        heard = pl.concat([self.agents, uniforms], how="horizontal").select(
            ties=ties, mean=(col("rate") * exponent.exp()).clip(0, 60) * rest, odds=odds
        )
        fresh = self.agents["fresh"].to_numpy()
        planned = np.minimum(luck.poisson(heard["mean"].to_numpy()) + fresh, 31)
        last = np.ceil(luck.standard_exponential(size) / np.log1p(heard["odds"].to_numpy()))
        days = np.minimum(planned, last)
        acts = days + luck.poisson(np.minimum(w.EXTRA * self.agents["intensity"].to_numpy() * days, 1860))
        self.agents = self.agents.with_columns(
            days=days, acts=acts, leaves=(planned > 0) & (last <= planned), ties=heard["ties"]
        ).with_columns(
            lifetime=col("lifetime") + col("days"), year=col("year") + col("acts"), fresh=False,
            ties=col("ties") + w.TIES_MADE * col("days"),
        )  # fmt: skip

    def settle(self) -> None:
        """Attention, pay, and what they do to next month's drive."""
        luck = pl.Series("luck", self.mean_one(w.LUCK, len(self.agents)))
        pull = (col("audience") + w.FRESH * col("quality") * col("acts")) * luck
        seen = self.agents.with_columns(views=pull).with_columns(
            views=col("views") * (w.VIEWS * self.size / col("views").sum())
        )
        cents = pl.when(col("views") >= w.THRESHOLD).then(w.CENTS * col("views")).otherwise(0.0)
        receipt = w.RECEIPT_KEPT * col("receipt") + (1 - w.RECEIPT_KEPT) * cents
        up, down = col("frame") + w.FRAME_UP * (1 - col("frame")), col("frame") * (1 - w.FRAME_DOWN)
        used = pl.when(col("expected") == 0).then(col("views")).otherwise(col("expected"))
        settled = seen.with_columns(
            audience=w.KEPT * col("audience") + w.CAPTURED * col("views"), used=used,
            receipt=pl.when(receipt >= 0.5).then(receipt).otherwise(0.0),
            frame=pl.when(cents > 0).then(up).otherwise(down),
        )  # fmt: skip
        heard = w.ELASTICITY * ((1 + col("views")) / (1 + col("used"))).log().clip(-2.5, 2.5)
        earned = pl.when(col("receipt") > 0).then(w.JUMP + w.SLOPE * (col("receipt") / w.UNIT).log1p())
        self.agents = settled.with_columns(
            drive=heard + earned.otherwise(-w.WITHDRAWAL * col("frame")),
            expected=col("used") + w.ADAPTATION * (col("views") - col("used")),
        ).drop("views", "used")


class Community(ModelDF):
    """Members, as many as there were at the start."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.total = np.zeros(3)
        self.members = Members(self, size)
        self.agents += self.members

    def step(self) -> None:
        """One month."""
        self.agents.do("step")


def cpu() -> float:
    """CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


size, months = int(sys.argv[1]), int(sys.argv[2])
community = Community(size)
before = cpu()
for _ in range(months):
    community.step()
print((cpu() - before) / size / months * 1e9, *(community.total / size / months))
