from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.errors import BuildError, FetchError, IntegrityError, RequirementError
from capsa.model.build import BuildRules
from capsa.model.requirement import Requirement
from capsa.model.target import target_of
from capsa.ops.build import Builds
from capsa.ops.direct import Direct, obtain_direct
from capsa.ops.supply import Supply
from capsa.project.requirements_file import parse_argument
from capsa.testing.wheel import make_wheel
from support.project import make_project, pack
from support.session import make_supply, this_python


@pytest.fixture
def supply(tmp_path: Path) -> Iterator[Supply]:
    made = make_supply(tmp_path)
    yield made
    made.session.close()


def asked(*texts: str, folder: Path) -> tuple[Requirement, ...]:
    return tuple(
        parse_argument(text.removeprefix("-e "), str(folder), is_editable=text.startswith("-e ")) for text in texts
    )


def obtain(supply: Supply, *requirements: Requirement) -> Direct:
    builds = Builds(supply, this_python(), BuildRules())
    return obtain_direct(supply, builds, requirements, target_of(this_python()))


def test_every_demand_keeps_its_place_and_those_by_url_get_name_and_file(supply: Supply, tmp_path: Path) -> None:
    make_project(tmp_path / "folder", "lamp")
    archive = pack(make_project(tmp_path / "oil", "oil", version="2.0"), tmp_path, name="anything.tar.gz")
    wheel = make_wheel(str(tmp_path), "wick", "1.5")
    texts = ("six>=1", "./folder", "./anything.tar.gz", Path(wheel).name)
    found = obtain(supply, *asked(*texts, folder=tmp_path))
    assert [demand.name for demand in found.requirements] == ["six", "lamp", "oil", "wick"]
    assert [str(demand.specifier) for demand in found.requirements] == [">=1", "==1.0", "==2.0", "==1.5"]
    assert list(found.pinned) == ["lamp", "oil", "wick"]
    oil = found.pinned["oil"]
    assert (oil.distribution.version, oil.distribution.filename) == ("2.0", "anything.tar.gz")
    assert oil.distribution.sha256 == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert oil.distribution.size == archive.stat().st_size
    assert oil.url == found.requirements[2].url
    assert not found.pinned["lamp"].is_editable


def test_a_demand_that_does_not_hold_here_is_not_looked_at(supply: Supply, tmp_path: Path) -> None:
    make_project(tmp_path / "folder", "lamp", fails=True)
    (demand,) = asked('./folder ; python_version < "3"', folder=tmp_path)
    found = obtain(supply, demand)
    assert found.requirements == (demand,)
    assert found.pinned == {}


def test_a_project_that_is_asked_for_twice_is_one_and_editable_if_one_of_them_says_so(
    supply: Supply, tmp_path: Path
) -> None:
    make_project(tmp_path / "folder", "lamp")
    found = obtain(supply, *asked("./folder", "-e ./folder", "lamp @ ./folder", folder=tmp_path))
    assert found.pinned["lamp"].is_editable
    make_project(tmp_path / "other", "lamp")
    with pytest.raises(RequirementError, match="lamp is demanded from two different URLs"):
        obtain(supply, *asked("./folder", "./other", folder=tmp_path))


def test_a_name_that_was_written_must_be_right_and_one_out_of_a_file_name_need_not(
    supply: Supply, tmp_path: Path
) -> None:
    archive = pack(make_project(tmp_path / "folder", "lamp"), tmp_path, name="python-lamp-7.0.tar.gz")
    found = obtain(supply, *asked(f"./{archive.name}", folder=tmp_path))
    assert [(demand.name, str(demand.specifier)) for demand in found.requirements] == [("lamp", "==1.0")]
    for text in (f"python-lamp @ ./{archive.name}", "python-lamp @ ./folder"):
        with pytest.raises(RequirementError, match="asks for python-lamp, but what lies there is lamp"):
            obtain(supply, *asked(text, folder=tmp_path))


@pytest.mark.parametrize("kind", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("is_wheel", [True, False])
def test_a_file_is_held_against_hashes_of_every_kind(
    supply: Supply, tmp_path: Path, kind: str, *, is_wheel: bool
) -> None:
    if is_wheel:
        path = Path(make_wheel(str(tmp_path), "lamp", "1.0"))
    else:
        path = pack(make_project(tmp_path / "folder", "lamp"), tmp_path)
    right = hashlib.new(kind, path.read_bytes()).hexdigest()
    obtain(supply, *asked(f"{path.as_uri()}#{kind}={right}", folder=tmp_path))
    with pytest.raises(IntegrityError):
        obtain(supply, *asked(f"{path.as_uri()}#{kind}={'0' * len(right)}", folder=tmp_path))


def test_a_version_that_is_none_is_told(supply: Supply, tmp_path: Path) -> None:
    make_project(tmp_path / "folder", "lamp", version="newest")
    with pytest.raises(BuildError, match="says that its version is `newest`, which is none"):
        obtain(supply, *asked("./folder", folder=tmp_path))


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_a_revision_becomes_the_commit_that_it_means_now(supply: Supply, tmp_path: Path) -> None:
    make_project(tmp_path / "repository/lib", "lamp")

    def git(*words: str) -> str:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", *who, *words]
        return subprocess.run(
            command, cwd=tmp_path / "repository", capture_output=True, text=True, check=True
        ).stdout.strip()

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    git("tag", "v1")
    address = (tmp_path / "repository").as_uri()
    found = obtain(supply, *asked(f"git+{address}@v1#subdirectory=lib", folder=tmp_path))
    pinned = found.pinned["lamp"]
    assert pinned.url == f"git+{address}@v1#subdirectory=lib"
    assert pinned.distribution.url == f"git+{address}@{git('rev-parse', 'HEAD')}#subdirectory=lib"
    assert pinned.distribution.sha256 is None
    with pytest.raises(FetchError, match="v2"):
        obtain(supply, *asked(f"git+{address}@v2", folder=tmp_path))
