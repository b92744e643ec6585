"""Files of variables: what wins, what is refused."""

import pytest

from capsa.project.variables import VariablesError, read_variables


@pytest.fixture
def file(tmp_path):
    def write(content, name=".env"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(tmp_path / name)

    return write


def test_names_get_the_values_of_the_file(file):
    path = file("# a comment\nA=1\nexport B='two words'\n\nC=\"x\\ny\"\nD=a b # said aside\nE=\nNAKED\n")
    assert read_variables([path], {"PATH": "/bin"}) == {
        "PATH": "/bin", "A": "1", "B": "two words", "C": "x\ny", "D": "a b", "E": "",
    }  # fmt: skip


def test_a_later_file_wins_over_an_earlier_one_and_the_process_over_both(file):
    paths = [file("A=1\nB=1\nC=1\n", "a"), file("B=2\nC=2\n", "b")]
    assert read_variables(paths, {"C": "3"}) == {"A": "1", "B": "2", "C": "3"}


def test_names_stand_for_what_is_known_until_then(file):
    paths = [file("A=1\nB=${A}${HOME}${NO:-none}${NO}\n", "a"), file("A=2\nC=${B} ${A}\n", "b")]
    assert read_variables(paths, {"HOME": "/me"}) == {"HOME": "/me", "A": "2", "B": "1/menone", "C": "1/menone 2"}


def test_the_process_is_not_asked(file, monkeypatch):
    monkeypatch.setenv("SECRET", "1")
    assert read_variables([file("A=${SECRET}\n")], {}) == {"A": ""}


def test_a_byte_order_mark_and_dos_lines_are_passed_over(file):
    assert read_variables([file(b"\xef\xbb\xbfA=1\r\nB=2\r\n")], {}) == {"A": "1", "B": "2"}


def refusal(*paths):
    with pytest.raises(VariablesError) as caught:
        read_variables(paths, {})
    return str(caught.value)


def test_everything_that_is_wrong_is_told_at_once(file, tmp_path):
    broken = file("A=1\nB='open\nC=1\n=x\n", "broken")
    binary = file(b"A=1\nB=\xff\n", "binary")
    assert refusal(f"{tmp_path}/gone", broken, binary, str(tmp_path)) == (
        f"there is no file {tmp_path}/gone (--env-file); "
        f"{broken} lines 2, 4: not of the form NAME=VALUE; "
        f"{binary} line 2: a byte that is not UTF-8; "
        f"{tmp_path} can't be read: Is a directory"
    )


def test_one_wrong_line_is_one_line(file):
    path = file("A='\n")
    assert refusal(path) == f"{path} line 1: not of the form NAME=VALUE"
