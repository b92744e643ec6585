from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.errors import BuildError, ResolutionError
from capsa.model.build import BuildRules
from capsa.model.environment import Environment
from capsa.model.requirement import parse_requirement
from capsa.ops.build import Builds
from capsa.ops.cached import cached_environment
from capsa.ops.demands import Demands
from capsa.ops.furnish import USED
from capsa.ops.isolate import OwnIsolation, StoreIsolation
from capsa.ops.supply import Supply
from capsa.testing.reporter import RememberingReporter
from capsa.testing.wheel import make_wheel
from support.project import make_project, pack
from support.session import make_supply, this_python


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    for version in ("1.0", "2.0"):
        make_wheel(str(folder), "wick", version, files={"wick.py": f"length = {version!r}\n"})
    make_wheel(
        str(folder), "lamp", "1.0", files={"lamp.py": "def main(): print('light')\n"}, requires=["wick"],
        entry_points={"console_scripts": {"lamp": "lamp:main"}},
    )  # fmt: skip
    return folder


@pytest.fixture
def supply(tmp_path: Path, files: Path) -> Iterator[Supply]:
    made = make_supply(tmp_path, find_links=(str(files),))
    yield made
    made.session.close()


def demands(*texts: str) -> Demands:
    return Demands(requirements=tuple(parse_requirement(text) for text in texts))


def said(environment: Environment, code: str) -> str:
    python = environment.layout.path(environment.layout.python)
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def boxes(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "cache/environment-v1").iterdir())


def test_a_box_of_the_store_works_from_its_place_and_is_found_again(supply: Supply, tmp_path: Path) -> None:
    made = cached_environment(supply, this_python(), demands("lamp"))
    assert said(made, "import lamp, wick; print(wick.length)") == "2.0"
    program = made.layout.path(f"{made.layout.scripts}/lamp")
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "light\n"
    assert made.interpreter.executable == made.layout.path(made.layout.python)
    assert made.interpreter.prefix == said(made, "import sys; print(sys.prefix)") == made.root
    assert not Path(made.layout.path("lib")).joinpath("pip").exists()
    inode = Path(made.root).stat().st_ino
    again = cached_environment(supply, this_python(), demands("lamp", "wick>=1"))
    assert again.root != made.root, "other packages were asked for by name"
    assert cached_environment(supply, this_python(), demands("lamp")).root == made.root
    assert Path(made.root).stat().st_ino == inode
    assert len(boxes(tmp_path)) == 2


def test_preferences_and_another_base_make_another_box(supply: Supply, tmp_path: Path) -> None:
    base = cached_environment(supply, this_python(), demands("wick<2"))
    over = cached_environment(supply, this_python(), demands("lamp"), base_site=base.layout.site)
    assert said(over, "import wick; print(wick.length)") == "2.0", "its own come first"
    assert cached_environment(supply, this_python(), demands("lamp")).root != over.root
    kept = cached_environment(supply, this_python(), demands("lamp"), preferences={"wick": "1.0"})
    assert said(kept, "import wick; print(wick.length)") == "1.0"
    assert len(boxes(tmp_path)) == 4


def test_the_base_is_seen_behind_the_box_with_its_own_pth_files(supply: Supply, tmp_path: Path) -> None:
    base = cached_environment(supply, this_python(), demands("lamp"))
    outside = tmp_path / "a source"
    outside.mkdir()
    (outside / "edited.py").write_text("here = 1\n")
    Path(base.layout.site, "edited.pth").write_text(f"{outside}\n")
    over = cached_environment(supply, this_python(), demands(), base_site=base.layout.site)
    assert said(over, "import lamp, wick, edited; print(edited.here)") == "1"


def test_a_box_that_lost_something_is_made_anew(supply: Supply) -> None:
    made = cached_environment(supply, this_python(), demands("lamp"))
    shutil.rmtree(Path(made.layout.site, "wick-2.0.dist-info"))
    assert cached_environment(supply, this_python(), demands("lamp")).root == made.root
    assert Path(made.layout.site, "wick-2.0.dist-info").is_dir()


def test_the_time_of_the_last_use_is_noted(supply: Supply) -> None:
    made = cached_environment(supply, this_python(), demands())
    marker = Path(made.layout.path(USED))
    first = marker.stat().st_ino
    cached_environment(supply, this_python(), demands())
    assert marker.stat().st_ino != first


def test_two_who_make_the_same_box_at_once_both_have_it(supply: Supply, tmp_path: Path) -> None:
    roots: list[str] = []

    def make() -> None:
        roots.append(cached_environment(supply, this_python(), demands("lamp")).root)

    threads = [threading.Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(roots) == 3
    assert len(set(roots)) == 1
    assert boxes(tmp_path) == [Path(roots[0]).name]


def test_demands_that_can_not_be_met_make_no_box(supply: Supply, tmp_path: Path) -> None:
    with pytest.raises(ResolutionError):
        cached_environment(supply, this_python(), demands("wick>=3"))
    assert not (tmp_path / "cache/environment-v1").exists()


def test_folders_and_sources_may_be_in_a_box_too(supply: Supply, files: Path, tmp_path: Path) -> None:
    pack(make_project(tmp_path / "oil", "oil", demands=["wick"]), files)
    project = make_project(tmp_path / "shade", "shade")
    made = cached_environment(supply, this_python(), demands("oil", f"shade @ file://{project}"))
    assert said(made, "import oil, shade, wick; print(oil.light)") == "1"
    assert cached_environment(supply, this_python(), demands("oil", f"shade @ file://{project}")).root == made.root


# -- for builds ------------------------------------------------------------------------------------------------------


def isolation(supply: Supply) -> StoreIsolation:
    rules = BuildRules()
    builds = Builds(supply, this_python(), rules)
    return StoreIsolation(supply, this_python(), "it 1.0", builds=builds, rules=rules, furnished={})


def test_equal_requirements_have_one_box_whatever_their_order(supply: Supply, tmp_path: Path) -> None:
    first = isolation(supply).environment_for(("wick>=1", "lamp"))
    assert isolation(supply).environment_for(("lamp", "wick>=1", 'never; python_version < "3"')) == first
    assert Path(first.python).exists()
    assert Path(first.scripts, "lamp").exists()
    assert len(boxes(tmp_path)) == 1


def test_a_build_that_requires_nothing_has_an_empty_box(supply: Supply) -> None:
    assert Path(isolation(supply).environment_for(()).python).exists()


def test_what_a_build_requires_and_nobody_has_is_named_with_the_build(supply: Supply) -> None:
    with pytest.raises(ResolutionError, match=r"it 1\.0"):
        isolation(supply).environment_for(("candle",))
    with pytest.raises(BuildError, match=r"the build requirements of it 1.0: `what is this` is not a requirement"):
        isolation(supply).environment_for(("what is this",))


def test_without_isolation_there_must_be_a_box_and_what_it_lacks_is_said(supply: Supply) -> None:
    reporter = RememberingReporter()
    with pytest.raises(BuildError, match="there is no box"):
        OwnIsolation(None, "it 1.0", reporter.event).environment_for(("wick",))
    own = cached_environment(supply, this_python(), demands("wick<2"))
    place = OwnIsolation(own, "it 1.0", reporter.event).environment_for(("wick>=2", "candle", "wick"))
    assert place.python == own.layout.path(own.layout.python)
    assert reporter.texts("warning") == [f"{own.root} lacks what it 1.0 needs to be built: wick>=2, candle"]
