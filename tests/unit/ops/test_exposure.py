"""Who could change what is found in a trusted project: by facts, and by looking at real folders."""

import os
import stat

import pytest

from capsa.ops.exposure import ExposedError, Folder, User, look_at, refuse_exposed, steps_to

ME = User(number=1000, group=1000)
OTHERS_GROUP = 50


def folder(mode, *, owner=1000, group=1000, is_above=False):
    return Folder(path="/srv/a b", owner=owner, group=group, mode=stat.S_IFDIR | mode, is_above=is_above)


@pytest.mark.parametrize(
    "fine",
    [
        folder(0o755),
        folder(0o700),
        folder(0o775),
        folder(0o555, group=OTHERS_GROUP),
        folder(0o755, owner=0, is_above=True),
        folder(0o1777, owner=0, group=0, is_above=True),
        folder(0o1777, is_above=True),
    ],
)
def test_a_folder_that_only_its_user_and_root_can_change_is_fine(fine):
    refuse_exposed([fine], ME)


@pytest.mark.parametrize(
    ("bad", "sentence", "hint"),
    [
        (folder(0o777), "everybody may write to /srv/a b (drwxrwxrwx)", "`chmod o-w '/srv/a b'`"),
        (folder(0o1777), "everybody may write to /srv/a b (drwxrwxrwt)", "`chmod o-w '/srv/a b'`"),
        (folder(0o757, owner=0, is_above=True), "everybody may write to", "`chmod o-w"),
        (
            folder(0o775, group=OTHERS_GROUP),
            "the group 50 may write to /srv/a b (drwxrwxr-x)",
            "`chmod g-w '/srv/a b'`",
        ),
        (folder(0o755, owner=54321), "/srv/a b belongs to user 54321, not to you", ""),
        (folder(0o755, owner=54321, is_above=True), "/srv/a b belongs to user 54321, not to you", ""),
        (folder(0o1777, owner=54321, is_above=True), "/srv/a b belongs to user 54321, not to you", ""),
        (folder(0o755, owner=0), "/srv/a b belongs to root, not to you", ""),
    ],
)
def test_the_culprit_is_named_with_what_mends_it(bad, sentence, hint):
    with pytest.raises(ExposedError) as caught:
        refuse_exposed([folder(0o755, is_above=True), bad], ME)
    assert caught.value.message.startswith(sentence)
    assert caught.value.path == "/srv/a b"
    assert hint in "".join(caught.value.hints)


def test_every_folder_on_the_way_is_looked_at_once_with_the_real_ones_behind_links(tmp_path):
    base = os.path.realpath(tmp_path)
    (tmp_path / "elsewhere/box/bin").mkdir(parents=True)
    (tmp_path / "work").mkdir()
    (tmp_path / "work/.venv").symlink_to(tmp_path / "elsewhere/box")
    os.chmod(tmp_path / "elsewhere", 0o777)
    project = f"{base}/work"
    found = {each.path: each for each in look_at(project, f"{project}/.venv", f"{project}/.venv/bin")}
    assert set(found) == {*steps_to(project), *steps_to(f"{base}/elsewhere/box/bin")}
    own = {path for path, each in found.items() if not each.is_above}
    assert own == {project, f"{base}/elsewhere/box", f"{base}/elsewhere/box/bin"}
    with pytest.raises(ExposedError) as caught:
        refuse_exposed(list(found.values()), User(number=os.geteuid(), group=os.getegid()))
    assert caught.value.path == f"{base}/elsewhere"


def test_the_way_to_a_folder_begins_at_the_root():
    assert steps_to("/srv/a/b") == ["/", "/srv", "/srv/a", "/srv/a/b"]
    assert steps_to("/") == ["/"]
