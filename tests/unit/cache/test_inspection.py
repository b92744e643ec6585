import hashlib

import pytest

from capsa.cache.inspection import inspect_wheel, parse_scripts
from capsa.disk.unpack import unpack
from capsa.errors import IntegrityError
from capsa.model.distribution import parse_filename
from capsa.model.record import encode_digest
from capsa.testing.wheel import make_wheel

INFO = "six-1.0.dist-info"
NAME = "six-1.0-py3-none-any.whl"


def inspect(tmp_path, filename=NAME, **parts):
    path = make_wheel(str(tmp_path / "wheels"), "six", "1.0", **parts)
    tree = str(tmp_path / "tree")
    return inspect_wheel(tree, unpack(path, tree), parse_filename(filename), filename)


def refusal_of(tmp_path, **parts):
    with pytest.raises(IntegrityError) as caught:
        inspect(tmp_path, **parts)
    return str(caught.value)


def record(change):
    """Return a tamper hook that changes the text of RECORD."""

    def tamper(members):
        members[f"{INFO}/RECORD"] = change(members[f"{INFO}/RECORD"].decode()).encode()

    return tamper


def rehashed(algorithm, *, digest=None, size=""):
    """Return a tamper hook that gives six.py another kind of hash."""

    def tamper(members):
        value = digest or encode_digest(hashlib.new(algorithm, members["six.py"]).hexdigest())
        lines = members[f"{INFO}/RECORD"].decode().splitlines()
        lines = [f"six.py,{algorithm}={value},{size}" if line.startswith("six.py,") else line for line in lines]
        members[f"{INFO}/RECORD"] = ("\n".join(lines) + "\n").encode()

    return tamper


def test_a_good_wheel_tells_what_it_is(tmp_path):
    found = inspect(
        tmp_path,
        requires_python=">=3.9",
        entry_points={
            "console_scripts": {"Six": "six:main [extra]", "six2": " six.cli : App.run "},
            "gui_scripts": {"six-gui": "six:gui"},
            "pytest11": {"six": "anything goes"},
        },
    )
    assert (found.info, found.is_purelib, found.requires_python) == (INFO, True, ">=3.9")
    assert found.scripts == {
        "console_scripts": [("Six", "six:main"), ("six2", "six.cli:App.run")],
        "gui_scripts": [("six-gui", "six:gui")],
    }


def test_a_platform_wheel_is_not_pure(tmp_path):
    assert inspect(tmp_path, is_purelib=False).is_purelib is False


@pytest.mark.parametrize(
    "tamper",
    [
        record(lambda text: text.replace("\n", "\r\n")),
        record(lambda text: text + "six/,,\n"),
        record(lambda text: "\ufeff" + text),
        record(lambda text: text.replace(f"{INFO}/RECORD,,\n", "")),
        record(lambda text: text + text.splitlines()[-1] + "\n"),
        record(lambda text: text.replace(f"{INFO}/WHEEL", INFO + "\\WHEEL")),
        rehashed("sha384"),
        rehashed("sha512", size=20),
        lambda members: members.update({f"{INFO}/RECORD.jws": b"a signature"}),
    ],
    ids=["crlf", "folder", "bom", "itself missing", "twice alike", "backslash", "sha384", "sha512", "signature"],
)
def test_what_real_records_do_is_tolerated(tmp_path, tamper):
    assert inspect(tmp_path, tamper=tamper).info == INFO


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (lambda m: m.update({"six.py": b"altered"}), "member six.py does not have the sha256 that RECORD promises"),
        (lambda m: m.update({"extra.py": b""}), "member extra.py is not in RECORD"),
        (lambda m: m.pop("six.py"), f"{INFO}/RECORD lists six.py, which is not in the archive"),
        (lambda m: m.pop(f"{INFO}/RECORD"), f"no member {INFO}/RECORD, so it is not a wheel"),
        (lambda m: m.pop(f"{INFO}/WHEEL"), f"{INFO}/RECORD lists {INFO}/WHEEL, which is not in the archive"),
        (record(lambda text: text + "../../evil,,\n"), "RECORD lists ../../evil, which is not in the archive"),
        (record(lambda text: text + "six.py,sha256=AAAA,1\n"), "RECORD lists six.py twice, each time otherwise"),
        (record(lambda text: text.replace(",20\n", ",23\n")), "member six.py has 20 bytes, where RECORD promises 23"),
        (record(lambda _: "six.py,sha256=x,many\n"), "line 1 of six-1.0-py3-none-any.whl: "),
        (lambda m: m.update({f"{INFO}/RECORD": b"\xff"}), f"{INFO}/RECORD is not UTF-8"),
        (rehashed("md5"), "member six.py has only a md5 hash in RECORD, where sha256 or better is needed"),
        (rehashed("sha512", digest="AAAA"), "member six.py does not have the sha512 that RECORD promises"),
        (
            record(lambda text: "".join("six.py,,\n" if "six.py" in line else line for line in text.splitlines(True))),
            "member six.py has no hash in RECORD, where sha256 or better is needed",
        ),
    ],
)
def test_a_wheel_that_contradicts_its_record_is_refused_by_member(tmp_path, tamper, told):
    sentence = refusal_of(tmp_path, tamper=tamper)
    assert told in sentence
    assert NAME in sentence


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"wheel_version": "2.0"}, "WHEEL tells wheel version 2.0; versions 1.x can be installed"),
        ({"wheel_version": ""}, "WHEEL tells no wheel version"),
        ({"filename": "seven-1.0-py3-none-any.whl"}, "is of another project or version than the file name says"),
        ({"filename": "six-1.1-py3-none-any.whl"}, "is of another project or version than the file name says"),
        ({"files": {"a/b.dist-info/x": "", "b-1.dist-info/METADATA": ""}}, "one .dist-info folder, but has b-1"),
        ({"data": {"lib/x.py": ""}}, "member six-1.0.data/lib/x.py belongs to no installation scheme (purelib,"),
        ({"data": {"scripts": ""}}, "member six-1.0.data/scripts belongs to no installation scheme"),
        ({"data": {"platlib/six.py": "x"}}, "members six-1.0.data/platlib/six.py and six.py would be installed to one"),
    ],
)
def test_a_wheel_that_is_none_or_another_is_refused(tmp_path, parts, told):
    assert told in refusal_of(tmp_path, **parts)


def test_metadata_of_another_project_is_refused(tmp_path):
    sentence = refusal_of(tmp_path, files={}, tamper=_renamed)
    assert sentence.endswith("METADATA is of seven 1.0, where the file name says six 1.0")


def _renamed(members):
    content = b"Metadata-Version: 2.1\nName: seven\nVersion: 1.0\n"
    members[f"{INFO}/METADATA"] = content
    digest = encode_digest(hashlib.sha256(content).hexdigest())
    lines = members[f"{INFO}/RECORD"].decode().splitlines()
    lines = [f"{INFO}/METADATA,sha256={digest},{len(content)}" if "METADATA" in line else line for line in lines]
    members[f"{INFO}/RECORD"] = "\n".join(lines).encode()


def test_versions_are_compared_as_versions(tmp_path):
    assert inspect(tmp_path, filename="six-1.0.0-py3-none-any.whl").info == INFO


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[console_scripts\na = b:c\n", "can't be read: File contains no section headers"),
        ("a = b:c\n", "can't be read: File contains no section headers"),
        ("[console_scripts]\nnothing\n", "can't be read: Source contains parsing errors"),
        ("[console_scripts]\na = module\n", "script `a = module` does not name a module and a function"),
        ("[console_scripts]\na = b:c; import os\n", "does not name a module and a function"),
        ("[gui_scripts]\n../../evil = b:c\n", "`../../evil` can't be the name of a program"),
        ("[console_scripts]\n.. = b:c\n", "`..` can't be the name of a program"),
        ("[console_scripts]\na\\b = b:c\n", "can't be the name of a program"),
    ],
)
def test_entry_points_that_can_not_be_read_or_would_escape_are_refused(text, told):
    with pytest.raises(IntegrityError) as caught:
        parse_scripts(text.encode(), "six.whl: entry_points.txt")
    assert str(caught.value).startswith("six.whl: entry_points.txt")
    assert told in str(caught.value)


def test_entry_points_in_another_encoding_are_refused():
    with pytest.raises(IntegrityError, match=r"six: entry_points\.txt can't be read"):
        parse_scripts(b"[console_scripts]\n\xff = a:b\n", "six: entry_points.txt")


def test_comments_and_percent_signs_in_entry_points_are_only_text():
    text = b"# a comment\n[console_scripts]\na = b:c\n; another\n[other]\nx = %(home)s\n"
    assert parse_scripts(text, "six") == {"console_scripts": [("a", "b:c")]}
