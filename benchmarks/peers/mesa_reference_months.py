"""The reference workload (`workload.py`) as people write it in Mesa 3; run in an environment of its own.

Prints CPU nanoseconds a member-month, and active days, contributions and leavers a member-month.
"""

import math
import resource
import sys

import mesa
import workload as w


class Member(mesa.Agent):
    """One member."""

    def __init__(self, model: mesa.Model, *, fresh: bool) -> None:
        super().__init__(model)
        random = model.random
        self.rate = random.gammavariate(w.R, 1 / w.ALPHA)
        self.dropout = random.betavariate(w.A, w.B)
        self.quality = self.mean_one(w.QUALITY_SPREAD)
        self.intensity = (1 - self.dropout) ** 2 * self.mean_one(w.INTENSITY_SPREAD)
        self.need = self.mean_one(w.NEED_SPREAD)
        self.ties = self.drive = self.audience = self.expected = self.receipt = self.frame = 0.0
        self.lifetime = self.year = self.days = self.acts = 0
        self.fresh, self.leaves = fresh, False

    def mean_one(self, spread: float) -> float:
        """A log-normal number of mean 1."""
        return math.exp(self.random.gauss(-0.5 * spread * spread, spread))

    def poisson(self, mean: float) -> int:
        """A Poisson number by inversion."""
        u, n = self.random.random(), 0
        chance = below = math.exp(-mean)
        while u > below and chance > 1e-24:
            n += 1
            chance *= mean / n
            below += chance
        return n

    def act(self) -> None:
        """Active days and contributions of the month."""
        self.ties *= w.TIES_KEPT
        bond = self.ties / (1 + self.ties) - 0.5
        exponent = w.RATE + w.NEED * self.need + w.BELONGING * bond + self.drive
        shift = w.ODDS + w.OUTSIDER - w.STAY * bond
        if self.fresh:
            shift += w.GATE - w.RESPONSE * ((self.random.random() < w.ANSWERED) - w.USUAL)
        else:
            exponent += w.CORE_RATE if self.lifetime >= w.CORE else w.OUTER_RATE
        mean = min(self.rate * math.exp(exponent), 60.0)
        planned = 1 + self.poisson(mean * self.random.random()) if self.fresh else self.poisson(mean)
        odds = self.dropout / (1 - self.dropout) * math.exp(shift)
        chance, self.days, self.fresh = odds / (1 + odds), 0, False
        for _ in range(min(planned, 31)):
            self.days += 1
            if self.random.random() < chance:
                self.leaves = True
                break
        self.acts = self.days + self.poisson(w.EXTRA * self.intensity * self.days)
        self.lifetime += self.days
        self.year += self.acts
        self.ties += w.TIES_MADE * self.days

    def attract(self) -> float:
        """Pull of the member's works this month."""
        self.pull = (self.audience + w.FRESH * self.quality * self.acts) * self.mean_one(w.LUCK)
        return self.pull

    def settle(self, each: float) -> None:
        """Views, pay, and what they do to next month's drive."""
        views = self.pull * each
        self.audience = w.KEPT * self.audience + w.CAPTURED * views
        used = self.expected or views
        self.drive = w.ELASTICITY * max(min(math.log((1 + views) / (1 + used)), 2.5), -2.5)
        self.expected = used + w.ADAPTATION * (views - used)
        cents = w.CENTS * views if views >= w.THRESHOLD else 0.0
        self.receipt = w.RECEIPT_KEPT * self.receipt + (1 - w.RECEIPT_KEPT) * cents
        if cents > 0:
            self.frame += w.FRAME_UP * (1 - self.frame)
        else:
            self.frame -= w.FRAME_DOWN * self.frame
        if self.receipt > 0.5:
            self.drive += w.JUMP + w.SLOPE * math.log1p(self.receipt / w.UNIT)
        else:
            self.drive -= w.WITHDRAWAL * self.frame


class Community(mesa.Model):
    """Members, as many as there were at the start."""

    def __init__(self, size: int) -> None:
        super().__init__(seed=1)
        self.size, self.total = size, [0, 0, 0]
        for _ in range(size):
            Member(self, fresh=False)

    def step(self) -> None:
        """One month."""
        self.agents.do("act")
        pull = sum(agent.attract() for agent in self.agents)
        self.agents.do("settle", w.VIEWS * self.size / pull)
        leavers = [agent for agent in self.agents if agent.leaves]
        for name, count in (("days", 0), ("acts", 1)):
            self.total[count] += sum(self.agents.get(name))
        self.total[2] += len(leavers)
        for agent in leavers:
            agent.remove()
            Member(self, fresh=True)


def cpu() -> float:
    """CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


size, months = int(sys.argv[1]), int(sys.argv[2])
community = Community(size)
before = cpu()
for _ in range(months):
    community.step()
print((cpu() - before) / size / months * 1e9, *(each / size / months for each in community.total))
