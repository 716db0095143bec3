"""The command line, run as users run it: in a process of its own, with its exit code and both streams."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PEOPLE = [
    ("Ada Example", "ada@firm.example"),
    ("Bo Example", "bo@college.example"),
    ("Cy Example", "cy@home.example"),
]


def environment(**more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}
    }
    return kept | {"PYTHONWARNINGS": "error", "PYTHONIOENCODING": "utf-8"} | more


def allmende(*words: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from allmende.cli import main; main()", *words],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        env=environment(**more),
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    place = tmp_path_factory.mktemp("home")
    return {
        "HOME": str(place),
        "XDG_CONFIG_HOME": str(place / "config"),
        "XDG_CACHE_HOME": str(place / "cache"),
    }


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("clones") / "my-project"
    place.mkdir()
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=place, check=True, env=plain)
    lines = []
    for number in range(300):
        name, address = PEOPLE[0 if number % 3 else (number // 3) % 3]
        if number % 10 == 9:
            name, address = f"Visitor {number}", f"visitor{number}@visitors.example"
        when = f"{1_600_000_000 + number * 86_400 * 5} +0200"
        lines += ["commit refs/heads/main", f"author {name} <{address}> {when}"]
        lines += [f"committer {name} <{address}> {when}", "data 1", "x", ""]
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=place, check=True, env=plain, input="\n".join(lines), text=True
    )
    return place


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom allmende.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit as end: print('CODE', end.code)\n"
        "heavy = {'numpy', 'duckdb', 'rich', 'jinja2', 'scipy', 'numba', 'xarray', 'msgspec', 'pyarrow'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment()
    )
    assert answer.stdout.splitlines()[-2:] == ["CODE 0", "HEAVY []"]
    for command in ("measure", "read", "simulate", "list", "explain"):
        assert f"\n  {command} " in answer.stdout


def test_the_commands_listed_are_the_commands_there_are() -> None:
    from allmende.cli.commands import COMMANDS, commands

    for name in COMMANDS:
        found = commands.get_command(None, name)  # type: ignore[arg-type]
        assert found is not None
        assert found.name == name
        assert found.help


def test_help_of_a_command_loads_nothing_heavy_either() -> None:
    code = (
        "import sys\nfrom allmende.cli import main\n"
        "try: main(['measure', '--help'])\nexcept SystemExit: pass\n"
        "print('HEAVY', sorted({'numpy', 'duckdb', 'rich'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment()
    )
    assert answer.stdout.splitlines()[-1] == "HEAVY []"


def test_help_takes_little_time() -> None:
    before = os.times()
    allmende("--help")
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    assert spent < 0.6, f"{spent:.2f} s of processor time; 0.3 on a quiet machine"


def test_version_is_that_of_the_package() -> None:
    import allmende as package

    assert allmende("--version").stdout.strip() == f"allmende {package.__version__}"


def test_a_misspelt_command_or_option_or_name_gets_a_hint() -> None:
    answer = allmende("mesure", ".")
    assert answer.returncode == 2
    assert "Did you mean 'measure'?" in answer.stderr
    assert "--until" in allmende("measure", ".", "--untill", "2022").stderr
    assert "Did you mean 'gini'?" in allmende("explain", "giny").stderr
    assert "Did you mean 'indicators'?" in allmende("list", "indicatrs").stderr


def test_a_bare_name_shows_the_help() -> None:
    answer = allmende()
    assert "Commands:" in answer.stdout + answer.stderr


def test_a_clone_is_measured_into_a_page_data_and_tables(
    clone: Path, tmp_path: Path, home: dict[str, str]
) -> None:
    page, data, tables = tmp_path / "page.html", tmp_path / "data.json", tmp_path / "tables"
    answer = allmende(
        "measure", str(clone), "--html", str(page), "--json", str(data), "--csv", str(tables),
        "--replicates", "8", "--by", "quarter", **home,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("my-project")
    assert "\x1b" not in answer.stdout
    assert f"The page: {page}" in answer.stderr
    stored = json.loads(data.read_text())
    assert stored["by"] == "quarter"
    assert stored["community"]["acts"] == 300
    assert str(clone.parent) not in page.read_text() + data.read_text()
    assert stored["command"].startswith("allmende measure my-project --html page.html")
    assert (tables / "answers.csv").exists()
    for _, address in PEOPLE:
        assert address not in page.read_text() + data.read_text() + answer.stdout


def test_measuring_again_gives_the_same_page(clone: Path, tmp_path: Path, home: dict[str, str]) -> None:
    page = tmp_path / "page.html"
    words = ("measure", str(clone), "--html", str(page), "--replicates", "5")
    allmende(*words, **home)
    first = page.read_bytes()
    allmende(*words, "--no-cache", **home)
    assert page.read_bytes().replace(b" --no-cache", b"") == first


def test_a_window_and_single_indicators_can_be_asked_for(clone: Path, home: dict[str, str]) -> None:
    answer = allmende(
        "measure", str(clone), "--since", "2021", "--until", "2022", "--indicator", "active_members",
        "--replicates", "5", **home,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert "2021-01 to 2022-12 (2 years)" in answer.stdout
    assert "Active members" in answer.stdout
    assert "Gini" not in answer.stdout


def test_names_are_shown_on_the_screen_only_and_only_when_asked(
    clone: Path, tmp_path: Path, home: dict[str, str]
) -> None:
    hidden = allmende("measure", str(clone), "--explain-identities", "--replicates", "0", **home)
    assert "Ada Example" not in hidden.stdout
    for option, place in (("--html", "x.html"), ("--json", "x.json"), ("--csv", "x")):
        answer = allmende("measure", str(clone), "--show-names", option, str(tmp_path / place), **home)
        assert answer.returncode == 2
        assert "never written into a file" in answer.stderr
        assert not (tmp_path / place).exists()
    answer = allmende("read", str(clone), "--show-names", "--output", str(tmp_path / "x.csv"), **home)
    assert answer.returncode == 2


def test_what_a_record_is_worth(clone: Path, home: dict[str, str]) -> None:
    answer = allmende("read", str(clone), **home)
    assert answer.returncode == 0, answer.stderr
    for told in ("Acts read", "Refused", "Attributed to", "Accounts merged", "Programs left out", "Sources"):
        assert told in answer.stdout, told


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_events_are_written_under_pseudonyms_and_read_again(
    ending: str, clone: Path, tmp_path: Path, home: dict[str, str]
) -> None:
    place = tmp_path / f"events.{ending}"
    answer = allmende("read", str(clone), "--output", str(place), **home)
    assert answer.returncode == 0, answer.stderr
    content = place.read_bytes()
    assert b"Ada" not in content
    assert b"firm.example>" not in content
    again = allmende("read", str(place), **home)
    assert again.returncode == 0, again.stderr
    assert "Acts read                 300" in again.stdout


def test_events_are_not_written_in_a_form_nobody_knows(
    clone: Path, tmp_path: Path, home: dict[str, str]
) -> None:
    answer = allmende("read", str(clone), "--output", str(tmp_path / "events.xlsx"), **home)
    assert answer.returncode == 2
    assert ".parquet" in answer.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("measure", "no-such-place"), "nothing is at 'no-such-place'"),
        (("measure", "{file}"), "no reader recognises"),
        (("measure", "{clone}", "--reader", "gti"), "Did you mean 'git'?"),
        (("measure", "{clone}", "--since", "yesterday"), "is not a month"),
        (("measure", "{clone}", "--indicator", "giny"), "Did you mean 'gini'?"),
        (("measure", "{clone}", "--until", "1999"), "2020-09"),
        (("measure", "{clone}", "--html", "no/such/folder/page.html"), "does not exist"),
        (("measure", "{clone}", "--replicates", "-1"), "--replicates"),
        (("measure",), "PATH"),
        (("simulate", "commonz"), "Did you mean 'commons'?"),
        (("simulate", "commons", "--set", "decai=0.1", "--members", "10"), "Did you mean 'decay'?"),
        (("simulate", "commons", "--set", "decay=much"), "NAME=VALUE"),
        (("simulate", "commons", "--set", "decay=7", "--members", "10"), "decay"),
        (("simulate", "commons", "--members", "0"), "--members"),
        (("list", "spoons"), "no kind of plug-in is called 'spoons'"),
    ],
)
def test_what_is_not_right_is_told_without_a_traceback(
    words: tuple[str, ...], told: str, clone: Path, tmp_path: Path, home: dict[str, str]
) -> None:
    (tmp_path / "note.xyz").write_text("nothing to read\n")
    given = [word.format(clone=clone, file=tmp_path / "note.xyz") for word in words]
    answer = allmende(*given, cwd=tmp_path, **home)
    assert answer.returncode == 2, answer.stderr
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stderr.strip()
    assert answer.stdout == ""


def test_a_hostile_path_is_shown_and_not_obeyed() -> None:
    answer = allmende("measure", "gone\x1b[31m\u202e")
    assert "\x1b" not in answer.stderr
    assert "<U+001B>" in answer.stderr


def test_a_fault_of_our_own_asks_for_a_report_and_debug_shows_the_traceback() -> None:
    code = (
        "import allmende.cli.listing as listing, click\n"
        "@click.command('list')\ndef broken(): raise ZeroDivisionError('by zero')\n"
        "listing.command = broken\nfrom allmende.cli import main\nmain({words})"
    )
    quiet = subprocess.run(
        [sys.executable, "-c", code.replace("{words}", "['list']")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert quiet.returncode == 1
    assert "Please report it" in quiet.stderr
    assert "Traceback" not in quiet.stderr
    loud = subprocess.run(
        [sys.executable, "-c", code.replace("{words}", "['list', '--debug']")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" in loud.stderr


def test_a_reader_who_leaves_is_no_fault() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "from allmende.cli import main; main()", "list", "indicators"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        assert process.wait(timeout=60) == 141
    assert complaint == b""


def test_stopping_it_says_a_sentence(tmp_path: Path) -> None:
    code = (
        "import allmende.cli.listing as listing, click, time\n"
        "@click.command('list')\ndef slow(): print('begun', flush=True); time.sleep(60)\n"
        "listing.command = slow\nfrom allmende.cli import main\nmain(['list'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 130
    assert complaint.lstrip().startswith("Stopped.")
    assert "Traceback" not in complaint


def on_a_screen(*words: str, code: str = "from allmende.cli import main; main()", **more: str) -> str:
    """What the command writes when standard output and error are a terminal."""
    screen, other = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdout=other,
        stderr=other,
        env=environment(TERM="xterm-256color", **more),
    ) as process:
        os.close(other)
        written = b""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if select.select([screen], [], [], 0.2)[0]:
                try:
                    part = os.read(screen, 65536)
                except OSError:
                    break
                if not part:
                    break
                written += part
            elif process.poll() is not None:
                break
        process.wait(timeout=60)
    os.close(screen)
    return written.decode()


def test_colours_are_for_screens_and_for_those_who_want_them() -> None:
    assert "\x1b[1m" in on_a_screen("explain", "gini")
    assert "\x1b[31m" in on_a_screen("explain", "giny")
    assert "\x1b[31m" not in on_a_screen("explain", "giny", NO_COLOR="1")


def test_an_economy_is_simulated_into_a_page_and_data(tmp_path: Path) -> None:
    page, data = tmp_path / "page.html", tmp_path / "data.json"
    answer = allmende(
        "simulate", "sharing", "--members", "60", "--months", "12", "--replicates", "2", "--set", "r=0.5",
        "--html", str(page), "--json", str(data),
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("sharing · simulated")
    assert "r = 0.5" in answer.stdout
    again = tmp_path / "again.json"
    allmende(
        "simulate", "sharing", "--members", "60", "--months", "12", "--replicates", "2", "--set", "r=0.5",
        "--threads", "1", "--json", str(again),
    )  # fmt: skip
    assert json.loads(data.read_text())["hash"] == json.loads(again.read_text())["hash"]
    assert "<!doctype html>" in page.read_text()


def test_long_work_shows_its_progress_on_a_screen_and_nowhere_else() -> None:
    code = (
        "import allmende.cli.progress as progress, time\n"
        "progress._PATIENCE = 0.0\n"
        "with progress.shown_progress() as told:\n"
        "    for done in range(3): told('reading', done, None); time.sleep(0.15)\n"
        "    for done in range(3): told('measuring', done, 2); time.sleep(0.15)\n"
    )
    shown = on_a_screen(code=code)
    assert "reading" in shown
    assert "measuring" in shown
    assert "100%" in shown
    quiet = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert quiet.stdout + quiet.stderr == ""


def test_explain_says_where_a_number_comes_from() -> None:
    answer = allmende("explain", "contributor absence-factor")
    assert answer.returncode == 0
    for told in ("How few members", "CHAOSS", "members", "Range", "1 to no limit"):
        assert told in answer.stdout


def test_list_names_every_indicator_and_reader() -> None:
    from allmende import plugins

    for kind in plugins.KINDS:
        text = allmende("list", kind).stdout
        assert all(name in text for name in plugins.find(kind)), kind
    assert "indicator" in allmende("list").stdout
