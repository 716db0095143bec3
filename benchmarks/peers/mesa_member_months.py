"""The member rule as people write it in Mesa 3; run in an environment of its own."""

import math
import resource
import sys

import mesa


class Member(mesa.Agent):
    """One member: rate, dropout, ties, active or not."""

    def __init__(self, model: mesa.Model) -> None:
        super().__init__(model)
        self.rate = model.random.gammavariate(0.4, 1 / 0.3)
        self.dropout = model.random.betavariate(0.8, 1.5)
        self.ties, self.lifetime, self.days, self.acts, self.active = 0.0, 0, 0, 0, True

    def step(self) -> None:
        """One month."""
        self.days = self.acts = 0
        self.ties *= 0.9
        if not self.active:
            return
        bond = self.ties / (1 + self.ties) - 0.5
        mean = min(self.rate * math.exp(0.2 * bond), 60.0)
        planned = self.poisson(mean)
        odds = self.dropout / (1 - self.dropout + 1e-12) * math.exp(-0.2 * bond)
        chance = odds / (1 + odds)
        for _ in range(min(planned, 31)):
            self.days += 1
            if self.random.random() < chance:
                self.active = False
                break
        self.acts = self.days + self.poisson(1.3 * (1 - self.dropout) ** 2 * self.days)
        self.lifetime += self.days
        self.ties += 0.05 * self.days

    def poisson(self, mean: float) -> int:
        """A Poisson number by inversion."""
        u, n = self.random.random(), 0
        chance = below = math.exp(-mean)
        while u > below and chance > 1e-24:
            n += 1
            chance *= mean / n
            below += chance
        return n


class Community(mesa.Model):
    """Members and a sum."""

    def __init__(self, size: int) -> None:
        super().__init__(seed=1)
        for _ in range(size):
            Member(self)

    def step(self) -> None:
        """One month."""
        self.agents.do("step")
        self.total = sum(agent.days for agent in self.agents)


size, months = int(sys.argv[1]), int(sys.argv[2])
community = Community(size)
before = resource.getrusage(resource.RUSAGE_SELF)
for _ in range(months):
    community.step()
after = resource.getrusage(resource.RUSAGE_SELF)
print((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / size / months * 1e9)
