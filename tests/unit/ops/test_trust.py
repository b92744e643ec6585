"""Whom shells may trust: real folders, owners and modes; what is refused, with the culprit and the way on."""

import os
import stat

import pytest

from capsa.errors import EnvironmentMissingError, Failure
from capsa.machine.trust import read_trusted
from capsa.ops.exposure import ExposedError
from capsa.ops.trust import UntrustableError, trust, trusted, untrust
from support.session import make_supply

OTHER = 54321  # somebody else's number


@pytest.fixture
def session(tmp_path):
    return make_supply(tmp_path, data_dir=str(tmp_path / "data")).session


@pytest.fixture
def project(tmp_path):
    return make_box(tmp_path / "work/.venv", "1f").parent


def make_box(root, identity="", prompt=""):
    (root / "bin").mkdir(parents=True)
    (root / "pyvenv.cfg").write_text(f"home = /usr/bin\n{prompt}")
    if identity:
        (root / ".capsa").mkdir()
        (root / ".capsa/id").write_text(f"{identity}\n")
    return root


def rows(session):
    return [entry.row for entry in read_trusted(session.settings.data_dir)]


def test_a_project_is_trusted_from_inside_by_its_path_and_by_its_box(session, project):
    real = os.path.realpath(project)
    told = trust(session, None, f"{project}/src/deep")
    assert (told.folder, told.action) == (real, "trust")
    assert rows(session) == [("1f", real, "work")]
    for named in (str(project), f"{project}/.venv"):
        assert trust(session, named, "/").action == "none"


def test_it_is_trusted_no_more_also_from_inside_and_when_it_is_gone(session, project, tmp_path):
    trust(session, str(project), "/")
    assert untrust(session, None, f"{project}/src").action == "untrust"
    assert untrust(session, None, f"{project}/src").action == "none"
    trust(session, str(project), "/")
    os.rename(project, tmp_path / "away")
    assert trusted(session).projects[0].state == "gone"
    assert untrust(session, f"{project}/.venv", "/").action == "untrust"
    assert rows(session) == []


def test_a_box_that_came_by_another_way_has_to_be_trusted_anew(session, project):
    trust(session, str(project), "/")
    (project / ".venv/.capsa/id").write_text("2e\n")
    assert trusted(session).projects[0].state == "other"
    assert trust(session, str(project), "/").action == "renew"
    assert trusted(session).projects[0].state == "trusted"


def test_a_box_of_another_tool_gets_an_id_and_shows_the_prompt_that_it_was_made_with(session, tmp_path):
    box = make_box(tmp_path / "other/.venv", prompt="prompt = 'it\\'s'\n")
    trust(session, str(box), "/")
    identity = (box / ".capsa/id").read_text().strip()
    assert len(identity) == 32
    assert rows(session) == [(identity, os.path.realpath(tmp_path / "other"), "it's")]


@pytest.mark.parametrize(("inside", "mode"), [("", 0o757), (".venv", 0o777), (".venv/bin", 0o1777), ("..", 0o757)])
def test_what_others_could_change_is_refused_with_the_culprit(session, project, inside, mode):
    path = os.path.realpath(project / inside)
    before = stat.S_IMODE(os.stat(path).st_mode)
    os.chmod(path, mode)
    with pytest.raises(ExposedError, match="everybody may write to") as caught:
        trust(session, str(project), "/")
    assert caught.value.path == path
    assert caught.value.hints == (f"take that away, if the folder is yours alone: `chmod o-w {path}`",)
    assert rows(session) == []
    os.chmod(path, before)
    trust(session, str(project), "/")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
@pytest.mark.parametrize("inside", ["", ".venv", ".venv/bin", ".."])
def test_what_belongs_to_somebody_else_is_refused(session, project, inside):
    path = os.path.realpath(project / inside)
    os.chown(path, OTHER, -1)
    with pytest.raises(ExposedError, match=f"{path} belongs to user {OTHER}, not to you"):
        trust(session, str(project), "/")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another group")
def test_what_another_group_may_change_is_refused_and_the_users_own_group_may(session, project):
    os.chmod(project, 0o775)
    trust(session, str(project), "/")
    os.chown(project, -1, OTHER)
    with pytest.raises(ExposedError, match=f"the group {OTHER} may write to"):
        trust(session, str(project), "/")


def test_a_box_behind_a_link_is_looked_at_where_it_lies(session, tmp_path):
    make_box(tmp_path / "elsewhere/box", "1f")
    (tmp_path / "work").mkdir(exist_ok=True)
    (tmp_path / "work/.venv").symlink_to("../elsewhere/box")
    os.chmod(tmp_path / "elsewhere", 0o777)
    with pytest.raises(ExposedError) as caught:
        trust(session, f"{tmp_path}/work", "/")
    assert caught.value.path == os.path.realpath(tmp_path / "elsewhere")
    os.chmod(tmp_path / "elsewhere", 0o755)
    trust(session, f"{tmp_path}/work", "/")
    assert rows(session) == [("1f", os.path.realpath(tmp_path / "work"), "work")]


def test_without_a_box_there_is_nothing_to_trust(session, tmp_path):
    (tmp_path / "empty").mkdir()
    for named in (None, f"{tmp_path}/empty", f"{tmp_path}/missing"):
        with pytest.raises(EnvironmentMissingError, match="nothing to trust") as caught:
            trust(session, named, f"{tmp_path}/empty")
        assert caught.value.hints[0].startswith("make it first: `capsa create")


def test_only_the_box_that_a_shell_would_step_into_can_be_trusted(session, tmp_path):
    box = make_box(tmp_path / "work/.venv-3.12", "1f")
    with pytest.raises(UntrustableError, match=r"is not the `\.venv` of a project") as caught:
        trust(session, str(box), "/")
    assert caught.value.hints == (f"step into it by hand: `capsa activate {box}`",)


@pytest.mark.parametrize("name", ["a\tb", "a\nb", "a\x1bb", os.fsdecode(b"a\xff")])
def test_a_path_that_no_list_can_hold_is_refused(session, tmp_path, name):
    box = make_box(tmp_path / name / ".venv", "1f")
    with pytest.raises(UntrustableError, match="no list of lines can hold such a path") as caught:
        trust(session, str(box), "/")
    assert isinstance(caught.value, Failure)
    assert caught.value.message.isprintable()
