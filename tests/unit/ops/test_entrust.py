"""A trusted project stays trusted when its box is made anew."""

import os

import pytest

from capsa.machine.trust import Trusted, change, read_trusted
from capsa.ops.entrust import renew_trust
from capsa.shell.csh import csh_list


@pytest.fixture
def data(tmp_path):
    return str(tmp_path / "data")


def make_box(root, identity):
    (root / ".capsa").mkdir(parents=True, exist_ok=True)
    (root / ".capsa/id").write_text(f"{identity}\n")
    return str(root)


def trust(data, folder):
    change(data, csh=csh_list, add=Trusted(id="1f", folder=os.path.realpath(folder), prompt="desk"))


def test_the_new_id_and_prompt_take_the_place_of_the_old_ones(data, tmp_path):
    project = tmp_path / "work"
    root = make_box(project / ".venv", "2e")
    trust(data, project)
    (tmp_path / "link").symlink_to(project)
    renew_trust(data, f"{tmp_path}/link/.venv", "")
    assert read_trusted(data) == (Trusted(id="2e", folder=os.path.realpath(project), prompt="work"),)
    renew_trust(data, root, "mine")
    assert read_trusted(data)[0].prompt == "mine"


def test_nothing_is_trusted_that_was_not(data, tmp_path):
    trust(data, tmp_path / "work")
    for root in (tmp_path / "other/.venv", tmp_path / "work/.venv-3.12", tmp_path / "work/nested/.venv"):
        renew_trust(data, make_box(root, "2e"), "")
    assert [found.id for found in read_trusted(data)] == ["1f"]


def test_without_a_list_there_is_one_look_and_nothing_is_made(data, tmp_path):
    renew_trust(data, make_box(tmp_path / "work/.venv", "2e"), "")
    assert not os.path.exists(data)


def test_a_list_that_cannot_be_read_is_no_reason_to_have_no_box(data, tmp_path):
    os.makedirs(f"{data}/trust-v1/list")
    renew_trust(data, make_box(tmp_path / "work/.venv", "2e"), "")
