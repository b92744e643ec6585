"""What of a package runs each time Python starts: the rules of `site` and PEP 829, and the sentences about it."""

import pytest

from capsa.model.startup import StartupLine, is_replaced, is_startup, news, startup_lines, startup_sentence

OLD, NEW = (3, 12, 4), (3, 15, 0)
SHIM = "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; "
SHIM += "enabled and __import__('_distutils_hack').add_shim();"


def texts(name, content):
    return [(line.number, line.text) for line in startup_lines(name, content)]


@pytest.mark.parametrize(
    "name", ["acme.pth", "acme.start", "sitecustomize.py", "sitecustomize", "sitecustomize.cpython-312-x86_64.so"]
)
def test_what_python_looks_into(name):
    assert is_startup(name, OLD)


@pytest.mark.parametrize("name", ["acme.py", "acme.PTH", "pth", "acme.pth.txt", "sitecustomize.txt", "sitecustom.py"])
def test_what_it_does_not(name):
    assert not is_startup(name, OLD)


@pytest.mark.parametrize(
    ("version", "is_seen"),
    [((3, 7, 17), True), ((3, 11, 7), True), ((3, 11, 8), False), ((3, 12, 1), True), (OLD, False), (NEW, False)],
)
def test_a_hidden_file_counts_for_the_pythons_that_read_it(version, is_seen):
    assert is_startup(".acme.pth", version) is is_seen


def test_only_lines_that_begin_with_import_run_in_a_pth_file():
    content = b"# import x\nsome/path\nimport os; go()\n import no\nimporter\nfrom x import y\nimport\tz\r\nimport()\n"

    assert texts("a.pth", content) == [(3, "import os; go()"), (7, "import\tz")]


def test_a_byte_order_mark_an_odd_line_end_or_an_odd_byte_hides_no_line():
    assert texts("a.pth", b"\xef\xbb\xbfimport a\n") == [(1, "import a")]
    assert texts("a.pth", b"path\rimport a") == [(2, "import a")]
    assert texts("a.pth", b"# \xff\nimport a # \xff\n") == [(2, "import a # \ufffd")]


def test_entry_points_run_in_a_start_file():
    assert texts("a.start", b"# note\n\nacme.boot:go\n  acme:again\nimport os\n") == [
        (3, "acme.boot:go"), (4, "acme:again"),
    ]  # fmt: skip


def test_a_start_file_takes_the_place_of_the_import_lines_beside_it_from_3_15_on():
    names = {"a.pth", "a.start"}

    assert is_replaced("a.pth", names, NEW)
    assert not is_replaced("a.pth", names, OLD)
    assert not is_replaced("b.pth", names, NEW)
    assert not is_replaced("a.start", names, NEW)


def test_a_line_that_was_there_before_and_the_one_of_setuptools_are_no_news():
    own, shim = StartupLine(number=1, text="import acme"), StartupLine(number=2, text=SHIM)

    assert news("acme", (own, shim), {"import acme"}) == (shim,)
    assert news("setuptools", (own, shim), set()) == (own,)


def test_the_sentence_names_package_file_and_line():
    lines = startup_lines("acme.pth", b"# x\nimport acme\n")

    assert startup_sentence("acme", "acme.pth", lines, OLD) == (
        "acme runs code each time Python starts, by line 2 of acme.pth: `import acme`"
    )


def test_many_lines_are_counted_and_the_first_shown():
    lines = startup_lines("acme.pth", b"import a\nimport b\nimport c\nimport d\nimport e\n")

    assert startup_sentence("acme", "acme.pth", lines, OLD).endswith(
        "by 5 lines of acme.pth: `import a`, `import b`, `import c` and 2 more"
    )


def test_an_entry_point_is_for_the_pythons_that_know_it():
    lines = startup_lines("acme.start", b"acme:go")

    assert startup_sentence("acme", "acme.start", lines, OLD) == (
        "acme runs code each time Python 3.15 or newer starts, by line 1 of acme.start: `acme:go`"
    )
    assert "each time Python starts, by" in startup_sentence("acme", "acme.start", lines, NEW)


def test_a_module_that_python_imports_by_itself():
    lines = startup_lines("sitecustomize.py", b"")

    assert startup_sentence("acme", "sitecustomize.py", lines, OLD) == (
        "acme runs code each time Python starts, which then imports sitecustomize.py"
    )


def test_what_would_trick_a_terminal_or_the_eye_is_escaped_and_cut():
    (line,) = startup_lines("a.pth", b"import os;" + b" " * 300 + b"exec('\x1b[2J')" + b"A" * 5000)
    sentence = startup_sentence("a", "a.pth", (line,), OLD)

    assert "`import os; exec('\\x1b[2J')AAA" in sentence
    assert sentence.endswith("A…` (5322 characters)")
    assert len(sentence) < 200
