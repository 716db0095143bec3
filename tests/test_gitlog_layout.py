"""Finding a repository as data: every ordinary layout is read, every way out of it is refused by name."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from allmende.errors import SourceNotFoundError, SourceRefusedError
from allmende.gitlog.layout import find, recognises
from allmende.reader import ReadOptions
from allmende.readers.git import git
from hostile_git import NOON, commit, make, run, small

FRESH = ReadOptions(cache=False)


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    return small(tmp_path_factory.mktemp("template") / "village")


@pytest.fixture
def village(template, tmp_path) -> Path:
    return shutil.copytree(template, tmp_path / "village")


def same(place: Path, village: Path) -> None:
    assert recognises(place)
    assert find(place).tips == (run(village, "rev-parse", "HEAD"),)
    assert git(place, FRESH).events.ref.tolist() == git(village, FRESH).events.ref.tolist()


def refused(place: Path, *words: str) -> None:
    """It is refused, the message names what leads astray, and says what to do next."""
    assert recognises(place)
    with pytest.raises(SourceRefusedError) as error:
        git(place, FRESH)
    for word in words:
        assert word in str(error.value)
    assert error.value.next_step


def test_bare(village, tmp_path):
    run(tmp_path, "clone", "-q", "--bare", str(village), "copy.git")
    same(tmp_path / "copy.git", village)
    assert find(tmp_path / "copy.git").name == "copy"


def test_git_directory_itself(village):
    same(village / ".git", village)
    assert find(village / ".git").name == "village"


def test_packed_references(village):
    run(village, "pack-refs", "--all")
    assert not (village / ".git" / "refs" / "heads" / "main").exists()
    same(village, village)


def test_packed_objects_in_several_packs(village):
    run(village, "repack", "-q")
    commit(village, "four", at=NOON + 400)
    run(village, "repack", "-q")
    same(village, village)


def test_detached_head(village):
    run(village, "checkout", "-q", "--detach")
    same(village, village)
    assert find(village).branch == ""


def test_head_as_link_as_old_versions_made_it(village):
    (village / ".git" / "HEAD").unlink()
    (village / ".git" / "HEAD").symlink_to("refs/heads/main")
    same(village, village)


def test_linked_worktree(village, tmp_path):
    run(village, "worktree", "add", "-q", str(tmp_path / "other"), "side")
    found = find(tmp_path / "other")
    assert found.tips == (run(village, "rev-parse", "side"),)
    assert found.name == "other"
    assert len(git(tmp_path / "other", FRESH).events) == 3


def test_submodule(village, tmp_path):
    around = make(tmp_path / "around")
    run(
        around,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        str(village),
        "parts/village",
    )
    same(around / "parts" / "village", village)


def test_submodule_is_not_descended(village, tmp_path):
    around = make(tmp_path / "around")
    run(around, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(village), "village")
    commit(around, "own")
    records = git(around, ReadOptions(cache=False, touches=True))
    assert records.source.acts == 1
    assert set(records.events.touches.works) == {".gitmodules", "own", "village"}


@pytest.mark.parametrize("name", ["a:b", 'quo"te', "line\nfeed", "back\\slash", "Zoë", "#a", " blank ", '"'])
def test_any_name_of_the_folder(template, tmp_path, name):
    assert len(git(shutil.copytree(template, tmp_path / name), FRESH).events) == 6


def test_a_name_that_is_not_text(template, tmp_path):
    folder = Path(os.fsdecode(bytes(tmp_path) + b"/K\xe5re"))
    assert len(git(shutil.copytree(template, folder), FRESH).events) == 6


def test_sha256(tmp_path):
    repository = make(tmp_path / "long", "--object-format=sha256")
    tip = commit(repository, "one")
    events = git(repository, ReadOptions(cache=False, touches=True)).events
    assert events.ref.tolist() == [tip.encode()]
    assert len(tip) == 64


def test_all_branches_but_no_pull_request(village, tmp_path):
    run(village, "update-ref", "refs/pull/1/head", run(village, "commit-tree", "-m", "pull", "HEAD^{tree}"))
    run(village, "branch", "-q", "apart", run(village, "commit-tree", "-m", "apart", "HEAD^{tree}"))
    run(tmp_path, "clone", "-q", str(village), "clone")
    for place in (village, tmp_path / "clone"):
        assert git(place, FRESH).source.acts == 6
        assert git(place, ReadOptions(cache=False, all_branches=True)).source.acts == 7


def test_unborn_branch_beside_others(village):
    run(village, "symbolic-ref", "HEAD", "refs/heads/none")
    records = git(village, FRESH)
    assert records.source.acts == 0
    assert "refs/heads/none has no commits" in records.source.notes[0]


def test_shallow_clone_says_so(village, tmp_path):
    run(tmp_path, "clone", "-q", "--depth=2", f"file://{village}", "shallow")
    records = git(tmp_path / "shallow", ReadOptions(cache=False, touches=True, effort=True))
    counted = run(tmp_path / "shallow", "rev-list", "--count", "HEAD")
    assert records.source.acts == int(counted) < 6
    assert "shallow" in records.source.truncated
    # What the commits at the edge changed cannot be told: they are not the makers of the whole tree.
    edges = {
        row
        for row, ref in enumerate(records.events.ref)
        if ref.decode() in find(tmp_path / "shallow").shallow
    }
    assert edges
    assert not edges & set(records.events.touches.event.tolist())
    assert all(records.events.effort[row] == 0 for row in edges)


def test_grafts_and_replacements_hide_nothing(village):
    commits = run(village, "rev-list", "HEAD").split()
    (village / ".git" / "info").mkdir(exist_ok=True)
    (village / ".git" / "info" / "grafts").write_text(f"{commits[0]}\n")
    run(village, "replace", commits[0], commits[-1])
    records = git(village, FRESH)
    assert records.source.acts == 6
    assert len(records.source.notes) == 2


def test_alternates_inside_are_read(village):
    inside = village / ".git" / "objects" / "borrowed"
    shutil.move(village / ".git" / "objects", village / "elsewhere")
    inside.parent.mkdir()
    shutil.move(village / "elsewhere", inside)
    (inside.parent / "info").mkdir()
    (inside.parent / "info" / "alternates").write_text("# a remark\nborrowed\n")
    same(village, village)


def test_alternates_outside_are_refused(village, tmp_path):
    run(tmp_path, "clone", "-q", "--shared", str(village), "shared")
    refused(tmp_path / "shared", "alternates", str(village), "git repack")


@pytest.mark.parametrize("text", ['"/etc"', "/etc", "../../../..", "borrowed"])
def test_alternates_that_lead_nowhere_good(village, text):
    (village / ".git" / "objects" / "borrowed").symlink_to("/etc")
    (village / ".git" / "objects" / "borrowed").unlink()
    (village / ".git" / "objects" / "info" / "alternates").write_text(text + "\n")
    refused(village)


LINKS = [".git", ".git/objects", ".git/objects/pack", ".git/refs/heads/main", ".git/refs/heads", ".git/refs"]


@pytest.mark.parametrize("name", LINKS)
def test_links_are_refused(village, tmp_path, name):
    shutil.move(village / name, tmp_path / "outside")
    (village / name).symlink_to(tmp_path / "outside")
    refused(village, "link")


def test_a_linked_object_is_refused(village, tmp_path):
    run(village, "repack", "-adq")
    pack = next((village / ".git" / "objects" / "pack").glob("*.pack"))
    shutil.move(pack, tmp_path / "outside")
    pack.symlink_to(tmp_path / "outside")
    refused(village, pack.name)


def test_a_pipe_among_the_objects_is_refused_rather_than_waited_for(village):
    os.mkfifo(village / ".git" / "objects" / "pack" / "pack-1.idx")
    refused(village, "pack-1.idx")


@pytest.mark.parametrize("name", ["HEAD", "packed-refs", "shallow", "config", "commondir"])
def test_a_pipe_or_link_in_place_of_a_file_is_refused(village, name):
    path = village / ".git" / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    if name == "packed-refs":
        (village / ".git" / "HEAD").write_text("ref: refs/heads/none\n")
    refused(village, name)
    path.unlink()
    path.symlink_to("/etc/hostname")
    refused(village, name)


@pytest.mark.parametrize(
    "text",
    [
        "ref: ../../../etc/hostname",
        "ref: refs/../../../../etc/hostname",
        "ref: /etc/hostname",
        "ref: refs/heads/\x01",
        "ref: refs/heads/a b",
        "ref: refs/heads/x.lock",
        "ref: refs/heads/" + "x" * 5000,
        "root:x:0:0",
        "",
        "ref:",
        "1234",
    ],
)
def test_a_head_that_leads_elsewhere_is_refused(village, text):
    (village / ".git" / "HEAD").write_text(text)
    refused(village, "HEAD")


def test_a_gitdir_file_outside_is_refused(village, tmp_path):
    place = tmp_path / "archive"
    place.mkdir()
    (place / ".git").write_text(f"gitdir: {village / '.git'}\n")
    refused(place, "leads outside", str(village / ".git"))


def test_a_worktree_that_its_repository_does_not_know_is_refused(village, tmp_path):
    run(village, "worktree", "add", "-q", str(tmp_path / "other"), "side")
    place = tmp_path / "archive"
    shutil.copytree(tmp_path / "other", place)
    refused(place, "leads outside")


def test_a_gitdir_file_inside_is_followed(village, tmp_path):
    shutil.move(village / ".git", village / "kept")
    (village / ".git").write_text("gitdir: kept\n")
    assert len(git(village, FRESH).events) == 6


def test_a_commondir_outside_is_refused(village, tmp_path):
    other = small(tmp_path / "secret")
    (village / ".git" / "commondir").write_text(f"{other / '.git'}\n")
    refused(village, "leads outside", "secret")


@pytest.mark.parametrize(
    "text",
    [
        "[extensions]\n\trefStorage = reftable\n",
        "[extensions] refstorage=reftable\n",
        "[Extensions]\n  somethingNew = true\n",
        "[core]\n\tbare = false\n[extensions]\n\tcompatFuture\n",
    ],
)
def test_unknown_extensions_are_refused(village, text):
    (village / ".git" / "config").write_text("[core]\n\trepositoryformatversion = 1\n" + text)
    refused(village, "extension")


def test_known_extensions_are_not(village):
    text = "[extensions]\n\tworktreeConfig = true\n\tpartialClone = origin\n[other]\n\tsomethingNew = 1\n"
    (village / ".git" / "config").write_text(text)
    same(village, village)


def test_a_table_of_references_is_refused(village):
    (village / ".git" / "reftable").mkdir()
    refused(village, "reftable")


def test_a_file_is_no_repository(village):
    with pytest.raises(SourceNotFoundError):
        find(village / "one")
    assert not recognises(village / "one")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no users on this system")
@pytest.mark.parametrize("name", [".git/HEAD", ".git/objects", ".git/refs", "."])
def test_what_may_not_be_read_is_refused(village, name):
    """As another user than the owner; nobody can be kept from reading by permissions if root."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            (village / name).chmod(0)
            if os.geteuid() == 0:
                for folder in [village, *list(village.parents)[:-2]]:
                    folder.chmod(0o755 if folder != village / name else 0)
                os.setuid(65534)
            find(village)
        except SourceRefusedError:
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    (village / name).chmod(0o755)
    assert status == 0, sys.platform
