"""Thousands of mutated tables and dumps, some through the child; more by `benchmarks/fuzz_tables.py`."""

from pathlib import Path

import pytest

import table_fuzz


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xml"])
def test_mutated_text_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    acts, refused = table_fuzz.fuzz(kind, 1000, seed=1, folder=tmp_path)
    assert acts > 1000
    assert refused < 900


def test_mutated_parquet_never_harms_this_process(tmp_path: Path) -> None:
    acts, refused = table_fuzz.fuzz("parquet", 12, seed=1, folder=tmp_path)
    assert acts + 200 * refused > 1000


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "jsonl", "xml"])
def test_a_hundred_thousand_mutations(kind: str, tmp_path: Path) -> None:
    table_fuzz.fuzz(kind, 100_000, seed=2, folder=tmp_path)


@pytest.mark.slow
def test_a_thousand_mutated_parquet_files(tmp_path: Path) -> None:
    table_fuzz.fuzz("parquet", 1000, seed=2, folder=tmp_path)
