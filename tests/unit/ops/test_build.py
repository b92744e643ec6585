from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsa.errors import BuildError, IntegrityError
from capsa.model.build import BuildRules
from capsa.model.distribution import Distribution
from capsa.model.interpreter import Interpreter
from capsa.model.solution import Chosen
from capsa.ops.build import Builds
from capsa.ops.supply import Supply
from capsa.testing.reporter import RememberingReporter
from support.project import make_project, pack
from support.session import make_supply, this_python

FREE = BuildRules()


@pytest.fixture
def supply(tmp_path: Path) -> Iterator[Supply]:
    made = make_supply(tmp_path)
    yield made
    made.session.close()


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary"


def entries(diary: Path) -> list[str]:
    return [line.split()[0] for line in diary.read_text().splitlines()] if diary.exists() else []


def sdist(path: Path, **changes: str) -> Distribution:
    facts = {"project": "lamp", "version": "1.0", "filename": path.name, "url": f"file://{path}"} | changes
    return Distribution(**facts)  # type: ignore[arg-type] # every fact that is given is a text


def builds_of(supply: Supply, rules: BuildRules = FREE, python: Interpreter | None = None) -> Builds:
    return Builds(supply, python or this_python(), rules)


def test_a_wheel_is_built_once_and_found_by_the_next_run(supply: Supply, diary: Path, tmp_path: Path) -> None:
    path = pack(make_project(tmp_path / "lamp", "lamp", demands=["wick"], diary=diary), tmp_path)
    for _ in range(2):
        builds = builds_of(supply)
        assert builds.metadata(sdist(path)).requires == ("wick",)
        manifest = builds.manifest(Chosen(distribution=sdist(path)))
        assert manifest.filename == "lamp-1.0-py3-none-any.whl"
        assert Path(supply.archives.tree(manifest.sha256), "lamp.py").exists()
    assert entries(diary) == ["metadata", "wheel"]


def test_an_archive_that_changed_is_another_source(supply: Supply, diary: Path, tmp_path: Path) -> None:
    project = make_project(tmp_path / "lamp", "lamp", diary=diary)
    first = builds_of(supply).manifest(Chosen(distribution=sdist(pack(project, tmp_path))))
    (project / "lamp.py").write_text("light = 2\n")
    second = builds_of(supply).manifest(Chosen(distribution=sdist(pack(project, tmp_path))))
    assert first.sha256 != second.sha256
    assert entries(diary) == ["wheel", "wheel"]


@pytest.mark.parametrize(("stated", "built"), [("2.2", 1), ("2.1", 2)])
def test_a_pure_wheel_serves_other_pythons_where_the_source_states_its_metadata(
    supply: Supply, diary: Path, tmp_path: Path, stated: str, built: int
) -> None:
    info = {"PKG-INFO": f"Metadata-Version: {stated}\nName: lamp\nVersion: 1.0\n"}
    path = pack(make_project(tmp_path / "lamp", "lamp", diary=diary), tmp_path, extra=info)
    other = Interpreter({**this_python().facts(), "soabi": "another"})
    for python in (this_python(), other):
        builds_of(supply, python=python).manifest(Chosen(distribution=sdist(path)))
    assert entries(diary) == ["wheel"] * built


def test_other_settings_ask_and_build_anew(supply: Supply, diary: Path, tmp_path: Path) -> None:
    path = pack(make_project(tmp_path / "lamp", "lamp", diary=diary), tmp_path)
    for colour in ("red", "blue", "red"):
        builds = builds_of(supply, BuildRules(config=(("colour", colour),)))
        builds.metadata(sdist(path))
        builds.manifest(Chosen(distribution=sdist(path)))
    assert entries(diary) == ["metadata", "wheel"] * 2


def test_a_wheel_that_was_changed_in_the_store_is_built_anew(supply: Supply, diary: Path, tmp_path: Path) -> None:
    path = pack(make_project(tmp_path / "lamp", "lamp", diary=diary), tmp_path)
    manifest = builds_of(supply).manifest(Chosen(distribution=sdist(path)))
    module = Path(supply.archives.tree(manifest.sha256), "lamp.py")
    module.chmod(0o644)
    module.write_text("light = 0\n")
    again = builds_of(supply).manifest(Chosen(distribution=sdist(path)))
    assert Path(supply.archives.tree(again.sha256), "lamp.py").read_text().startswith("light = 1\n")
    assert entries(diary) == ["wheel", "wheel"]


def test_a_folder_is_never_remembered(supply: Supply, diary: Path, tmp_path: Path) -> None:
    project = make_project(tmp_path / "lamp", "lamp", diary=diary)
    folder = sdist(project)
    for _ in range(2):
        builds = builds_of(supply)
        assert builds.metadata(folder) == builds.metadata(folder), "but for one run"
        builds.manifest(Chosen(distribution=folder))
    builds_of(supply).manifest(Chosen(distribution=folder, is_editable=True))
    assert entries(diary) == ["metadata", "wheel", "metadata", "wheel", "editable"]
    assert sorted(path.name for path in project.iterdir() if path.name != "__pycache__") == [
        "backend.py", "facts.json", "lamp.py", "pyproject.toml",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"project": "candle"}, "candle 1.0 is the source of lamp, not of candle"),
        ({"version": "2.0"}, "lamp 2.0 is the source of version 1.0, not of 2.0"),
    ],
)
def test_a_source_of_something_else_is_refused(
    supply: Supply, tmp_path: Path, changes: dict[str, str], sentence: str
) -> None:
    path = pack(make_project(tmp_path / "lamp", "lamp"), tmp_path)
    with pytest.raises(BuildError, match=sentence):
        builds_of(supply).metadata(sdist(path, **changes))
    with pytest.raises(BuildError, match=sentence):
        builds_of(supply).manifest(Chosen(distribution=sdist(path, **changes)))


def test_whoever_does_not_know_the_version_is_told_what_is_there(supply: Supply, tmp_path: Path) -> None:
    path = pack(make_project(tmp_path / "lamp", "lamp"), tmp_path)
    told = builds_of(supply).metadata(sdist(path, project="", version=""))
    assert (told.name, told.version) == ("lamp", "1.0")


def test_what_may_not_be_built_is_refused_before_anything_of_it_runs(
    supply: Supply, diary: Path, tmp_path: Path
) -> None:
    path = pack(make_project(tmp_path / "lamp", "lamp", diary=diary), tmp_path)
    for rules, rule in (({"*"}, "--no-build"), ({"lamp"}, "--only-binary lamp")):
        builds = builds_of(supply, BuildRules(no_build=frozenset(rules)))
        with pytest.raises(BuildError, match=f"lamp 1.0 would have to be built from source, and {rule} forbids it"):
            builds.metadata(sdist(path))
        with pytest.raises(BuildError, match=rule):
            builds.manifest(Chosen(distribution=sdist(path)))
    assert entries(diary) == []


def test_a_wheel_for_another_platform_is_not_taken(supply: Supply, tmp_path: Path) -> None:
    project = make_project(tmp_path / "lamp", "lamp")
    backend = project / "backend.py"
    backend.write_text(backend.read_text().replace("py3-none-any", "cp31-cp31-beos_x86_64"))
    with pytest.raises(BuildError, match=r"made lamp-1.0-cp31-cp31-beos_x86_64.whl, which is not for CPython"):
        builds_of(supply).manifest(Chosen(distribution=sdist(project)))


def test_a_source_that_is_not_what_was_promised_is_not_looked_into(supply: Supply, diary: Path, tmp_path: Path) -> None:
    path = pack(make_project(tmp_path / "lamp", "lamp", diary=diary), tmp_path)
    for promised in ({"sha256": "0" * 64}, {"size": path.stat().st_size + 1}):
        lying = Distribution(project="lamp", version="1.0", filename=path.name, url=f"file://{path}", **promised)
        with pytest.raises(IntegrityError):
            builds_of(supply).manifest(Chosen(distribution=lying))
    assert entries(diary) == []


def test_the_log_stays_where_the_build_failed_and_only_there(supply: Supply, tmp_path: Path) -> None:
    logs = tmp_path / "cache/log-v1"
    builds_of(supply).manifest(Chosen(distribution=sdist(make_project(tmp_path / "good", "lamp"))))
    assert list(logs.iterdir()) == []
    failing = sdist(make_project(tmp_path / "bad", "lamp", fails=True))
    with pytest.raises(BuildError) as caught:
        builds_of(supply).manifest(Chosen(distribution=failing))
    (log,) = logs.iterdir()
    assert caught.value.log == str(log)
    assert log.name.startswith("lamp-1.0-")


def test_a_build_is_told_at_its_beginning_and_its_end(supply: Supply, tmp_path: Path) -> None:
    builds_of(supply).manifest(Chosen(distribution=sdist(make_project(tmp_path / "lamp", "lamp"))))
    told = [event for event in supply.session.reporter.events if event.kind == "build"]  # type: ignore[attr-defined]
    assert {event.text for event in told} == {"lamp 1.0"}
    assert (told[0].done, told[-1].done, told[-1].total) == (0, 1, 1)


def test_the_project_may_lie_in_a_folder_of_the_archive_and_not_outside(supply: Supply, tmp_path: Path) -> None:
    outer = make_project(tmp_path / "outer", "outer")
    inner = make_project(tmp_path / "inner", "lamp")
    files = {f"packages/lamp/{path.name}": path.read_text() for path in inner.iterdir()}
    path = pack(outer, tmp_path, name="all.tar.gz", extra=files)
    told = builds_of(supply).metadata(sdist(path, url=f"file://{path}#subdirectory=packages/lamp"))
    assert told.name == "lamp"
    for place in ("packages/candle", "../../.."):
        with pytest.raises(BuildError, match="it has no folder"):
            builds_of(supply).metadata(sdist(path, url=f"file://{path}#subdirectory={place}"))


def test_metadata_that_an_sdist_states_is_read_and_kept_for_all(supply: Supply, diary: Path, tmp_path: Path) -> None:
    stated = {"PKG-INFO": "Metadata-Version: 2.2\nName: lamp\nVersion: 1.0\nRequires-Dist: wick\n"}
    path = pack(make_project(tmp_path / "lamp", "lamp", diary=diary), tmp_path, extra=stated)
    assert builds_of(supply).metadata(sdist(path)).requires == ("wick",)
    assert entries(diary) == []
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    known = sdist(path, sha256=sha256)
    path.unlink()
    shutil.rmtree(tmp_path / "cache/source-v1")
    assert builds_of(supply).metadata(known).requires == ("wick",)


def test_a_version_out_of_a_file_name_is_not_believed_of_another_name(supply: Supply, tmp_path: Path) -> None:
    project = make_project(tmp_path / "lamp", "lamp")
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text() + '[project]\nname = "lamp"\ndynamic = ["version"]\n')
    path = pack(project, tmp_path)
    assert builds_of(supply).metadata(sdist(path, version="9.0")).version == "9.0"
    assert builds_of(supply).metadata(sdist(path)).version == "1.0"


def test_a_backend_without_the_hook_for_metadata_builds_its_wheel_once(
    supply: Supply, diary: Path, tmp_path: Path
) -> None:
    path = pack(make_project(tmp_path / "lamp", "lamp", diary=diary, asks=False), tmp_path)
    assert builds_of(supply).metadata(sdist(path)).name == "lamp"
    builds_of(supply).manifest(Chosen(distribution=sdist(path)))
    assert entries(diary) == ["wheel"]


def test_one_run_asks_a_backend_once_what_it_needs(supply: Supply, tmp_path: Path) -> None:
    path = pack(make_project(tmp_path / "lamp", "lamp"), tmp_path)
    builds = builds_of(supply)
    builds.metadata(sdist(path))
    builds.manifest(Chosen(distribution=sdist(path)))
    told = [event.text for event in supply.session.reporter.events if event.kind == "detail"]  # type: ignore[attr-defined]
    assert len([text for text in told if "get_requires_for_build_wheel" in text]) == 1


def test_what_a_build_requires_may_itself_be_there_as_source_only(tmp_path: Path, diary: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    pack(make_project(tmp_path / "tool", "tool", diary=diary), files)
    project = make_project(tmp_path / "lamp", "lamp", more=["tool"], diary=diary)
    backend = project / "backend.py"
    backend.write_text(
        f"{backend.read_text()}\nprepare, build = prepare_metadata_for_build_wheel, build_wheel\n{NEEDS}"
    )
    supply = make_supply(tmp_path, find_links=(str(files),))
    builds_of(supply).manifest(Chosen(distribution=sdist(project)))
    assert entries(diary) == ["metadata", "wheel", "wheel"]
    supply.session.close()


NEEDS = """
def build_wheel(*words):
    import tool
    return build(*words)
"""


def test_builds_that_wait_for_each_other_are_named_in_a_circle(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for name, needed in (("egg", "hen"), ("hen", "cock"), ("cock", "egg")):
        pack(make_project(tmp_path / name, name, requires=[needed]), files)
    supply = make_supply(tmp_path, find_links=(str(files),))
    circle = r"egg 1.0 can't be built: to be built it needs hen 1.0, which needs cock 1.0, which needs egg 1.0"
    with pytest.raises(BuildError, match=circle):
        builds_of(supply).metadata(sdist(files / "egg-1.0.tar.gz", project="egg"))
    assert list((tmp_path / "cache/log-v1").iterdir()) == []
    supply.session.close()


def test_a_source_is_fetched_only_where_neither_its_archive_nor_its_wheel_is_here(
    supply: Supply, tmp_path: Path
) -> None:
    path = pack(make_project(tmp_path / "lamp", "lamp"), tmp_path)
    promised = Chosen(distribution=sdist(path, sha256=hashlib.sha256(path.read_bytes()).hexdigest()))
    builds = builds_of(supply)
    assert builds.prepare(Chosen(distribution=sdist(tmp_path / "lamp", url=f"file://{tmp_path}/lamp"))) is None
    fetch = builds.prepare(promised)
    assert fetch is not None
    fetch()
    assert builds.prepare(promised) is None
    builds.manifest(promised)
    shutil.rmtree(f"{supply.session.store.root}/source-v1")
    assert builds_of(supply).prepare(promised) is None


def test_the_build_is_told_again_when_its_box_is_ready(supply: Supply, tmp_path: Path) -> None:
    path = pack(make_project(tmp_path / "lamp", "lamp"), tmp_path)
    builds_of(supply).manifest(Chosen(distribution=sdist(path)))
    reporter = supply.session.reporter
    assert isinstance(reporter, RememberingReporter)
    told = [(event.kind, event.text, event.done) for event in reporter.events if event.kind in {"build", "resolve"}]
    assert told == [("build", "lamp 1.0", 0), ("build", "lamp 1.0", 0), ("build", "lamp 1.0", 1)]
