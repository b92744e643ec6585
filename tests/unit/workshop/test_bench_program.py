"""The programme: every scene can be played, and by everybody in the same way."""

import string
import tomllib

import pytest
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from workshop.bench.mirror import IMPORTS, SETS
from workshop.bench.program import programme, project_file
from workshop.bench.run import CACHES
from workshop.bench.scene import Parcel

PARCEL = Parcel(name="small", requirements=SETS["small"], packages={}, imports=IMPORTS["small"])
PLACES = {"capsa", "uv", "virtualenv", "tools", "python", "here", "box", "import", "requirements"}
SCENES = {scene.name: scene for scene in programme(PARCEL)}


def steps_of(scene):
    return [step for contender in scene.contenders for step in (*contender.once, *contender.before, *contender.timed)]


def test_everything_that_the_issue_names_is_played():
    assert list(SCENES) == [
        "start", "create-bare", "create-pip", "install-cold", "install-warm", "install-noop", "first-import",
        "lock-warm", "lock-noop", "sync-noop", "run",
    ]  # fmt: skip


@pytest.mark.parametrize("name", SCENES)
def test_capsa_and_uv_play_every_scene_and_nobody_twice(name):
    names = [contender.name for contender in SCENES[name].contenders]
    assert {"capsa", "uv"} <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", SCENES)
def test_every_place_in_a_command_is_known(name):
    words = [word for step in steps_of(SCENES[name]) for word in step.words]
    assert {field for word in words for _, field, _, _ in string.Formatter().parse(word) if field} <= PLACES


@pytest.mark.parametrize("name", SCENES)
def test_everybody_has_a_cache_of_their_own_and_an_equal_proof(name):
    for contender in SCENES[name].contenders:
        assert contender.tool in {*CACHES, "venv", "python -I -S"}
    assert len({contender.proof for contender in SCENES[name].contenders if not contender.proof.lock}) <= 1


def test_a_cold_scene_begins_with_a_box_that_is_there_and_times_the_install_alone():
    assert [len(contender.timed) for contender in SCENES["install-cold"].contenders] == [1, 1, 1]
    assert all(contender.before for contender in SCENES["install-cold"].contenders)


def test_parts_told_apart_are_timed_by_everybody():
    scene = SCENES["first-import"]
    for contender in scene.contenders:
        assert set(scene.apart) <= {step.part for step in contender.timed}


def test_the_project_is_no_package_and_is_for_this_python_alone():
    parcel = Parcel(name="large", requirements=SETS["large"], packages={}, imports=())
    document = tomllib.loads(project_file(parcel))
    assert "build-system" not in document
    assert tuple(document["project"]["dependencies"]) == SETS["large"]
    assert SpecifierSet(document["project"]["requires-python"])
    assert [Marker(text).evaluate() for text in document["tool"]["uv"]["environments"]] == [True]


def test_five_packages_are_imported():
    assert {len(names) for names in IMPORTS.values()} == {5}
