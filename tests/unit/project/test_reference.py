"""One demand in all its forms."""

import pytest

from capsa.errors import RequirementError
from capsa.model.requirement import Origin
from capsa.project.reference import Written, file_path, file_url, parse_reference

DIGEST = "0123456789abcdef" * 4
WHEEL = "six-1.17.0-py2.py3-none-any.whl"
FILES = {
    f"/w/{WHEEL}",
    f"/w/my dir/{WHEEL}",
    f"/{WHEEL}",
    "/w/six-1.17.0.tar.gz",
    "/w/a.TGZ",
    "/w/notes.md",
    "/w/x.whl",
    "/w/old.tar.lzma",
    "/w/pyproject.toml",
    "/w/src/setup.py",
    "/w/mono/packages/lib/pyproject.toml",
    "/w/a#b/pyproject.toml",
    "/lib/pyproject.toml",
}
FOLDERS = {"/w", "/w/src", "/w/mono", "/w/mono/packages/lib", "/w/empty", "/w/a#b", "/w/odd.zip", "/lib"}


def look(path):
    return "folder" if path in FOLDERS else "file" if path in FILES else ""


def parse(text, hashes=(), *, is_editable=False):
    written = Written(origin=Origin(place="r.txt", line=1), folder="/w", look=look)
    return parse_reference(text, written, hashes, is_editable=is_editable)


def refusal(text, **facts):
    with pytest.raises(RequirementError) as caught:
        parse(text, **facts)
    return str(caught.value).removeprefix("r.txt line 1: "), caught.value.hints


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
        ("https://x.example/", "`https://x.example/` does not name a wheel or a source distribution"),
        ("./notes.md", "`./notes.md` is neither a wheel nor a source distribution"),
        (f"other @ https://h.x/{WHEEL}", f"`other @ https://h.x/{WHEEL}` asks for other by a wheel of six"),
        (f"https://h.x/{WHEEL}#egg=b", f"`https://h.x/{WHEEL}#egg=b` says egg=b, but is a wheel of six"),
        (f"https://[x/{WHEEL}", f"`https://[x/{WHEEL}` does not name a wheel"),
        (f"https://x.example/{WHEEL}#md5=00", f"the md5 in `https://x.example/{WHEEL}#md5=00` does not protect"),
        (f"file://host/{WHEEL}", f"`file://host/{WHEEL}` names no file on this machine"),
        (f"./{WHEEL} ; nonsense", "`nonsense` is not a marker: "),
        ("ftp://x.example/a", "`ftp://x.example/a` has an address that starts with ftp:"),
        ("six @ ftp://x.example/a.whl", "`ftp://x.example/a.whl` has an address that starts with ftp:"),
        ("!", "`!` is not a requirement: "),
    ],
)  # fmt: skip
def test_what_can_not_be_taken_is_told_in_a_sentence(text, message):
    with pytest.raises(RequirementError) as caught:
        parse(text)
    assert str(caught.value).startswith(f"r.txt line 1: {message}")


@pytest.mark.parametrize(
    ("text", "name", "url"),
    [
        (".", "", "file:///w"),
        ("./", "", "file:///w"),
        ("./src", "", "file:///w/src"),
        ("../lib", "", "file:///lib"),
        ("/w/src/", "", "file:///w/src"),
        ("./a#b", "", "file:///w/a%23b"),
        ("file:///w/src", "", "file:///w/src"),
        ("file:src#egg=My_Lib", "my-lib", "file:///w/src"),
        ("./mono#subdirectory=packages/lib", "", "file:///w/mono#subdirectory=packages/lib"),
        ("./mono#egg=lib&subdirectory=packages/lib", "lib", "file:///w/mono#subdirectory=packages/lib"),
        ("lib @ ./src", "lib", "file:///w/src"),
        ("lib @ src", "lib", "file:///w/src"),
        ("lib @ file:///w/src", "lib", "file:///w/src"),
        ("lib @ ./mono#subdirectory=packages/lib", "lib", "file:///w/mono#subdirectory=packages/lib"),
        ("./a.TGZ", "", "file:///w/a.TGZ"),
        ("https://x.example/main.zip", "", "https://x.example/main.zip"),
        ("https://x.example/v1.0.tar.gz?t=1#egg=lib", "lib", "https://x.example/v1.0.tar.gz?t=1"),
        ("lib @ https://x.example/main.zip", "lib", "https://x.example/main.zip"),
        ("https://x.example/m-1.0.tar.gz#subdirectory=a", "", "https://x.example/m-1.0.tar.gz#subdirectory=a"),
        ("git+https://x.example/r.git", "", "git+https://x.example/r.git"),
        ("GIT+https://x.example/r@v1.0", "", "git+https://x.example/r@v1.0"),
        ("git+ssh://git@x.example/r.git@main#egg=lib", "lib", "git+ssh://git@x.example/r.git@main"),
        ("git+file:///repo", "", "git+file:///repo"),
        ("git+git://x.example/r#subdirectory=a/b", "", "git+git://x.example/r#subdirectory=a/b"),
        ("lib @ git+https://x.example/r@abc#subdirectory=a", "lib", "git+https://x.example/r@abc#subdirectory=a"),
        ("git@git+https://x.example/r", "git", "git+https://x.example/r"),
    ],
)
def test_what_a_project_is_built_from_is_a_demand_whose_name_may_come_later(text, name, url):
    requirement = parse(text)
    assert (requirement.name, requirement.url, str(requirement.specifier)) == (name, url, "")
    assert (requirement.text, requirement.is_editable) == (text.replace("git@x", "****@x"), False)


@pytest.mark.parametrize(
    ("text", "name", "specifier"),
    [
        ("six-1.17.0.tar.gz", "six", "==1.17.0"),
        ("six @ ./six-1.17.0.tar.gz", "six", "==1.17.0"),
        ("file:six-1.17.0.tar.gz", "six", "==1.17.0"),
        ("https://x.example/My_Lib-2.0.zip", "my-lib", "==2.0"),
        ("https://x.example/release-2.0.zip#egg=lib", "lib", ""),
        ("lib @ https://x.example/release-2.0.zip", "lib", ""),
    ],
)
def test_the_file_name_of_an_sdist_tells_name_and_version_unless_another_name_is_given(text, name, specifier):
    requirement = parse(text)
    assert (requirement.name, str(requirement.specifier)) == (name, specifier)


@pytest.mark.parametrize(
    "text",
    [
        "./src[B, a_c]",
        "./src [b,a-c] ; os_name == 'nt'",
        "file:///w/src[b,a-c] ; os_name == 'nt'",
        "file:///w/src#egg=lib[b,a-c]",
        "git+https://x.example/r#egg=lib[b,a-c] ; os_name == 'nt'",
        "lib[b,a_c] @ git+https://x.example/r@main ; os_name == 'nt'",
        "six-1.17.0.tar.gz[a-c,b]",
    ],
)
def test_sources_have_extras_and_markers_too(text):
    requirement = parse(text)
    assert requirement.extras == {"b", "a-c"}
    assert (requirement.marker is not None) == ("os_name" in text)


def test_an_archive_may_have_a_hash_and_what_may_change_may_not():
    text = f"https://x.example/six-1.17.0.tar.gz#sha256={DIGEST}"
    assert parse(text).hashes == (f"sha256:{DIGEST}",)
    assert parse("six-1.17.0.tar.gz", (f"sha256:{DIGEST}",)).hashes == (f"sha256:{DIGEST}",)
    for source, what in (("./src", "a folder"), ("git+https://x.example/r", "under version control")):
        shown = "file:///w/src" if source == "./src" else source
        sentence, hints = refusal(source, hashes=(f"sha256:{DIGEST}",))
        assert sentence == f"`{shown}` is {what}, which no hash can be held against"
        assert hints == ("leave the hash out",)


def test_a_folder_is_demanded_editable():
    for text in (".", "src", "lib @ ./src", "file:///w/src#egg=lib", "src[x] ; os_name == 'nt'"):
        requirement = parse(text, is_editable=True)
        assert requirement.is_editable
        assert requirement.url.startswith("file:///w")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "git+https://u:p@x.example/r@main#egg=lib",
            "`git+https://****@x.example/r@main#egg=lib` can't be installed editable, as only a folder can",
            "clone it, and give the folder: `git clone https://****@x.example/r`",
        ),
        (f"./{WHEEL}", f"`./{WHEEL}` can't be installed editable, as only a folder can", "leave `-e` out"),
        (
            "six-1.17.0.tar.gz",
            "`six-1.17.0.tar.gz` can't be installed editable, as only a folder can",
            "leave `-e` out",
        ),
    ],
)
def test_only_a_folder_is_installed_editable(text, message, hint):
    assert refusal(text, is_editable=True) == (message, (hint,))


GIT = "write it as git+https://host/path.git or git+ssh://git@host/path.git"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "./empty",
            "/w/empty has neither a pyproject.toml nor a setup.py, so nothing can be built there",
            "make a project of it: `capsa init --package`",
        ),
        (
            "./mono#subdirectory=other",
            "/w/mono/other has neither a pyproject.toml nor a setup.py, so nothing can be built there",
            "make a project of it: `capsa init --package`",
        ),
        (
            "./mono#subdirectory=../src",
            "the subdirectory in `file:///w/mono#subdirectory=../src` leads out of the project",
            None,
        ),
        (
            "git+https://x.example/r#subdirectory=/etc",
            "the subdirectory in `git+https://x.example/r#subdirectory=/etc` leads out of the project",
            None,
        ),
        (
            "git+https://x.example/r@--upload-pack=x",
            "`--upload-pack=x` in `git+https://x.example/r@--upload-pack=x` is not the name of a revision",
            None,
        ),
        ("./odd.zip", "`./odd.zip` is a folder, and its name ends like that of a file", "rename the folder"),
        (
            "./old.tar.lzma",
            "`./old.tar.lzma` is neither a wheel nor a source distribution",
            "if it lists requirements: `-r ./old.tar.lzma`",
        ),
        (
            "git+https://x.example/r#egg=a==1",
            "egg=a==1 in `git+https://x.example/r#egg=a==1` is not the name of a project",
            "write the name in front: `name @ URL`",
        ),
        (
            "hg+https://x.example/r",
            "`hg+https://x.example/r` is kept by Mercurial, and capsa reads git only",
            "give a URL of an archive of it, which ends in .tar.gz or .zip",
        ),
        (
            "six @ svn+https://u:p@x.example/r",
            "`svn+https://****@x.example/r` is kept by Subversion, and capsa reads git only",
            "give a URL of an archive of it, which ends in .tar.gz or .zip",
        ),
        ("git@x.example:o/r.git", "`git@x.example:o/r.git` is not the URL of a git repository that capsa reads", GIT),
        (
            "git+git@x.example:o/r.git",
            "`git+git@x.example:o/r.git` is not the URL of a git repository that capsa reads",
            GIT,
        ),
        ("git+https://x.example", "`git+https://x.example` is not the URL of a git repository that capsa reads", GIT),
        ("git+ext://sh/x", "`git+ext://sh/x` is not the URL of a git repository that capsa reads", GIT),
        (
            "https://x.example/o/r.git",
            "`https://x.example/o/r.git` does not name a wheel or a source distribution",
            "if it is a git repository: `git+https://x.example/o/r.git`",
        ),
    ],
)
def test_what_can_not_be_built_from_is_told_in_a_sentence(text, message, hint):
    assert refusal(text) == (message, (hint,) if hint else ())


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("flask@1.0", "write `flask==1.0`"),
        ("flask [async] @ 2.3.* ; python_version > '3'", "write `flask [async]==2.3.*`"),
        ("flask@3.0.0rc1", "write `flask==3.0.0rc1`"),
        ("flask@latest", "write `flask`: the newest version that fits is taken"),
    ],
)
def test_a_version_behind_the_sign_of_an_address_is_answered_with_the_right_one(text, hint):
    assert refusal(text) == (f"`{text}` has a version where an address stands, behind the @", (hint,))


def test_a_folder_that_is_called_like_a_version_is_a_folder():
    written = Written(origin=Origin(place="r.txt"), folder="/w", look=lambda _: "folder")
    assert parse_reference("flask @ 1.0", written).url == "file:///w/1.0"


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
