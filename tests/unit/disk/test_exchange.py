import ctypes
import errno
import os

import pytest

from capsa.disk.exchange import Exchanger
from capsa.disk.refusal import RefusedError


@pytest.fixture
def two(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    return str(tmp_path / "first"), str(tmp_path / "second"), str(tmp_path / "spare")


@pytest.mark.parametrize("is_one_step", [True, False])
def test_two_folders_change_places(two, is_one_step):
    exchanger = Exchanger(is_one_step=is_one_step)
    exchanger.exchange(*two)
    assert (os.listdir(two[0]), os.listdir(two[1])) == (["second"], ["first"])
    assert not os.path.lexists(two[2])
    exchanger.exchange(*two)
    assert (os.listdir(two[0]), os.listdir(two[1])) == (["first"], ["second"])


@pytest.mark.parametrize("is_one_step", [True, False])
def test_a_file_and_a_folder_change_places(two, tmp_path, is_one_step):
    (tmp_path / "file").write_text("x")
    Exchanger(is_one_step=is_one_step).exchange(two[0], str(tmp_path / "file"), two[2])
    assert os.path.isfile(two[0])
    assert os.listdir(tmp_path / "file") == ["first"]


@pytest.mark.parametrize("is_one_step", [True, False])
def test_when_one_is_missing_the_other_stays(two, tmp_path, is_one_step):
    exchanger = Exchanger(is_one_step=is_one_step)
    for pair in ((two[0], str(tmp_path / "gone")), (str(tmp_path / "gone"), two[0])):
        with pytest.raises(RefusedError) as caught:
            exchanger.exchange(*pair, two[2])
        assert caught.value.errno == errno.ENOENT
    assert sorted(os.listdir(tmp_path)) == ["first", "second"]
    assert os.listdir(two[0]) == ["first"]


def test_three_renames_go_back_when_the_last_is_refused(two, monkeypatch):
    plain = os.rename
    refusals = iter([False, False, True])

    def rename(source, target):
        if next(refusals, False):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        plain(source, target)

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(RefusedError, match="input/output error"):
        Exchanger(is_one_step=False).exchange(*two)
    assert (os.listdir(two[0]), os.listdir(two[1])) == (["first"], ["second"])
    assert not os.path.lexists(two[2])


@pytest.mark.parametrize("is_one_step", [True, False])
def test_place_moves_and_never_overwrites(two, tmp_path, is_one_step):
    exchanger = Exchanger(is_one_step=is_one_step)
    empty, link = tmp_path / "empty", tmp_path / "link"
    empty.mkdir()
    link.symlink_to("nowhere")
    for target in (two[1], str(empty), str(link)):
        with pytest.raises(RefusedError) as caught:
            exchanger.place(two[0], target)
        assert caught.value.errno == errno.EEXIST
    exchanger.place(two[0], two[2])
    assert os.listdir(two[2]) == ["first"]


class Library:
    """A C library as the test wants it: which symbols there are, and what they answer."""

    def __init__(self, answers):
        self.asked = []
        for name, number in answers.items():
            setattr(self, name, self._function(name, number))

    def _function(self, name, number):
        def call(*arguments):
            self.asked.append((name, arguments))
            ctypes.set_errno(number)
            return -1 if number else 0

        return call


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EINVAL])
def test_a_system_without_the_call_is_asked_once_and_renames_three_times(two, monkeypatch, number):
    library = Library({"renameat2": number})
    monkeypatch.setattr(ctypes, "CDLL", lambda _, **__: library)
    exchanger = Exchanger()
    exchanger.exchange(*two)
    exchanger.exchange(*two)
    exchanger.exchange(*two)
    assert os.listdir(two[0]) == ["second"]
    assert len(library.asked) == 1
    assert exchanger.is_one_step is False


def test_a_mistake_of_the_caller_is_not_remembered_as_a_system_without_the_call(two):
    exchanger = Exchanger()
    with pytest.raises(RefusedError):
        exchanger.place(two[0], f"{two[0]}/inside")
    assert exchanger.is_one_step is True


@pytest.mark.parametrize(("machine", "number"), [("x86_64", 316), ("aarch64", 276)])
def test_an_old_c_library_is_passed_by(two, monkeypatch, machine, number):
    library = Library({"syscall": 0})
    monkeypatch.setattr(ctypes, "CDLL", lambda _, **__: library)
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "", "", "", machine)))
    Exchanger().exchange(*two)
    [(name, arguments)] = library.asked
    values = [getattr(argument, "value", argument) for argument in arguments]
    assert (name, values) == ("syscall", [number, -100, os.fsencode(two[0]), -100, os.fsencode(two[1]), 2])


def test_a_machine_without_the_number_renames(two, monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _, **__: Library({}))
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "", "", "", "sparc")))
    Exchanger().exchange(*two)
    assert os.listdir(two[0]) == ["second"]
