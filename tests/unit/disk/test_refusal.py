import errno
import os

import pytest

from capsa.disk.refusal import RefusedError, refusing
from capsa.errors import DiskError


def refused(number, path="/box/lib/six.py", action="write"):
    with pytest.raises(RefusedError) as caught, refusing(action, path):
        raise OSError(number, os.strerror(number), path)
    return caught.value


@pytest.mark.parametrize(
    ("number", "sentence", "hint"),
    [
        (
            errno.ENOSPC,
            "can't write /box/lib/six.py: no space is left on the disk that holds it",
            "free some space, then run the same command again",
        ),
        (
            errno.EACCES,
            "can't write /box/lib/six.py: permission is denied",
            "choose another folder, or mend the permission: `ls -ld /box/lib`",
        ),
        (
            errno.EROFS,
            "can't write /box/lib/six.py: the file system is read-only",
            "choose a folder on a disk that can be written",
        ),
        (
            errno.EIO,
            "can't write /box/lib/six.py: the disk answered with an input/output error",
            "look for disk faults: `dmesg | tail`",
        ),
    ],
)
def test_a_refusal_names_the_path_the_cause_and_what_to_do(number, sentence, hint):
    failure = refused(number)
    assert isinstance(failure, DiskError)
    assert str(failure) == sentence
    assert failure.hints == (hint,)
    assert (failure.errno, failure.path, failure.kind) == (number, "/box/lib/six.py", "disk")


def test_a_cause_that_nobody_thought_of_is_said_in_the_words_of_the_system():
    failure = refused(errno.EBADF)
    assert str(failure) == "can't write /box/lib/six.py: Bad file descriptor"
    assert failure.hints == ()


def test_an_oserror_without_a_number_keeps_its_text():
    with pytest.raises(RefusedError, match="can't read /x: truncated") as caught, refusing("read", "/x"):
        raise OSError("truncated")
    assert caught.value.errno == 0


def test_a_path_with_braces_is_shown_as_it_is():
    assert refused(errno.ENOTEMPTY, path="/box/{folder}").hints == ("look at what is inside: `ls -la /box/{folder}`",)


def test_other_failures_pass_through():
    with pytest.raises(ValueError, match="mine"), refusing("write", "/x"):
        raise ValueError("mine")
