"""Claims as plug-ins: what they declare, and the evidence they cite."""

import re
from pathlib import Path

import pytest

from allmende import plugins
from allmende.claim import KINDS, Claim

ROOT = Path(__file__).resolve().parent.parent
CLAIMS = {name: one for name, one in plugins.find("claim").items() if isinstance(one, Claim)}


def test_the_eight_claims_of_the_source_are_installed() -> None:
    assert set(CLAIMS) >= {f"S{number}" for number in range(1, 9)}


@pytest.mark.parametrize("name", sorted(CLAIMS))
def test_a_claim_says_what_it_is_and_what_speaks_against_it(name: str) -> None:
    one = CLAIMS[name]
    assert len(one.says) > 30
    assert "holds" in one.test
    assert one.kind in KINDS
    sides = {row.side for row in one.evidence}
    assert "for" in sides
    assert sides & {"against", "both"}
    assert one.says in one.definition
    assert one.summary == one.title


def test_every_row_that_is_cited_stands_on_the_page_of_evidence() -> None:
    rows = set(re.findall(r"^\| ([A-L][0-9]+) \|", (ROOT / "docs" / "evidence.md").read_text(), re.MULTILINE))
    cited = {row.id for one in CLAIMS.values() for row in one.evidence}
    for folder in ("theory", "examination"):
        for path in (ROOT / "src" / "allmende" / folder).glob("*.py"):
            cited |= set(re.findall(r"\b[A-G][0-9]{1,2}\b", path.read_text()))
    assert len(cited) > 40
    assert cited <= rows, f"docs/evidence.md lacks {sorted(cited - rows)}"
