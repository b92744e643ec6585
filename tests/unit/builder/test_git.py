import os
import shutil
import subprocess
from urllib.parse import quote

import pytest

from capsa.builder.git import Git, GitError
from capsa.errors import FetchError
from capsa.transport.port import OfflineError

IDENTITY = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"]
VARIABLES = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="needs git")


class Repository:
    """A repository with two commits, a branch, a tag of each kind."""

    def __init__(self, path):
        self.path = str(path)
        self.url = f"file://{quote(str(path))}"
        os.makedirs(self.path)
        self.git("init", "-q", "-b", "trunk")
        self.first = self.commit("a.py", "1")
        self.git("tag", "light")
        self.git("tag", "-a", "-m", "x", "v1")
        self.git("branch", "stable/1")
        self.second = self.commit("a.py", "2")

    def git(self, *words):
        done = subprocess.run(["git", *IDENTITY, *words], cwd=self.path, env=VARIABLES, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(self, name, content):
        with open(os.path.join(self.path, name), "w") as stream:
            stream.write(content)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", name)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "up stream")


@pytest.fixture
def git(tmp_path):
    return opened(tmp_path)


def opened(tmp_path, *, is_offline=False, timeout=60.0, **variables):
    return Git(VARIABLES | variables, str(tmp_path / "store" / "git-v1"), timeout, is_offline=is_offline)


def test_every_way_to_name_a_commit_finds_it(repository, git):
    found = {
        name: git.resolve(repository.url, name)
        for name in ("", "HEAD", "trunk", "stable/1", "light", "v1", repository.first[:9], "refs/heads/trunk")
    }
    first, second = repository.first, repository.second
    assert found == {
        "": second, "HEAD": second, "trunk": second, "stable/1": first, "light": first, "v1": first,
        first[:9]: first, "refs/heads/trunk": second,
    }  # fmt: skip
    assert git.resolve(repository.url, first) == first


def test_a_branch_that_moved_is_found_where_it_is_now(repository, git):
    assert git.resolve(repository.url, "trunk") == repository.second
    third = repository.commit("b.py", "3")
    repository.git("branch", "-D", "stable/1")
    repository.git("branch", "stable")
    assert git.resolve(repository.url, "trunk") == third
    assert git.resolve(repository.url, "stable") == third
    with pytest.raises(GitError, match="has no branch, tag or commit named stable/1"):
        git.resolve(repository.url, "stable/1")


def test_a_whole_commit_that_is_kept_needs_no_repository(repository, git, tmp_path):
    git.resolve(repository.url)
    os.rename(repository.path, f"{repository.path}.gone")
    assert git.resolve(repository.url, repository.first) == repository.first
    git.checkout(repository.url, repository.first, str(tmp_path / "out"))
    assert (tmp_path / "out" / "a.py").read_text() == "1"


def test_a_commit_that_no_branch_leads_to_is_asked_for(repository, git, tmp_path):
    repository.git("checkout", "-q", "--detach")
    lost = repository.commit("lost.py", "x")
    repository.git("checkout", "-q", "trunk")
    assert git.resolve(repository.url, lost) == lost
    git.checkout(repository.url, lost, str(tmp_path / "out"))
    assert (tmp_path / "out" / "lost.py").exists()


def test_a_checkout_has_the_files_and_the_tags_and_leaves_the_mirror_alone(repository, git, tmp_path):
    out = tmp_path / "deep" / "out"
    git.checkout(repository.url, repository.first, str(out))
    assert sorted(os.listdir(out)) == [".git", "a.py"]
    described = subprocess.run(["git", "describe", "--tags"], cwd=out, env=VARIABLES, capture_output=True, check=True)
    assert described.stdout.decode().strip() == "v1"
    assert os.listdir(out.parent) == ["out"]
    git.checkout(repository.url, repository.second, str(tmp_path / "other"))
    assert (tmp_path / "other" / "a.py").read_text() == "2"


def test_submodules_come_along(repository, git, tmp_path):
    inner = Repository(tmp_path / "inner")
    repository.git("submodule", "--quiet", "add", "../inner", "sub")
    commit = repository.commit("b.py", "x")
    git.checkout(repository.url, commit, str(tmp_path / "out"))
    assert (tmp_path / "out" / "sub" / "a.py").read_text() == "2"
    assert inner.path


def test_variables_that_point_git_elsewhere_are_left_out(repository, tmp_path):
    other = Repository(tmp_path / "other")
    git = opened(tmp_path, GIT_DIR=f"{other.path}/.git", GIT_WORK_TREE=other.path, GIT_INDEX_FILE="/nowhere")
    before = sorted(os.listdir(other.path)), other.git("status", "--short")
    assert git.resolve(repository.url) == repository.second
    git.checkout(repository.url, repository.first, str(tmp_path / "out"))
    assert (sorted(os.listdir(other.path)), other.git("status", "--short")) == before
    assert (tmp_path / "out" / "a.py").read_text() == "1"


def test_a_mirror_that_a_kill_left_locked_is_fetched_anew(repository, git, tmp_path):
    git.resolve(repository.url)
    (mirror,) = [entry for entry in os.scandir(tmp_path / "store" / "git-v1") if entry.is_dir()]
    third = repository.commit("b.py", "3")
    with open(f"{mirror.path}/refs/heads/trunk.lock", "w"):
        assert git.resolve(repository.url, "trunk") == third


def test_hooks_and_templates_of_the_user_are_not_run(repository, tmp_path):
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "post-checkout").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (hooks / "post-checkout").chmod(0o755)
    (tmp_path / "config").write_text(f"[core]\nhooksPath = {hooks}\n")
    git = opened(tmp_path, GIT_CONFIG_GLOBAL=str(tmp_path / "config"))
    git.checkout(repository.url, git.resolve(repository.url), str(tmp_path / "out"))
    assert not (tmp_path / "ran").exists()


def test_offline_what_is_kept_answers_and_nothing_else(tmp_path):
    git = opened(tmp_path, is_offline=True)
    url = "https://user:secret@host.example/a.git"
    for ask in (lambda: git.resolve(url, "main"), lambda: git.checkout(url, "0" * 40, str(tmp_path / "out"))):
        with pytest.raises(OfflineError) as caught:
            ask()
        assert str(caught.value) == "https://host.example/a.git is not in the store, and capsa works offline"


def test_offline_a_repository_of_this_machine_is_read(repository, tmp_path):
    assert opened(tmp_path, is_offline=True).resolve(repository.url) == repository.second


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ext::sh -c touch%20evil", "it must begin with https, http, ssh, git or file"),
        ("ftp://host.example/a", "it must begin with https, http, ssh, git or file"),
        ("--upload-pack=touch evil", "it must begin with https, http, ssh, git or file"),
        ("git@host.example:a.git", "it must begin with https, http, ssh, git or file"),
        ("https://host.example/a\nb", "it must begin with https, http, ssh, git or file"),
        ("http://[::1/a", "it must begin with https, http, ssh, git or file"),
        ("ssh://-oProxyCommand=evil/a", "it has no host"),
        ("ssh://%2DoProxyCommand=evil/a", "it has no host"),
        ("https:///a", "it has no host"),
    ],
)
def test_what_is_no_address_never_reaches_git(git, tmp_path, url, reason):
    for ask in (lambda: git.resolve(url), lambda: git.checkout(url, "0" * 40, str(tmp_path / "out"))):
        with pytest.raises(GitError, match=f"is not the address of a git repository: {reason}"):
            ask()
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    "revision", ["--output=x", "-x", "a:b", "a..b", "HEAD~1", "HEAD^", "a b", "@{1}", "a\nb", "a*"]
)
def test_what_is_no_name_never_reaches_git(repository, git, revision):
    with pytest.raises(GitError, match="can't be the name of a branch, tag or commit"):
        git.resolve(repository.url, revision)


@pytest.mark.parametrize("commit", ["trunk", "-x", "", "0" * 39])
def test_only_a_whole_commit_is_checked_out(repository, git, tmp_path, commit):
    with pytest.raises(GitError, match="is not a whole commit"):
        git.checkout(repository.url, commit, str(tmp_path / "out"))


def test_what_is_not_there_is_a_sentence_without_secrets(repository, git, tmp_path):
    with pytest.raises(GitError) as caught:
        git.resolve(repository.url, "gone")
    assert str(caught.value) == f"{repository.url} has no branch, tag or commit named gone"
    with pytest.raises(GitError, match=r"has no commit 0{40}"):
        git.checkout(repository.url, "0" * 40, str(tmp_path / "out"))
    with pytest.raises(GitError) as caught:
        git.resolve(f"file://user:secret@{tmp_path}/gone")
    assert str(caught.value) == f"file://{tmp_path}/gone is not there, or not a git repository"
    with pytest.raises(GitError) as caught:
        git.resolve("https://user:secret@127.0.0.1:9/a.git")
    assert str(caught.value) == "https://127.0.0.1:9/a.git can't be reached"


def test_a_repository_without_commits_is_a_sentence(git, tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path / "empty"], env=VARIABLES, check=True)
    with pytest.raises(GitError, match="empty has no default branch"):
        git.resolve(f"file://{tmp_path}/empty")


def test_git_that_is_not_installed_is_a_sentence(tmp_path):
    git = Git({"PATH": str(tmp_path)}, str(tmp_path / "store"), 60.0)
    with pytest.raises(FetchError) as caught:
        git.resolve("https://host.example/a.git")
    assert str(caught.value) == "https://host.example/a.git can't be read, as git can't be started on this machine"
    assert "install git" in caught.value.hints[0]


def test_git_that_takes_too_long_is_a_sentence(tmp_path):
    (tmp_path / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "git").chmod(0o755)
    git = opened(tmp_path, timeout=0.2, PATH=f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(GitError, match=r"^https://host.example/a.git gave no answer within 0.2 seconds$"):
        git.resolve("https://host.example/a.git")
