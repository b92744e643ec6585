"""Locks are read: those of other tools, and every mistake with its file and place."""

from pathlib import Path

import pytest

from capsa.errors import LockError
from capsa.model.lock import LockedArchive, LockedCommit, LockedFile, LockedFolder
from capsa.project.lock_file import parse_lock, read_lock

LOCKS = Path(__file__).parent / "locks"
SHA = "a" * 64
HEAD = 'lock-version = "1.0"\ncreated-by = "x"\n'
WHEEL = f'{{ url = "https://files.example/six-1.17.0-py3-none-any.whl", hashes = {{ sha256 = "{SHA}" }} }}'


def entry(lines, *, wheels=f"wheels = [{WHEEL}]"):
    return f'{HEAD}[[packages]]\nname = "six"\n{lines}\n{wheels}\n'


def wheel(text):
    return f'{HEAD}[[packages]]\nname = "six"\nversion = "1.17.0"\nwheels = [{{ {text} }}]\n'


def parse(text):
    return parse_lock(text.encode(), "/p/pylock.toml")


def refusal(text):
    with pytest.raises(LockError) as caught:
        parse(text)
    return str(caught.value)


def sample(name):
    lock = read_lock(str(LOCKS / name))
    return lock, {package.name: package for package in lock.packages}


def test_a_lock_of_uv_is_read():
    lock, packages = sample("uv.toml")
    assert (lock.created_by, lock.requires_python, lock.extras, lock.inputs) == ("uv", ">=3.11", (), None)
    assert packages["colorama"].marker == "sys_platform == 'win32'"
    six = packages["six"]
    assert (six.version, six.index) == ("1.17.0", "https://index.example/simple")
    assert six.sdist.name == "six-1.17.0.tar.gz"
    assert six.wheels[0].name == "six-1.17.0-py2.py3-none-any.whl"
    assert six.wheels[0].upload_time == "2024-12-04T17:35:26Z"


def test_the_sources_in_a_lock_of_uv_are_read():
    _, packages = sample("uv-sources.toml")
    assert packages["demo"].direct == LockedFolder(path=".", is_editable=True)
    assert packages["local-thing"].direct.path == "../lib"
    commit = packages["git-thing"].direct
    assert isinstance(commit, LockedCommit)
    assert (commit.kind, commit.url, len(commit.commit_id)) == ("git", "file:///srv/repo", 40)
    assert packages["sdist-thing"].direct.path == "files/sdist_thing-0.1.tar.gz"


def test_a_lock_of_pip_is_read():
    lock, packages = sample("pip.toml")
    assert lock.created_by == "pip"
    assert packages["local-thing"].direct == LockedFolder(path="local", is_editable=True)
    assert packages["six"].wheels[0].url == "file:///srv/wheels/six-1.17.0-py2.py3-none-any.whl"


def test_the_sources_in_a_lock_of_pip_are_read():
    _, packages = sample("pip-sources.toml")
    assert packages["git-thing"].direct.requested_revision == "master"
    archive = packages["arch-thing"].direct
    assert isinstance(archive, LockedArchive)
    assert (packages["arch-thing"].version, archive.path) == (None, None)


def test_a_lock_of_pdm_is_read():
    lock, packages = sample("pdm.toml")
    assert (lock.extras, lock.dependency_groups, lock.default_groups) == (("fast",), ("default", "dev"), ("default",))
    assert lock.environments == ('python_version >= "3.11"',)
    assert packages["attrs"].marker == '"fast" in extras'
    assert packages["six"].tool == {"pdm": {"dependencies": []}}
    assert lock.tool["pdm"]["strategy"] == ["inherit_metadata", "static_urls"]


def test_no_file_is_no_lock(tmp_path):
    assert read_lock(str(tmp_path / "pylock.toml")) is None
    (tmp_path / "file").write_text("")
    assert read_lock(str(tmp_path / "file" / "pylock.toml")) is None


def test_a_file_that_can_not_be_read_is_named(tmp_path):
    with pytest.raises(LockError, match=r"can't be read: Is a directory") as caught:
        read_lock(str(tmp_path))
    assert str(tmp_path) in str(caught.value)


def test_names_hashes_and_times_are_made_alike():
    lock = parse(
        f'{HEAD}extras = ["Fast_Mode"]\n[[packages]]\nname = "Six"\n'
        'dependencies = [{ name = "A.b" }, { name = "a-b", version = "1" }]\n'
        'wheels = [{ name = "Six-1-py3-none-any.whl", path = "w/Six-1-py3-none-any.whl", size = 0,'
        f'upload-time = 2024-12-04T18:35:26.5+01:00, hashes = {{ SHA256 = "{SHA.upper()}" }} }}]\n'
    )
    assert lock.extras == ("fast-mode",)
    six = lock.packages[0]
    assert (six.name, six.version, six.dependencies) == ("six", None, ("a-b",))
    assert six.wheels[0] == LockedFile(
        name="Six-1-py3-none-any.whl",
        path="w/Six-1-py3-none-any.whl",
        size=0,
        upload_time="2024-12-04T17:35:26.500000Z",
        hashes={"sha256": SHA},
    )


def test_a_name_that_is_only_at_the_end_of_a_url_is_unquoted():
    text = f'url = "https://h.example/six-1.17.0%2Bcpu-py3-none-any.whl?x=1#y", hashes = {{ sha256 = "{SHA}" }}'
    lock = parse(wheel(text).replace('"1.17.0"', '"1.17.0+cpu"'))
    assert lock.packages[0].wheels[0].name == "six-1.17.0+cpu-py3-none-any.whl"


def test_a_later_minor_version_with_keys_of_its_own_is_read():
    text = entry("later = 1") + '[[packages.attestation-identities]]\nkind = "x"\n[later]\n'
    assert parse(text.replace('"1.0"', '"1.7"')).lock_version == "1.7"


def test_a_lock_without_packages_and_a_byte_order_mark_are_no_mistakes():
    lock = parse_lock(b"\xef\xbb\xbf" + f"{HEAD}packages = []\n".replace("\n", "\r\n").encode(), "x")
    assert (lock.packages, lock.created_by) == ((), "x")


@pytest.mark.parametrize("version", ["2.0", "0.9", "1", "x"])
def test_another_major_version_is_refused_alone(version):
    assert refusal(f'lock-version = "{version}"\npackages = 1') == (
        f"/p/pylock.toml is written in version {version} of the lock format, and capsa reads version 1.0"
    )


def test_another_kind_of_toml_is_called_so():
    assert refusal("version = 1\n[[package]]\n") == (
        "/p/pylock.toml is not a pylock.toml: it has neither lock-version nor packages"
    )


def test_everything_that_is_wrong_is_told_at_once():
    assert refusal('lock-version = 1.0\nenvironments = ["x"]\n[[packages]]\nname = 1') == (
        "/p/pylock.toml is not as PEP 751 says: lock-version must be a text; "
        "environments[0] is `x`, which is no environment marker; packages[0].name must be a text; "
        "packages[0] must have wheels, sdist, archive, directory or vcs; created-by is missing"
    )


def test_of_many_mistakes_the_first_are_told_and_the_rest_counted():
    assert refusal(HEAD + "[[packages]]\n" * 6).endswith(
        "packages[3] must have wheels, sdist, archive, directory or vcs; and 4 more"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD, "packages is missing"),
        (f"{HEAD}packages = 1", "packages must be an array of tables"),
        (f"{HEAD}packages = [1]", "packages[0] must be a table"),
        (f"{HEAD}extras = ['a', 1]\npackages = []", "extras[1] must be a text"),
        (f"{HEAD}extras = ['../a']\npackages = []", "extras[0] must be a name of letters, digits and `-`, not `../a`"),
        (f"{HEAD}tool = 1\npackages = []", "tool must be a table"),
        (f"{HEAD}requires-python = 'x'\npackages = []", "requires-python is `x`, which is no range of versions"),
        (entry("marker = 'six'"), "packages[0].marker is `six`, which is no environment marker"),
        (entry("version = 'x'"), "packages[0].version is `x`, which is no version"),
        (entry("requires-python = 3"), "packages[0].requires-python must be a text"),
        (entry("dependencies = ['a']"), "packages[0].dependencies[0] must be a table"),
        (entry("dependencies = [{}]"), "packages[0].dependencies[0].name is missing"),
        (entry("tool = []"), "packages[0].tool must be a table"),
        (entry("", wheels=""), "packages[0] must have wheels, sdist, archive, directory or vcs"),
        (entry("", wheels="wheels = []"), "packages[0] must have wheels, sdist, archive, directory or vcs"),
        (entry("directory = { path = '.' }"), "packages[0] must not have both directory and wheels"),
        (entry("directory = {}", wheels=""), "packages[0].directory.path is missing"),
        (
            entry("directory = { path = 'a\\b' }", wheels=""),
            "directory.path must have / between its parts, not \\: `a\\b`",
        ),
        (entry("directory = { path = '' }", wheels=""), "packages[0].directory.path must be a path"),
        (entry("directory = { path = '.', editable = 1 }", wheels=""), "directory.editable must be true or false"),
        (entry("vcs = 1", wheels=""), "packages[0].vcs must be a table"),
        (entry("vcs = { type = 'git', url = 'https://h/x' }", wheels=""), "packages[0].vcs.commit-id is missing"),
        (
            entry("vcs = { type = 'git', commit-id = 'main', url = 'https://h/x' }", wheels=""),
            "packages[0].vcs.commit-id must be a whole commit of git, 40 hexadecimal digits, not `main`",
        ),
        (
            entry(f"vcs = {{ type = 'git', commit-id = '{'1' * 40}' }}", wheels=""),
            "packages[0].vcs must have a url or a path",
        ),
        (
            entry(f"vcs = {{ type = 'git', commit-id = '{'1' * 40}', path = 'a', subdirectory = '../b' }}", wheels=""),
            "packages[0].vcs.subdirectory must be a folder in the source, not `../b`",
        ),
        (
            entry("archive = { url = 'https://h/x.zip' }\ndirectory = { path = '.' }", wheels=""),
            "packages[0] must not have both directory and archive",
        ),
        (entry("archive = { url = 'https://h/x.zip' }", wheels=""), "packages[0].archive.hashes is missing"),
        (
            wheel("url = 'https://h/six-1.17.0-py3-none-any.whl', hashes = {}"),
            "wheels[0].hashes must have one hash at least",
        ),
        (
            wheel("path = 'six-1.17.0-py3-none-any.whl', hashes = { a = 1 }"),
            "wheels[0].hashes must be a table of texts",
        ),
        (
            wheel("path = 'six-1.17.0-py3-none-any.whl', hashes = 'x'"),
            "packages[0].wheels[0].hashes must be a table of texts",
        ),
        (
            wheel("path = 'six-1.17.0-py3-none-any.whl', hashes = { sha256 = '../x' }"),
            "packages[0].wheels[0].hashes.sha256 must have 64 hexadecimal digits",
        ),
        (wheel(f"hashes = {{ sha256 = '{SHA}' }}"), "packages[0].wheels[0] must have a url or a path"),
        (wheel("url = 'six.whl', hashes = { a = 'b' }"), "packages[0].wheels[0].url must be a URL, not `six.whl`"),
        (
            wheel("url = 'https://[h/six.whl', hashes = { a = 'b' }"),
            "wheels[0].url must be a URL, not `https://[h/six.whl`",
        ),
        (wheel("path = 'w/six.zip', hashes = { a = 'b' }"), "packages[0].wheels[0] must name a wheel, not `six.zip`"),
        (
            wheel("name = '../six-1.17.0-py3-none-any.whl', path = 'x', hashes = { a = 'b' }"),
            "packages[0].wheels[0].name must name a wheel, not `../six-1.17.0-py3-none-any.whl`",
        ),
        (
            wheel("path = 'attrs-1.17.0-py3-none-any.whl', hashes = { a = 'b' }"),
            "packages[0].wheels[0] must name a wheel of six, not `attrs-1.17.0-py3-none-any.whl`",
        ),
        (
            wheel("path = 'six-1.16-py3-none-any.whl', hashes = { a = 'b' }"),
            "packages[0].wheels[0] must name a wheel of version 1.17.0, not `six-1.16-py3-none-any.whl`",
        ),
        (
            entry("sdist = { path = 'six.tar.gz', hashes = { a = 'b' } }"),
            "packages[0].sdist must name a source distribution, not `six.tar.gz`",
        ),
        (
            wheel("path = 'six-1.17.0-py3-none-any.whl', size = -1, hashes = { a = 'b' }"),
            "packages[0].wheels[0].size must be a whole number, 0 or more",
        ),
        (
            wheel("path = 'six-1.17.0-py3-none-any.whl', upload-time = 2024-01-01, hashes = { a = 'b' }"),
            "packages[0].wheels[0].upload-time must be a date with a time",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(text, expected):
    told = refusal(text)
    assert told.startswith("/p/pylock.toml is not as PEP 751 says: ")
    assert expected in told


def test_versions_that_are_equal_are_not_compared_as_texts():
    text = wheel(f"path = 'six-1.17-py3-none-any.whl', hashes = {{ sha256 = '{SHA}' }}")
    assert parse(text).packages[0].version == "1.17.0"


def test_a_merge_that_was_not_finished_is_called_so():
    text = f"{HEAD}<<<<<<< HEAD\npackages = []\n=======\n>>>>>>> other\n"
    with pytest.raises(LockError) as caught:
        parse(text)
    assert str(caught.value) == "/p/pylock.toml line 3: `<<<<<<<` begins a conflict that git left when it merged"
    assert caught.value.hints == ("take one side, `git checkout --theirs /p/pylock.toml`, then lock anew",)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a = 1\nb =\n", "/p/pylock.toml line 2 is not TOML: invalid value"),
        (b"a = 1\na = 2", "/p/pylock.toml line 2 is not TOML: cannot overwrite a value"),
        (b"a = 1\nb = '\xff'", "/p/pylock.toml line 2: a byte that is not UTF-8, and TOML must be UTF-8"),
        (b"a = " + b"[" * 5000, "/p/pylock.toml can't be read: its arrays and tables are nested too deeply"),
        (b"a = " + b"1" * 5000, "/p/pylock.toml line 1 is not TOML: exceeds the limit"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(content, expected):
    with pytest.raises(LockError) as caught:
        parse_lock(content, "/p/pylock.toml")
    assert str(caught.value).startswith(expected)


def test_a_marker_that_is_nested_too_deeply_is_a_mistake():
    assert "packages[0].marker is an environment marker that is nested" in refusal(entry(f"marker = '{'(' * 5000}'"))
