"""Sweeps: the same bits on any executor, in any order, after any interruption; every damage named."""

import errno
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from allmende import files
from allmende.errors import (
    AllmendeError,
    BudgetExceededError,
    OutOfRangeError,
    StoreError,
    TooFewError,
    UnknownNameError,
)
from allmende.model import asking
from allmende.model.beginning import Beginning
from allmende.model.founders import Population
from allmende.model.recording import MEASURES, Outcome
from allmende.policies import Bounty, Foundation
from allmende.simulation import economy_called, simulate
from allmende.sweeps import Design, case, opened, room, running, sweep
from allmende.sweeps.design import Piece, Shape, pieces_of
from allmende.sweeps.tables import arrays_of, columns_of, write_rows

COMMONS = {
    "members": 30, "months": 13, "replicates": 5, "draws": 2, "seed": 7,
    "policies": [Bounty(start=2), (Foundation(donations=1.0), Bounty())],
}  # fmt: skip
SHARING = {"members": 40, "months": 5, "replicates": 3}


def design() -> Design:
    return Design((case("commons", **COMMONS), case("sharing", name="videos", **SHARING)))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return sweep(design(), tmp_path_factory.mktemp("undisturbed") / "swept")


@pytest.fixture
def small_pieces(monkeypatch) -> None:
    """Pieces of two worlds, each delivered alone."""
    monkeypatch.setattr(asking, "WORK_A_PIECE", 2 * 13 * 80)
    monkeypatch.setattr(running, "SHORTEST_DELIVERY", 0.0)


def flipped(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8 % len(content)] ^= 1 << bit % 8
    path.write_bytes(content)


def test_a_sweep_is_what_simulate_returns(undisturbed) -> None:
    for name, economy, asked in (("commons", "commons", COMMONS), ("videos", "sharing", SHARING)):
        alone, kept = simulate(economy, **asked), undisturbed.results(name)
        assert kept.hash() == alone.hash() == undisturbed.hashes()[name]
        assert (kept.parameters, kept.replay, kept.notes) == (alone.parameters, alone.replay, alone.notes)


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_no_executor_and_no_cut_changes_the_hash(executor, undisturbed, tmp_path, small_pieces) -> None:
    swept = sweep(design(), tmp_path / "swept", executor=executor, workers=2)
    assert len(swept.pieces) > len(undisturbed.pieces)
    assert swept.hash() == undisturbed.hash()
    assert swept.manifest().hash == swept.hash() == opened(tmp_path / "swept").hash()


@settings(max_examples=3, deadline=None)
@given(work=st.integers(500, 30_000), stops=st.lists(st.integers(1, 6), min_size=1, max_size=3))
def test_stopping_anywhere_any_number_of_times_changes_nothing(
    work, stops, undisturbed, tmp_path_factory
) -> None:
    folder = tmp_path_factory.mktemp("stopped") / "swept"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "WORK_A_PIECE", work)
        patch.setattr(running, "SHORTEST_DELIVERY", 0.0)
        for stop in stops:
            left = [stop]

            def interrupt(_piece, _seconds, left=left) -> None:
                left[0] -= 1
                if left[0] == 0:
                    raise KeyboardInterrupt

            try:
                sweep(design(), folder, watcher=interrupt)
            except KeyboardInterrupt:
                assert opened(folder).finished > 0
        again: list[Piece] = []
        begun = opened(folder).done if stops else frozenset()
        swept = sweep(design(), folder, watcher=lambda piece, _: again.append(piece))
    assert begun.isdisjoint(piece.number for piece in again), "a finished run is never run again"
    assert swept.hash() == undisturbed.hash()


def test_what_is_finished_is_readable_while_the_sweep_runs(tmp_path, small_pieces, undisturbed) -> None:
    folder, seen = tmp_path / "swept", []

    def look(piece, seconds) -> None:
        assert seconds > 0
        now = opened(folder)
        counted = now.query("SELECT count(DISTINCT (case_name, future, draw, replicate)) AS runs FROM runs")
        seen.append((now.finished, int(counted["runs"][0]), now.complete))

    sweep(design(), folder, watcher=look)
    assert [finished for finished, _, _ in seen] == sorted({finished for finished, _, _ in seen})
    assert all(finished == counted for finished, counted, _ in seen)
    assert [complete for _, _, complete in seen].count(True) == 1
    assert seen[-1][0] == design().runs


def test_what_is_finished_is_paired(tmp_path, small_pieces, undisturbed) -> None:
    """Half a sweep has the first draws, or replicates, in every future."""
    folder = tmp_path / "swept"

    def stop(piece, _seconds) -> None:
        if piece.number == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(design(), folder, watcher=stop)
    half = opened(folder)
    with pytest.raises(TooFewError, match="4 of 10 worlds of 'commons' are not finished"):
        half.results("commons")
    with pytest.raises(TooFewError, match="of 33 runs are not finished"):
        half.hash()
    so_far = half.results("commons", so_far=True)
    whole = undisturbed.results("commons")
    assert so_far["use_value"].shape == (3, 1, 5, 13)
    assert np.array_equal(so_far["use_value"], whole["use_value"][:, :1])
    with pytest.raises(TooFewError, match="'videos'"):
        half.results("videos", so_far=True)


def test_progress_begins_where_the_sweep_was_and_ends_at_all_runs(tmp_path, small_pieces) -> None:
    def stop(piece, _seconds) -> None:
        if piece.number == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(design(), tmp_path / "swept", watcher=stop)
    told = []
    sweep(design(), tmp_path / "swept", progress=lambda *step: told.append(step))
    assert told[0][1] > 8
    assert told[-1] == ("running", 33.0, 33.0)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


@pytest.mark.parametrize(
    "how",
    ["bit", "foreign", *(pytest.param(one, marks=pytest.mark.slow) for one in ("cut", "empty", "renamed"))],
)
def test_damage_is_named_with_file_and_runs_and_the_rest_is_kept(how, tmp_path, small_pieces, undisturbed):
    folder = tmp_path / "swept"
    whole = sweep(design(), folder)
    victim = whole.kept[3].path
    match how:
        case "bit":
            flipped(victim, 12_345)
        case "cut":
            victim.write_bytes(victim.read_bytes()[:-1])
        case "empty":
            victim.write_bytes(b"")
        case "renamed":
            victim = victim.rename(victim.with_name("0000003-0000003-copy.parquet"))
        case "foreign":
            victim = victim.rename(victim.with_name(victim.name.replace(victim.name[16:24], "00000000")))
    found = opened(folder)
    assert [damage.path.name for damage in found.damage] == [victim.name]
    if how != "renamed":
        assert "'commons', baseline, worlds 2 to 3" in str(found.damage[0])
    assert found.finished == whole.runs - 2
    again = []
    healed = sweep(design(), folder, watcher=lambda piece, _: again.append(piece.number))
    assert again == [3]
    assert healed.hash() == undisturbed.hash()
    assert [path.name for path in (folder / "damaged").iterdir()] == [victim.name]
    assert opened(folder).damage == ()


@settings(max_examples=60, deadline=None)
@given(bit=st.integers(0, 10**9))
def test_every_flipped_bit_of_every_file_is_noticed(bit, undisturbed) -> None:
    folder = undisturbed.folder
    victims = [*(each.path for each in undisturbed.kept), folder / "sweep.json", folder / "manifest.json"]
    victim = victims[bit % len(victims)]
    before = victim.read_bytes()
    flipped(victim, bit // len(victims))
    try:
        if victim.suffix == ".parquet":
            assert [each.path for each in opened(folder).damage] == [victim]
        else:
            with pytest.raises(StoreError, match=victim.name):
                opened(folder).manifest()
    finally:
        victim.write_bytes(before)


@pytest.mark.parametrize("name", ["sweep.json", "manifest.json"])
def test_a_damaged_description_is_made_anew_and_every_run_kept(name, tmp_path, undisturbed) -> None:
    folder = tmp_path / "swept"
    sweep(design(), folder)
    flipped(folder / name, 801)
    again = []
    assert sweep(design(), folder, watcher=lambda *_: again.append(1)).hash() == undisturbed.hash()
    assert not again
    assert opened(folder).manifest().hash == undisturbed.hash()
    assert [path.name for path in (folder / "damaged").iterdir()] == [name]


def test_other_questions_and_other_things_are_refused(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "swept"
    sweep(Design((case("sharing", **SHARING),)), folder)
    with pytest.raises(StoreError, match="another sweep"):
        sweep(Design((case("sharing", **{**SHARING, "seed": 2}),)), folder)
    monkeypatch.setattr("allmende.sweeps.description.version", lambda _: "99.0")
    with pytest.raises(StoreError, match=r"begun by Allmende 0\.1\.0; runs of 99\.0"):
        sweep(Design((case("sharing", **SHARING),)), folder)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-ada.txt").write_text("Dear Ada")
    with pytest.raises(StoreError, match=r"something else than a sweep: to-ada\.txt"):
        sweep(design(), tmp_path / "letters")
    with pytest.raises(StoreError, match=r"sweep\.json cannot be read"):
        opened(tmp_path / "nowhere")
    with pytest.raises(UnknownNameError, match="Did you mean 'serial'"):
        sweep(design(), tmp_path / "other", executor="serail")
    with pytest.raises(UnknownNameError, match="Did you mean 'sharing'"):
        opened(folder).results("shraing")


def test_a_newer_form_is_refused_with_a_sentence(tmp_path) -> None:
    folder = tmp_path / "swept"
    sweep(Design((case("sharing", **SHARING),)), folder)
    said = folder / "sweep.json"
    said.write_text(said.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(StoreError, match=r"sweep\.json was written in format 2.*\n.*Update Allmende"):
        opened(folder)


def test_designs_that_cannot_be_are_refused() -> None:
    with pytest.raises(OutOfRangeError, match="0 cases"):
        Design(())
    with pytest.raises(AllmendeError, match="two cases are called 'sharing'"):
        Design((case("sharing"), case("sharing", members=5)))


def test_two_processes_cannot_run_one_sweep(tmp_path) -> None:
    folder = tmp_path / "swept"

    def second(_piece, _seconds) -> None:
        script = textwrap.dedent(f"""
            from pathlib import Path
            from test_sweeps import design, sweep
            sweep(design(), Path({str(folder)!r}))
        """)
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "another process is running this sweep" in done.stderr, done.stderr
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(design(), folder, watcher=second)


def test_what_does_not_fit_is_refused_before_anything_is_written(tmp_path, monkeypatch) -> None:
    large = Design((case("commons", members=10**8, months=600),))
    with pytest.raises(BudgetExceededError, match=r"2 workers at a time need [\d,.]+ GiB of memory"):
        sweep(large, tmp_path / "swept", executor="threads", workers=2)
    many = Design((case("commons", members=10, months=120, replicates=10**8),))
    monkeypatch.setattr(room, "free_memory", lambda: 2**60)
    with pytest.raises(BudgetExceededError, match=r"100,000,000 runs need [\d,.]+ GiB on the disk"):
        room.check_room(many, tmp_path / "swept", executor="serial", workers=None)
    assert list(tmp_path.iterdir()) == []


def test_the_disk_that_is_asked_for_is_enough(undisturbed) -> None:
    used = sum(path.stat().st_size for path in undisturbed.folder.rglob("*.parquet"))
    assert used < room.disk_needed(design())


@pytest.mark.parametrize("call", ["fsync", pytest.param("replace", marks=pytest.mark.slow)])
def test_a_disk_that_fails_at_any_moment_loses_nothing_written(call, tmp_path, monkeypatch, undisturbed):
    """The k-th call fails, for every k until none fails; each time the sweep goes on to the same hash."""
    asked, failures = Design((case("sharing", name="videos", **SHARING),)), 0
    owner = os if call == "fsync" else files.Path
    real = getattr(owner, call)
    for fatal in range(100):
        folder, left = tmp_path / str(fatal), [fatal]

        def failing(*given, left=left):
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*given)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, call, failing)
            try:
                sweep(asked, folder)
            except OSError:
                failures += 1
            else:
                break
        assert sweep(asked, folder).hashes()["videos"] == undisturbed.hashes()["videos"]
        assert not [path for path in folder.rglob("*") if "partial" in path.name]
    assert failures > 3


cells = st.floats(width=64) | st.sampled_from([0.0, -0.0, float("nan"), float("inf"), 5e-324])


@settings(max_examples=25, deadline=None)
@given(data=st.data(), worlds=st.integers(1, 4), months=st.integers(1, 5))
def test_rows_come_back_bit_for_bit(data, worlds, months, tmp_path_factory) -> None:
    import duckdb

    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    shape = (worlds, months)
    whole = arrays.arrays(np.int64, shape, elements=st.integers(-(2**62), 2**62))
    named = data.draw(st.sampled_from(["gini", "use_value"]))
    measures = {name: np.zeros(shape) for name in MEASURES}
    measures[named] = data.draw(arrays.arrays(np.float64, shape, elements=cells))
    parts, flows = [], {}
    for future, kind in enumerate(("dues", "grants, and 'gifts'")):
        flows[kind] = data.draw(whole)
        outcome = Outcome(measures, {(kind, "a", "b"): flows[kind]})
        piece = Piece(future, 0, future, 0, worlds)
        parts.append(columns_of(piece, outcome, case="c", future=str(future), replicates=worlds))
    with duckdb.connect() as connection:
        write_rows(connection, path, parts)
        connection.read_parquet(str(path)).create_view("kept")
        rows = connection.sql("SELECT * REPLACE (future::INT AS future) FROM kept").fetchnumpy()
    found, money = arrays_of(rows, futures=2, shape=(1, worlds, months), where="here")
    for future in (0, 1):
        kept = found[named][future, 0]
        same = kept.view(np.int64) == measures[named].view(np.int64)
        assert (same | np.isnan(measures[named]) & np.isnan(kept)).all()
    assert np.array_equal(money["dues", "a", "b"][0, 0], flows["dues"])
    assert not money["dues", "a", "b"][1].any()


def test_missing_months_are_noticed() -> None:
    rows = {name: np.zeros(3, np.int32) for name in ("future", "draw", "replicate")}
    rows |= {"month": np.array([0, 1, 1]), "gini": np.zeros(3)}
    with pytest.raises(StoreError, match="1 of 3 months of runs are missing - at here"):
        arrays_of(rows, futures=1, shape=(1, 1, 3), where="here")


@given(
    st.lists(
        st.builds(Shape, st.integers(1, 4), st.integers(1, 30), st.integers(1, 12)), min_size=1, max_size=5
    )
)
def test_pieces_hold_every_run_once(shapes) -> None:
    runs = [
        (piece.case, piece.future, world)
        for piece in pieces_of(shapes)
        for world in range(piece.first, piece.last)
    ]
    wanted = {
        (number, future, world)
        for number, shape in enumerate(shapes)
        for future in range(shape.futures)
        for world in range(shape.worlds)
    }
    assert len(runs) == len(set(runs))
    assert set(runs) == wanted


def test_a_long_sweep_is_delivered_in_few_files() -> None:
    short = Design((case("commons", members=1_000, replicates=10),))
    long = Design((case("commons", members=10_000, months=600, replicates=100_000),))
    assert running._seconds_of_a_delivery(short) == 1
    assert 1 < running._seconds_of_a_delivery(long) <= running.LONGEST_DELIVERY


class Village:
    """A calibrated community of forty members, in little."""

    def beginning(self, *, draws, seed, parameters=None) -> Beginning:
        economy = economy_called("commons")
        sets = tuple(
            economy.parameters.drawn(seed=seed, draw=draw).with_values(**(parameters or {}))
            for draw in range(draws)
        )
        people = Population(
            "village",
            np.linspace(0.1, 0.9, 40 * draws).reshape(draws, 40).astype(np.float32),
            np.arange(40.0),
            np.arange(40.0) + 1,
            np.ones(40, np.float32),
            np.zeros(draws),
        )
        return Beginning(economy, 30, sets, people, "village", ("Forty members.",))


@pytest.mark.parametrize("executor", ["serial", "processes"])
def test_a_calibrated_community_is_swept_too(executor, tmp_path) -> None:
    asked = {"months": 3, "replicates": 2, "policies": [Bounty()]}
    swept = sweep(Design((case(Village(), **asked),)), tmp_path / "swept", executor=executor, workers=1)
    alone, kept = simulate(Village(), **asked), swept.results("village")
    assert kept.hash() == alone.hash()
    assert kept.notes == alone.notes
    assert kept.replay == alone.replay
    assert "Forty members." in kept.notes
