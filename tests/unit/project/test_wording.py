"""How demands are written down."""

import pytest

from capsa.errors import RequirementError
from capsa.model.requirement import parse_requirement
from capsa.project.wording import bounded, marked, require_public, worded


@pytest.mark.parametrize(
    ("text", "listed", "wanted", "is_open"),
    [
        ("six", None, "six", True),
        ("Celery[redis]", None, "Celery[redis]", True),
        ("six>=1,<2", None, "six>=1,<2", False),
        ('six ; python_version<"4"', None, "six ; python_version<'4'", True),
        ("six", "six", "six", False),
        ("celery", "celery[redis]>=5", "celery[redis]>=5", False),
        ("celery[x]", "Celery[redis]>=5", "Celery[redis,x]>=5", False),
        ("celery>=6", "celery[redis]>=5", "celery[redis]>=6", False),
        (
            "x[a] @ https://example.org/x.whl ; os_name=='nt'",
            None,
            "x[a] @ https://example.org/x.whl ; os_name == 'nt'",
            False,
        ),
        ("x @ https://example.org/x.zip#sha256=ab", None, "x @ https://example.org/x.zip#sha256=ab", False),
        (
            "x @ https://example.org/x.zip#subdirectory=y&sha256=ab",
            None,
            "x @ https://example.org/x.zip#subdirectory=y&sha256=ab",
            False,
        ),
    ],
)
def test_the_authors_own_words_are_kept(text, listed, wanted, is_open):
    wording = worded(parse_requirement(text), listed)
    assert (wording.text, wording.is_open) == (wanted, is_open)


def test_raw_is_raw():
    assert worded(parse_requirement('six; os_name=="nt"'), "six[x]>=1", is_raw=True).text == 'six; os_name=="nt"'


@pytest.mark.parametrize(
    ("text", "version", "wanted"),
    [
        ("six", "1.17.0", "six>=1.17.0"),
        ("celery[redis]", "5.4", "celery[redis]>=5.4"),
        ("torch; os_name == 'nt'", "2.9.0+cpu", "torch>=2.9.0; os_name == 'nt'"),
        ("x", "2.0rc1", "x>=2.0rc1"),
    ],
)
def test_a_bound_is_the_version_without_its_local_part(text, version, wanted):
    assert bounded(text, version) == wanted


def test_a_marker_is_joined_to_the_one_that_is_there():
    both = marked(parse_requirement("six>=1; python_version<'3' or os_name=='x'"), 'sys_platform == "linux"')
    wanted = "six>=1; (python_version < '3' or os_name == 'x') and sys_platform == 'linux'"
    assert worded(both, None).text == wanted
    assert worded(marked(parse_requirement("six"), "os_name == 'x'"), None).text == "six; os_name == 'x'"


def test_what_is_no_marker_is_refused():
    with pytest.raises(RequirementError, match="the command line: `os` is not a marker"):
        marked(parse_requirement("six"), "os")


@pytest.mark.parametrize("url", ["https://me:secret@example.org/x.whl", "git+https://token@example.org/x.git"])
def test_no_password_is_written_down_or_shown(url):
    with pytest.raises(RequirementError) as caught:
        require_public(parse_requirement(f"x @ {url}"))
    assert "holds a user name or password" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "token" not in str(caught.value)


def test_the_user_of_git_over_ssh_is_no_secret():
    require_public(parse_requirement("x @ git+ssh://git@example.org/x.git"))
