"""The facts and labels beside the project: another coder's, of the communities whose logs stand there.

They are no part of the project; where they are absent, the tests that need them skip.
"""

from collections import defaultdict
from dataclasses import dataclass

from allmende import months
from allmende.typology.codebook import ECONOMIES, criterion
from allmende.typology.facts import Dossier, Period
from shared_logs import rows

__all__ = ["SAME", "Labelled", "dossiers", "labelled", "other_coder"]

COLUMNS = {
    "initiator": "initiator",
    "object": "object",
    "marks_owner": "marks_owner",
    "infrastructure": "infrastructure",
    "decision": "decision",
    "value_captor": "value_captor",
    "main_funding": "main_funding",
    "licence": "licence",
    "cla": "agreement",
}
# Communities of the other coder that are in the casebook: they are left out of what places them.
SAME = {
    "Apache": "Apache httpd",
    "Eclipse (2001-03)": "Eclipse",
    "Eclipse (2004-)": "Eclipse",
    "Linux (2007-)": "Linux",
    "Linux (early)": "Linux",
    "eclipse-jdt-core": "Eclipse",
    "eclipse-platform-ui": "Eclipse",
    "httpd": "Apache httpd",
    "jenkins": "Jenkins",
    "linux-pre-git": "Linux",
    "node": "Node.js",
    "node-v0.x": "Node.js",
    "opentofu": "OpenTofu",
    "owncloud": "ownCloud",
    "postgres": "PostgreSQL",
    "redis": "Redis",
    "steem": "Steemit",
    "terraform": "Terraform",
    "valkey": "Valkey",
}
# How surely the coder preferred the label to the second economy; "clear" where no second was named.
CERTAINTY = {"clear": 0.9, "leaning": 0.75, "genuine_conflict": 0.5}


@dataclass(frozen=True)
class Labelled:
    """A dated period of a community with the other coder's facts and label."""

    community: str
    period: Period
    label: str
    second: str
    certainty: str

    @property
    def credence(self) -> dict[str, float]:
        """How far the coder gave each economy."""
        if not self.second:
            return {self.label: 1.0}
        sure = CERTAINTY[self.certainty]
        return {self.label: sure, self.second: 1 - sure}


def labelled() -> list[Labelled]:
    """Every period with its label."""
    labels = {(row["community"], row["from"]): row for row in rows("labels.csv")}
    found = []
    for row in rows("facts.csv"):
        label = labels[row["community"], row["from"]]
        assert label["label"] in ECONOMIES
        found.append(
            Labelled(row["community"], _period(row), label["label"], label["second"], label["certainty"])
        )
    return found


def dossiers() -> dict[str, Dossier]:
    """The facts of each community, its periods in order of time."""
    periods = defaultdict(list)
    for one in labelled():
        periods[one.community].append(one.period)
    return {
        name: Dossier(name, tuple(sorted(found, key=lambda one: one.start)))
        for name, found in periods.items()
    }


def other_coder() -> list[tuple[str, Period]]:
    """Everything the other coder wrote down, communities without a history too: name and period."""
    return [(row["community"], _period(row)) for name in ("facts.csv", "cases.csv") for row in rows(name)]


def _period(row: dict[str, str]) -> Period:
    facts = {
        name: {row[column]: 1.0} for column, name in COLUMNS.items() if row[column] in criterion(name).levels
    }
    stop = months.parse(row["to"]) + 1 if row["to"] else None
    return Period(
        months.parse(row["from"]), stop, facts, dict.fromkeys(facts, row["source"]), row["conflict"]
    )
