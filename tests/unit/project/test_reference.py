"""One demand in all its forms."""

import pytest

from capsa.errors import RequirementError
from capsa.model.requirement import Origin
from capsa.project.reference import Written, file_path, file_url, parse_reference

DIGEST = "0123456789abcdef" * 4
WHEEL = "six-1.17.0-py2.py3-none-any.whl"
LATER = ("capsa does not build from source yet: name a wheel, or the project so that its index's wheel is taken",)
FILES = {
    f"/w/{WHEEL}",
    f"/w/my dir/{WHEEL}",
    f"/{WHEEL}",
    "/w/six-1.17.0.tar.gz",
    "/w/a.TGZ",
    "/w/notes.md",
    "/w/x.whl",
}


def look(path):
    return "folder" if path in {"/w", "/w/src"} else "file" if path in FILES else ""


def parse(text):
    return parse_reference(text, Written(origin=Origin(place="r.txt", line=1), folder="/w", look=look))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (f"./{WHEEL}", f"file:///w/{WHEEL}"),
        (WHEEL, f"file:///w/{WHEEL}"),
        (f"my dir/{WHEEL}", f"file:///w/my%20dir/{WHEEL}"),
        (f"../{WHEEL}", f"file:///{WHEEL}"),
        (f"/w/{WHEEL}", f"file:///w/{WHEEL}"),
        (f"file:///w/{WHEEL}", f"file:///w/{WHEEL}"),
        (f"file://localhost/w/{WHEEL}", f"file:///w/{WHEEL}"),
        (f"file:{WHEEL}", f"file:///w/{WHEEL}"),
        (f"file:./my%20dir/{WHEEL}", f"file:///w/my%20dir/{WHEEL}"),
        (f"https://x.example/a/{WHEEL}", f"https://x.example/a/{WHEEL}"),
        (f"HTTP://x.example/{WHEEL}?token=1", f"HTTP://x.example/{WHEEL}?token=1"),
        (f"six @ https://x.example/{WHEEL}", f"https://x.example/{WHEEL}"),
        (f"Six@https://x.example/{WHEEL}", f"https://x.example/{WHEEL}"),
        (f"six @ ./{WHEEL}", f"file:///w/{WHEEL}"),
        (f"six @ file:{WHEEL}", f"file:///w/{WHEEL}"),
        (f"six @ file:///w/{WHEEL}", f"file:///w/{WHEEL}"),
    ],
)
def test_a_wheel_by_path_or_url_tells_name_and_version(text, url):
    requirement = parse(text)
    assert (requirement.name, str(requirement.specifier), requirement.url) == ("six", "==1.17.0", url)
    assert requirement.text == text


@pytest.mark.parametrize(
    ("text", "extras", "marker"),
    [
        (f"./{WHEEL}[B, a_c]", {"b", "a-c"}, None),
        (f"./{WHEEL} [b] ; os_name == 'posix'", {"b"}, 'os_name == "posix"'),
        (f"./{WHEEL};os_name == 'posix'", set(), 'os_name == "posix"'),
        (f"https://x.example/{WHEEL}#egg=six[b]&sha256={DIGEST}", {"b"}, None),
        (f"https://x.example/{WHEEL}#egg=six ; os_name == 'nt'", set(), 'os_name == "nt"'),
        (f"six[b] @ https://x.example/{WHEEL} ; os_name == 'nt'", {"b"}, 'os_name == "nt"'),
    ],
)
def test_extras_and_markers_follow_every_form(text, extras, marker):
    requirement = parse(text)
    assert requirement.extras == extras
    assert (str(requirement.marker) if requirement.marker else None) == marker


@pytest.mark.parametrize("form", ["https://x.example/{}#sha256={}", "six @ https://x.example/{}#sha256={}&egg=six"])
def test_a_hash_in_the_fragment_is_demanded_and_is_no_part_of_the_address(form):
    requirement = parse(form.format(WHEEL, DIGEST.upper()))
    assert requirement.hashes == (f"sha256:{DIGEST}",)
    assert requirement.url == f"https://x.example/{WHEEL}"


@pytest.mark.parametrize("text", ["six", "six>=1", "six ; os_name == 'a/b'", "a.b-c_d[x]===1.0", "git"])
def test_a_name_stays_a_name(text):
    assert parse(text).url is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("./none.whl", "`./none.whl` does not exist, looked for at /w/none.whl"),
        (f"six @ file:///none/{WHEEL}", f"`/none/{WHEEL}` does not exist, looked for at /none/{WHEEL}"),
        ("./x.whl", "`x.whl` is not the name of a wheel"),
        ("https://x.example/y.whl", "`y.whl` is not the name of a wheel"),
        ("https://x.example/", "`https://x.example/` does not name a wheel"),
        ("./notes.md", "`./notes.md` is not a wheel"),
        (f"other @ https://h.x/{WHEEL}", f"`other @ https://h.x/{WHEEL}` asks for other by a wheel of six"),
        (f"https://h.x/{WHEEL}#egg=b", f"`https://h.x/{WHEEL}#egg=b` says egg=b, but is a wheel of six"),
        (f"https://[x/{WHEEL}", f"`https://[x/{WHEEL}` does not name a wheel"),
        (f"https://x.example/{WHEEL}#md5=00", f"the md5 in `https://x.example/{WHEEL}#md5=00` does not protect"),
        (f"file://host/{WHEEL}", f"`file://host/{WHEEL}` names no file on this machine"),
        (f"./{WHEEL} ; nonsense", "`nonsense` is not a marker: "),
        ("ftp://x.example/a", "`ftp://x.example/a` has an address that starts with ftp:"),
        ("six @ ftp://x.example/a.whl", "`six @ ftp://x.example/a.whl` has an address that starts with ftp:"),
        ("!", "`!` is not a requirement: "),
    ],
)  # fmt: skip
def test_what_can_not_be_taken_is_told_in_a_sentence(text, message):
    with pytest.raises(RequirementError) as caught:
        parse(text)
    assert str(caught.value).startswith(f"r.txt line 1: {message}")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (".", "`.` is a folder"),
        ("./src", "`./src` is a folder"),
        ("./src[extra]", "`./src` is a folder"),
        ("six-1.17.0.tar.gz", "`six-1.17.0.tar.gz` is a source distribution"),
        ("./a.TGZ", "`./a.TGZ` is a source distribution"),
        ("https://x.example/six-1.17.0.tar.gz", "`https://x.example/six-1.17.0.tar.gz` is a source distribution"),
        ("six @ https://x.example/main.zip", "`https://x.example/main.zip` is a source distribution"),
        (
            "git+https://u:p@x.example/r.git@main",
            "`git+https://****@x.example/r.git@main` is kept under version control",
        ),
        ("git+ssh://x.example/r", "`git+ssh://x.example/r` is kept under version control"),
        ("six @ hg+https://x.example/r", "`six @ hg+https://x.example/r` is kept under version control"),
    ],
)
def test_what_would_have_to_be_built_comes_later(text, what):
    with pytest.raises(RequirementError) as caught:
        parse(text)
    assert (str(caught.value), caught.value.hints) == (f"r.txt line 1: {what}", LATER)


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/a b/ü#?%.whl", "file:///a%20b/%C3%BC%23%3F%25.whl"),
        ("C:\\a b\\x.whl", "file:///C:/a%20b/x.whl"),
        ("/\udcff", "file:///%FF"),
    ],
)
def test_a_path_becomes_a_url_and_back(path, url):
    assert file_url(path) == url
    assert file_path(url) == path.replace("\\", "/")
