"""What is found about a change that was worked out; how it is said stands in tests/integration/test_caution.py."""

from pathlib import Path

import pytest

from capsa.errors import IntegrityError
from capsa.model.caution import Caution
from capsa.model.installation import Departure, Installation
from capsa.model.receipt import ReceiptEntry
from capsa.ops.caution import StartupCodeError, cautions, heed
from capsa.ops.session import Session
from support.box import SITE, box, interpreter
from support.session import make_supply

STARTUP = Caution(kind="startup", package="acme", paths=("x.pth",), text="acme runs code")


def coming(tmp_path, name, files, *, is_editable=False):
    """A package on its way in, whose files lie in a folder that stands for the store."""
    tree = tmp_path / "store" / name
    for path, text in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
    direct_url = {"dir_info": {"editable": True}} if is_editable else None
    info = f"{SITE}/{name}-1.dist-info"
    entry = ReceiptEntry(
        name=name,
        version="1",
        filename="",
        sha256="00",
        url="",
        info=info,
        direct_url=direct_url,
    )
    links = tuple((path, path, 0, 0, 0o444) for path in files)
    return Installation(entry=entry, source=str(tree), links=links)


def there(environment, *paths):
    for path in paths:
        place = Path(environment.layout.path(path))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("import acme\n" if path.endswith(".pth") else "")
    return paths


@pytest.fixture
def environment(tmp_path):
    (tmp_path / "box").mkdir()
    return box(tmp_path / "box")


def kinds(found):
    return [(caution.kind, caution.package, caution.path.removeprefix(f"{SITE}/")) for caution in found]


def test_nothing_is_found_where_nothing_comes(environment):
    assert cautions(environment, (), (Departure(name="a", paths=there(environment, f"{SITE}/a.py")),)) == ()


def test_two_that_share_a_namespace_share_no_file(tmp_path, environment):
    one = coming(tmp_path, "one", {f"{SITE}/ns/one/x.py": "", "share/one": ""})
    two = coming(tmp_path, "two", {f"{SITE}/ns/two/x.py": "", "share/two": ""})

    assert cautions(environment, (one, two), ()) == ()


def test_what_leaves_is_not_in_the_way(tmp_path, environment):
    paths = there(environment, f"{SITE}/a/x.py", "bin/a")
    new = coming(tmp_path, "a", {f"{SITE}/a/x.py": "", f"{SITE}/a/y.py": "", "bin/a": ""})

    assert cautions(environment, (new,), (Departure(name="a", paths=paths),)) == ()
    assert kinds(cautions(environment, (new,), ())) == [("script", "a", "bin/a")]


def test_a_link_of_a_damaged_package_is_its_own(tmp_path, environment):
    there(environment, "bin/a")
    new = coming(tmp_path, "a", {f"{SITE}/a.py": "", "bin/a": ""})

    assert cautions(environment, (new,), (Departure(name="a", paths=()),)) == ()


def test_startup_code_counts_at_the_top_of_site_packages_only(tmp_path, environment):
    text = "import acme\n"
    new = coming(tmp_path, "acme", {f"{SITE}/acme/x.pth": text, "share/acme.pth": text, f"{SITE}/b.pth": "path\n"})
    top = coming(tmp_path, "other", {f"{SITE}/other.pth": text, f"{SITE}/sitecustomize/__init__.py": ""})

    assert kinds(cautions(environment, (new, top), ())) == [
        ("startup", "other", "other.pth"), ("startup", "other", "sitecustomize/__init__.py"),
    ]  # fmt: skip


def test_the_line_that_was_there_is_no_news_under_another_file_name(tmp_path, environment):
    old = Departure(name="acme", paths=there(environment, f"{SITE}/acme-1.pth"))
    new = coming(tmp_path, "acme", {f"{SITE}/acme-2.pth": "import acme\n"})

    assert cautions(environment, (new,), (old,)) == ()
    assert len(cautions(environment, (new,), (Departure(name="other", paths=old.paths),))) == 1
    more = coming(tmp_path, "acme", {f"{SITE}/acme-2.pth": "import acme\nimport more\n"})
    (told,) = cautions(environment, (more,), (old,))
    assert told.text.endswith("by line 2 of acme-2.pth: `import more`")


def test_an_editable_package_brings_its_own(tmp_path, environment):
    assert cautions(environment, (coming(tmp_path, "a", {f"{SITE}/a.pth": "import a\n"}, is_editable=True),), ()) == ()


def test_from_3_15_on_the_start_file_counts_whoever_brings_it(tmp_path):
    (tmp_path / "box").mkdir()
    new = box(tmp_path / "box", python=interpreter(version_info=[3, 15, 0]))
    there(new, f"{SITE}/acme.start")
    acme = coming(tmp_path, "acme", {f"{SITE}/acme.pth": "import acme\n", f"{SITE}/b.pth": "import b\n"})
    other = coming(tmp_path, "other", {f"{SITE}/b.start": "b:go\n"})

    assert kinds(cautions(new, (acme, other), ())) == [("startup", "other", "b.start")]
    assert kinds(cautions(new, (acme,), (Departure(name="x", paths=(f"{SITE}/acme.start",)),))) == [
        ("startup", "acme", "acme.pth"), ("startup", "acme", "b.pth"),
    ]  # fmt: skip


def test_a_module_of_the_standard_library_that_the_old_version_had_is_no_news(tmp_path, environment):
    new = coming(tmp_path, "a", {f"{SITE}/json.py": "", f"{SITE}/uuid.py": ""})

    (told,) = cautions(environment, (new,), (Departure(name="a", paths=(f"{SITE}/json.py",)),))
    assert (told.kind, told.paths) == ("standard-library", (f"{SITE}/uuid.py",))


def test_what_is_refused_is_not_talked_about(tmp_path, environment):
    new = coming(tmp_path, "a", {f"{SITE}/a.pth": "import a\n", "bin/pip": ""})

    with pytest.raises(IntegrityError, match="a brings bin/pip, which only pip may bring; the box is as it was"):
        cautions(environment, (new,), ())
    assert cautions(environment, (coming(tmp_path, "pip", {"bin/pip": "", f"{SITE}/pip/__init__.py": ""}),), ()) == ()


def session(tmp_path, setting, ask=None):
    ready = make_supply(tmp_path, startup_code=setting).session
    return Session(surroundings=ready.surroundings, settings=ready.settings, reporter=ready.reporter, ask=ask)


def test_a_sentence_is_said_once_in_a_run(tmp_path):
    one = session(tmp_path, "note")
    heed(one, (STARTUP,))
    heed(one, (STARTUP,))

    assert one.reporter.texts("note") == ["acme runs code"]


def test_a_question_is_put_once_in_a_run(tmp_path):
    asked = []
    one = session(tmp_path, "ask", lambda question: asked.append(question) or True)
    heed(one, (STARTUP,))
    heed(one, (STARTUP,))

    assert asked == ["acme runs code\nput it in all the same?"]


def test_the_answer_no_is_a_failure_that_knows_what_it_is_about(tmp_path):
    with pytest.raises(StartupCodeError, match="acme runs code; the answer was no; the box is as it was") as failure:
        heed(session(tmp_path, "ask", lambda _: False), (STARTUP,))

    assert failure.value.cautions == (STARTUP,)
    assert failure.value.hints == ()


@pytest.mark.parametrize("setting", ["ask", "deny"])
def test_only_startup_code_is_asked_about_or_denied(tmp_path, setting):
    lost = Caution(kind="collision", package="a", paths=("x",), text="a takes x")
    one = session(tmp_path, setting)
    heed(one, (lost,))

    assert one.reporter.texts("warning") == ["a takes x"]
    with pytest.raises(StartupCodeError):
        heed(one, (STARTUP,))
