import pytest

from capsa.builder.cause import hint_of, last_lines, read_output
from capsa.disk.refusal import RefusedError


@pytest.mark.parametrize(
    "output",
    [
        "error: command 'gcc' failed: No such file or directory",
        "error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory",
        "error: command '/usr/bin/clang' failed: No such file or directory",
        "unable to execute 'cc': No such file or directory",
        "FileNotFoundError: [Errno 2] No such file or directory: 'g++'",
        "/bin/sh: 1: gcc: not found",
        "make: gcc: command not found",
        "../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc']]",
        "No CMAKE_C_COMPILER could be found.",
    ],
)
def test_a_missing_compiler_is_recognized(output):
    assert "install a C compiler" in hint_of(output)[0]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("a.c:1:10: fatal error: Python.h: No such file or directory", "`apt-get install python3-dev`"),
        ("a.c:1:10: fatal error: 'Python.h' file not found", "`apt-get install python3-dev`"),
        ("a.c:1:10: fatal error: libpq/ffi.h: No such file or directory", "library that `libpq/ffi.h` belongs to"),
        ("Traceback ...\nModuleNotFoundError: No module named 'numpy.core'\n", "the build needs `numpy.core`"),
        ("Traceback ...\nImportError: No module named numpy\n", "the build needs `numpy`"),
    ],
)
def test_other_well_known_causes_say_what_to_do(output, words):
    (hint,) = hint_of(output)
    assert words in hint


@pytest.mark.parametrize(
    "output",
    [
        "",
        "error: something else",
        "error: command '/usr/bin/gcc' failed with exit code 1",
        "it says: ModuleNotFoundError: No module named 'x'",
        "gcc: warning: file not found",
    ],
)
def test_what_is_not_known_has_no_hint(output):
    assert hint_of(output) == ()


def test_the_last_lines_are_those_that_say_something():
    assert last_lines("a\r\n\n  b  \n1%\r50%\r\n\x1b[0m\n\n") == ("a", "  b", "50%", "\x1b[0m")
    assert last_lines("".join(f"{number}\n" for number in range(100)))[0] == "80"
    assert last_lines("") == ()


def test_a_long_log_is_read_from_a_whole_line_on(tmp_path):
    log = tmp_path / "log"
    log.write_bytes(b"before\n" + b"x" * 70_000 + b"\nafter \xff\n")
    assert read_output(str(log), 7) == "after \ufffd\n"


def test_a_log_that_is_gone_is_a_disk_error(tmp_path):
    with pytest.raises(RefusedError, match="can't read"):
        read_output(str(tmp_path / "gone"), 0)
