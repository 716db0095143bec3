"""Jobs: asked, run in a process of their own, stopped, gone on with - and the same hash as without a stop."""

import json
import shlex
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

import careers as invented
from allmende.cli import main
from allmende.comparison import compare
from allmende.errors import AllmendeError, SourceNotFoundError, SourceRefusedError
from allmende.events import Event, Events
from allmende.logs import write_log
from allmende.policies import Bounty, Gate
from allmende.studio.jobs.question import MOST, Question, checked, command_of
from allmende.studio.jobs.queue import cancel, enqueue, job_folder, look_up, resume
from allmende.studio.jobs.runner import Runner
from allmende.studio.jobs.work import answered
from allmende.studio.settings import Settings
from allmende.studio.studies.places import permitted
from allmende.studio.studies.versions import publish
from studio_site import Site, now, running
from test_docs import make_clone

SMALL = Question(
    "compare", "economy:commons", economy="commons", policies={"bounty": {"pool": 300_000, "start": 6}},
    members=60, months=30, replicates=3,
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("studio") / "s") as found:
        yield found


def test_a_comparison_is_kept_with_the_hash_that_the_verb_gives(site: Site) -> None:
    study = site.study()
    number = site.answered(study, SMALL)
    row = site.studio.store.row("SELECT * FROM versions WHERE study = ? AND number = ?", study.id, number)
    assert row is not None
    wanted = compare(
        "commons", policies=[Bounty(pool=300_000, start=6)], members=60, months=30, replicates=3, seed=1
    )
    assert row["hash"] == wanted.results.hash()
    page = site.browser("author").get(f"/studies/{study.id}").text
    assert row["hash"] in page
    assert row["command"].startswith("allmende compare commons --policy bounty")
    assert page.count('data-chart="') > 4
    assert 'id="flows-picture-1-money"' in page


def test_a_stopped_job_goes_on_and_ends_with_the_same_hash(site: Site) -> None:
    study = site.study()
    question = replace_sizes(members=2_000, months=120, replicates=12)
    number = enqueue(site.studio.store, study.id, site.ids["author"], question, most=9, now=now())
    site.studio.runner.look()
    folder = job_folder(site.studio.settings.folder, number)
    until = time.monotonic() + 60
    while not any((folder / "checkpoint").rglob("*")) and time.monotonic() < until:
        time.sleep(0.02)
    assert cancel(site.studio.store, number, now=now())
    site.studio.runner.look()
    while site.studio.runner._running and time.monotonic() < until:
        time.sleep(0.02)
    found = look_up(site.studio.store, number)
    assert found is not None
    assert found.state == "stopped"
    assert any((folder / "checkpoint").rglob("*"))
    assert not cancel(site.studio.store, number, now=now())
    assert resume(site.studio.store, number, now=now())
    version = site.version_of(number)
    digest = site.studio.store.value(
        "SELECT hash FROM versions WHERE study = ? AND number = ?", study.id, version
    )
    wanted = compare(
        "commons", policies=[Bounty(pool=300_000, start=6)], members=2_000, months=120, replicates=12
    )
    assert digest == wanted.results.hash()
    assert not folder.exists()


def replace_sizes(**sizes: int) -> Question:
    import msgspec

    return msgspec.structs.replace(SMALL, **sizes)


def test_jobs_that_ran_when_the_studio_ended_go_on_at_the_next_start(tmp_path: Path) -> None:
    with running(tmp_path / "s") as site:
        study = site.study()
        number = enqueue(site.studio.store, study.id, site.ids["author"], SMALL, most=9, now=now())
        site.studio.runner.look()
        while look_up(site.studio.store, number).state == "queued":  # type: ignore[union-attr]
            time.sleep(0.01)
    from allmende.studio.application import opened

    again = opened(Settings(folder=tmp_path / "s"))
    again.runner.start()
    try:
        until = time.monotonic() + 60
        while look_up(again.store, number).state != "done" and time.monotonic() < until:  # type: ignore[union-attr]
            time.sleep(0.05)
        assert look_up(again.store, number).state == "done"  # type: ignore[union-attr]
    finally:
        again.runner.stop()
        again.store.close()


def test_a_job_that_cannot_be_answered_says_why(site: Site) -> None:
    study = site.study(source=str(site.studio.settings.folder / "nothing"))
    number = enqueue(
        site.studio.store, study.id, site.ids["author"], Question("measure", study.source), most=9, now=now()
    )
    with pytest.raises(AssertionError, match="nothing"):
        site.version_of(number)
    page = site.browser("author").get(f"/studies/{study.id}/jobs/{number}").text
    assert "failed" in page
    assert 'role="alert"' in page


def test_the_quota_and_the_same_question_twice(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    study = site.study()
    store, account = site.studio.store, site.ids["author"]
    monkeypatch.setattr(Runner, "_start_next", lambda _: None)
    questions = [replace_sizes(months=20 + number) for number in range(4)]
    numbers = [enqueue(store, study.id, account, one, most=3, now=now()) for one in questions[:3]]
    assert enqueue(store, study.id, account, questions[0], most=3, now=now()) == numbers[0]
    with pytest.raises(AllmendeError, match="3 of your jobs"):
        enqueue(store, study.id, account, questions[3], most=3, now=now())
    page = site.browser("author")
    answer = page.post(
        f"/studies/{study.id}/compare",
        data={"economy": "commons", "use.gate": "on", "gate.strictness": "0.5", "months": "24"},
    )
    assert answer.status_code == 422
    assert "of your jobs" in answer.text
    for number in numbers:
        assert cancel(store, number, now=now())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"policies": {}}, "no policy"),
        ({"members": MOST["members"] + 1}, "members"),
        ({"months": 3}, "starts in month"),
        ({"economy": "feudalism"}, "no economy"),
        ({"policies": {"bounty": {"pool": -5}}}, "Bounty.pool"),
        ({"policies": {"taxes": {}}}, "no policy is called"),
        ({"kind": "measure"}, "no record"),
        ({"kind": "place"}, "placed among"),
        ({"kind": "dance"}, "cannot be asked"),
    ],
)
def test_questions_that_cannot_be_asked_are_refused_at_once(change: dict[str, object], reason: str) -> None:
    import msgspec

    assert checked(SMALL) is SMALL
    with pytest.raises(AllmendeError, match=reason):
        checked(msgspec.structs.replace(SMALL, **change))


def test_the_command_line_of_two_policies_together() -> None:
    import msgspec

    both = {"gate": {"strictness": 0.5}, "revenue_share": {"equally": True}}
    told = command_of(msgspec.structs.replace(SMALL, policies=both))
    assert "--policy gate strictness=0.5 + revenue_share equally=true --members" in told


def test_paths_are_opened_below_permitted_folders_alone(tmp_path: Path) -> None:
    (tmp_path / "open" / "clone").mkdir(parents=True)
    (tmp_path / "closed").mkdir()
    (tmp_path / "open" / "door").symlink_to(tmp_path / "closed")
    roots = (tmp_path / "open",)
    assert permitted("clone", roots) == str(tmp_path / "open" / "clone")
    assert permitted(str(tmp_path / "open"), roots) == str(tmp_path / "open")
    for outside in (
        "..",
        "../closed",
        str(tmp_path / "closed"),
        "/etc/passwd",
        "door",
        "clone/../../closed",
        "~",
    ):
        with pytest.raises(SourceRefusedError):
            permitted(outside, roots)
    with pytest.raises(SourceNotFoundError):
        permitted("missing", roots)
    for nothing in ("", "  ", "a\0b", "x" * 2_000):
        with pytest.raises(AllmendeError):
            permitted(nothing, roots)
    assert permitted("case:mozilla-2006", ()) == "case:mozilla-2006"
    with pytest.raises(AllmendeError, match="mozila"):
        permitted("case:mozila-2006", ())


def test_a_wiki_a_case_and_a_table_are_opened_by_the_form(site: Site, tmp_path: Path) -> None:
    author = site.browser("author")
    answer = author.post("/open", data={"choice": "case:mozilla-2006", "source": "", "title": "Mozilla"})
    assert answer.headers["location"] == "/studies/mozilla"
    assert author.post("/open", data={"source": "/etc", "title": ""}).status_code == 422
    answer = author.post("/open", data={"choice": "economy:sharing", "source": "", "title": ""})
    assert answer.headers["location"].endswith("/compare")


def test_what_is_published_works_from_disk(site: Site) -> None:
    import io
    import zipfile

    study = site.published(title="To take along")
    publish(site.studio.store, study, {1}, now=now())
    author = site.browser("author")
    author.post(f"/studies/{study.id}/publish", data={"version": "1"})
    folder = site.studio.settings.folder / "published" / study.id
    names = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    assert {"index.html", "comments.jsonl", "versions/1/page.html", "assets/page.css"} <= names
    first = author.get(f"/studies/{study.id}/export.zip")
    assert set(zipfile.ZipFile(io.BytesIO(first.content)).namelist()) == names
    assert first.content == author.get(f"/studies/{study.id}/export.zip").content
    index = (folder / "index.html").read_text()
    assert "http://" not in index.replace("http://127.0.0.1:8642", "")
    assert 'src="/' not in index
    assert 'href="/' not in index


def test_two_policies_are_answered_without_a_queue(tmp_path: Path) -> None:
    import msgspec

    both = {"bounty": {"pool": 100_000}, "gate": {"strictness": 0.5}}
    question = msgspec.structs.replace(SMALL, policies=both, months=14, replicates=2)
    document, digest = answered(question, tmp_path / "c", lambda *_: None)
    wanted = compare(
        "commons",
        policies=[[Bounty(pool=100_000), Gate(strictness=0.5)]],
        members=60,
        months=14,
        replicates=2,
    )
    assert digest == wanted.results.hash()
    assert [one.name for one in document.sections if one.name == "pictures"] == ["pictures"]
    assert replace(document, title="x").title == "x"


@pytest.mark.slow
def test_a_repository_is_measured_placed_and_forecast(tmp_path: Path) -> None:
    """Each question to a record, on a small clone."""
    make_clone(tmp_path / "my-project")
    with running(tmp_path / "s", roots=(tmp_path,)) as site:
        author = site.browser("author")
        opened = author.post("/open", data={"source": "my-project", "title": ""})
        assert opened.headers["location"] == "/studies/my-project"
        assert site.version_of(1) == 1
        page = author.get("/studies/my-project")
        assert 'id="findings"' in page.text
        assert str(tmp_path) not in page.text
        job = author.post("/studies/my-project/ask", data={"kind": "place"}).headers["location"]
        assert site.version_of(int(job.rpartition("/")[2])) == 2
        job = author.post("/studies/my-project/ask", data={"kind": "forecast"}).headers["location"]
        assert site.version_of(int(job.rpartition("/")[2])) == 3
        assert "allmende forecast my-project --months 12" in author.get("/studies/my-project").text


def test_a_comparison_in_the_community_itself_has_the_hash_that_its_command_gives(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The community of a record, calibrated, is what is simulated unless an economy is chosen."""
    place = tmp_path / "meadow.parquet"
    write_meadow(place)
    study = site.study(source=str(place))
    author = site.browser("author")
    form = author.get(f"/studies/{study.id}/compare").text
    assert '<option value="community" selected>meadow.parquet itself, calibrated</option>' in form
    assert 'name="members"' not in form
    sent = {"economy": "community", "use.bounty": "on", "bounty.start": "3", "months": "8", "replicates": "2"}
    job = author.post(f"/studies/{study.id}/compare", data=sent).headers["location"]
    version = site.version_of(int(job.rpartition("/")[2]))
    row = site.studio.store.row("SELECT * FROM versions WHERE study = ? AND number = ?", study.id, version)
    assert row is not None
    assert row["command"].startswith("allmende compare meadow.parquet --economy commons --policy bounty")
    assert row["title"] == "meadow.parquet with bounty (start 3)"
    monkeypatch.chdir(tmp_path)
    words = shlex.split(row["command"])[1:]
    with pytest.raises(SystemExit) as ended:
        main([*words, "--json", "out.json"])
    assert not ended.value.code
    assert json.loads((tmp_path / "out.json").read_text())["hash"] == row["hash"]


def test_a_community_that_cannot_be_calibrated_says_why_and_offers_the_economies(
    site: Site, tmp_path: Path
) -> None:
    place = tmp_path / "hut.parquet"
    write_meadow(place, members=6, months=8)
    study = site.study(source=str(place))
    author = site.browser("author")
    sent = {"economy": "community", "use.bounty": "on", "bounty.start": "3", "months": "8", "replicates": "2"}
    job = author.post(f"/studies/{study.id}/compare", data=sent).headers["location"]
    with pytest.raises(AssertionError, match=r"few|short|calibrat"):
        site.version_of(int(job.rpartition("/")[2]))
    assert f'href="/studies/{study.id}/compare?economy=commons"' in author.get(job).text
    form = author.get(f"/studies/{study.id}/compare").text
    assert '<option value="commons" selected>' in form
    assert "an economy stands in for it" in form
    assert 'name="members"' in form
    assert (
        '<option value="community" selected>'
        in author.get(f"/studies/{study.id}/compare?economy=community").text
    )


def write_meadow(place: Path, *, members: int = 200, months: int = 48) -> None:
    """A log of members who act as the member model says."""
    days, _, _ = invented.monthly_days(members, months, (0.5, 0.6, 0.8, 0.5), 21)
    acts = [
        Event(
            datetime(2015 + month // 12, 1 + month % 12, 1 + day, 9, int(member) % 60, tzinfo=UTC),
            f"member-{member:03d}",
            ref=f"{member}-{month}-{day}",
        )
        for member, month in zip(*np.nonzero(days), strict=True)
        for day in range(min(int(days[member, month]), 28))
    ]  # fmt: skip
    write_log(Events.of(sorted(acts, key=lambda act: act.at)), place)


def test_a_job_that_was_killed_while_it_began_its_checkpoint_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "asked.partial").write_text("{")
    _, digest = answered(replace_sizes(months=14, replicates=2), tmp_path / "c", lambda *_: None)
    assert digest == answered(replace_sizes(months=14, replicates=2), tmp_path / "d", lambda *_: None)[1]
