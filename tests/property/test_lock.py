"""Locks: what is written reads back as it was, any content ends in a lock or a sentence, and markers tell the truth."""

from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from capsa.errors import LockError
from capsa.model.distribution import Distribution
from capsa.model.lock import (
    Lock,
    LockedArchive,
    LockedCommit,
    LockedFile,
    LockedFolder,
    LockedPackage,
    canonical_time,
)
from capsa.model.requirement import parse_requirement
from capsa.model.selection import Selection
from capsa.model.solution import Chosen, Solution
from capsa.project.lock_file import parse_lock
from capsa.project.lock_text import format_lock
from capsa.resolution.choice import select
from capsa.resolution.reach import LockDetails, Roots, environment_marker, lock_of
from capsa.testing.catalog import make_target
from capsa.value import replace

TARGET = make_target()
NAMES = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3})?", fullmatch=True)
NAME_LISTS = st.lists(NAMES, unique=True, max_size=3).map(sorted).map(tuple)
TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=8)
PATHS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\\\0"), min_size=1, max_size=8)
URLS = st.builds("https://h.example/{}".format, st.from_regex(r"[a-z0-9%?#.=/-]{1,10}", fullmatch=True))
PLACES = st.one_of(
    st.fixed_dictionaries({"url": URLS, "path": st.none()}),
    st.fixed_dictionaries({"url": st.none(), "path": PATHS}),
    st.fixed_dictionaries({"url": URLS, "path": PATHS}),
)
SHA256 = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
HASHES = st.one_of(
    st.fixed_dictionaries({"sha256": SHA256}),
    st.dictionaries(st.from_regex(r"[a-z0-9 _]{1,6}x", fullmatch=True), TEXTS.map(str.lower), min_size=1, max_size=2),
)
TIMES = st.none() | st.datetimes().map(lambda moment: canonical_time(moment.isoformat()))
MARKERS = st.none() | st.sampled_from(
    ["'a' in extras", "python_version >= '3.8'", "os_name == 'nt' or os_name == '\"'"]
)
SUBDIRECTORIES = st.none() | st.sampled_from(["lib", "a b/c"])
SCALARS = st.one_of(
    TEXTS, st.integers(), st.booleans(), st.floats(allow_nan=False), st.datetimes(), st.dates(), st.times()
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2))
TABLES = st.dictionaries(TEXTS, VALUES, max_size=2)


def files(name, version, *endings):
    filename = st.sampled_from([f"{name.replace('-', '_')}-{version}{ending}" for ending in endings])
    size = st.none() | st.integers(min_value=0)
    return st.builds(build_file, filename, place=PLACES, hashes=HASHES, size=size, upload_time=TIMES)


def build_file(name, *, place, hashes, size, upload_time):
    return LockedFile(name=name, hashes=hashes, size=size, upload_time=upload_time, **place)


@st.composite
def directs(draw):
    place, subdirectory = draw(PLACES), draw(SUBDIRECTORIES)
    kind = draw(st.integers(0, 2))
    if kind == 0:
        return LockedFolder(path=draw(PATHS), is_editable=draw(st.booleans()), subdirectory=subdirectory)
    if kind == 1:
        commit, revision = draw(st.from_regex(r"[0-9a-f]{40}", fullmatch=True)), draw(st.none() | TEXTS)
        return LockedCommit(
            kind="git", commit_id=commit, requested_revision=revision, subdirectory=subdirectory, **place
        )
    return LockedArchive(hashes=draw(HASHES), upload_time=draw(TIMES), subdirectory=subdirectory, **place)


@st.composite
def packages(draw):
    name = draw(NAMES)
    version = draw(st.sampled_from(["1.0", "2.0.post1", "3!1.0+local.1"]))
    package = LockedPackage(
        name=name,
        version=draw(st.none() | st.just(version)),
        marker=draw(MARKERS),
        requires_python=draw(st.none() | st.sampled_from(["", ">=3.8,<4", "==3.*"])),
        dependencies=draw(NAME_LISTS),
        index=draw(st.none() | URLS),
        tool=draw(TABLES),
    )
    if draw(st.booleans()):
        return replace(package, direct=draw(directs()))
    whl = draw(
        st.lists(files(name, version, "-py3-none-any.whl", "-1-cp311-cp311-win32.whl"), max_size=2, unique_by=str)
    )
    sdist = draw(files(name, version, ".tar.gz", ".zip")) if not whl or draw(st.booleans()) else None
    return replace(package, wheels=tuple(sorted(whl, key=lambda file: file.name)), sdist=sdist)


LOCKS = st.builds(
    Lock,
    packages=st.lists(packages(), max_size=3).map(
        lambda found: tuple(sorted(found, key=lambda one: (one.name, one.version or "", one.marker or "")))
    ),
    created_by=TEXTS,
    requires_python=st.none() | st.just(">=3.8"),
    environments=st.lists(st.just("os_name == 'posix'"), max_size=2).map(tuple),
    extras=NAME_LISTS,
    dependency_groups=NAME_LISTS,
    default_groups=NAME_LISTS,
    tool=TABLES,
)


@settings(deadline=None)
@given(LOCKS)
def test_what_is_written_reads_back_as_it_was(lock):
    text = format_lock(lock)
    again = parse_lock(text.encode(), "pylock.toml")
    assert again == lock
    assert format_lock(again) == text


WORDS = st.sampled_from(
    [
        *('lock-version = "1.0"', 'created-by = "x"', "packages = []", "[[packages]]", 'name = "six"', 'version = "1"'),
        *(
            "[tool]",
            "[packages.vcs]",
            "sdist = {}",
            "directory = 1",
            "archive = { path = 'x' }",
            "type = 'git'",
            "=",
            "x",
        ),
        *("marker = 'x'", "url = 'file:'", "hashes = {}", "size = 1e3", "<<<<<<< a", "[[wheels]]", "wheels = [{}]"),
        'wheels = [{ url = "https://h/six-1-py3-none-any.whl", hashes = { sha256 = "x" } }]',
    ]
)


@settings(deadline=None)
@given(st.binary() | st.lists(WORDS, max_size=12).map(lambda lines: "\n".join(lines).encode()))
@example(b"lock-version = '1.0'\n[[packages]]\nname = 'a'\nwheels = [{ url = 'https://[/x' }]")
@example(b"lock-version = '1.0'\n[[packages]]\nname = 'a'\nwheels = [{ upload-time = 0001-01-01T00:00:00+01:00 }]")
def test_any_content_is_a_lock_or_a_sentence(content):
    try:
        answer = format_lock(parse_lock(content, "pylock.toml"))
    except LockError as error:
        answer = str(error)
    assert answer.startswith(("pylock.toml ", "lock-version = "))


PROJECTS = "abcdef"
KEYS = [*PROJECTS, *(f"{name}[x]" for name in PROJECTS)]
DEMANDS = st.lists(st.sampled_from([*PROJECTS, "a[x]", "b[x]", "c; os_name == 'nt'"]), max_size=2)


@st.composite
def solved(draw):
    """A solution with random edges, and roots that lead somewhere in it."""
    edges = {key: draw(st.lists(st.sampled_from(KEYS), max_size=2)) for key in KEYS}
    for name in PROJECTS:
        edges[f"{name}[x]"].append(name)
    chosen = tuple(
        Chosen(
            distribution=Distribution(
                project=name,
                version="1",
                filename=f"{name}-1-py3-none-any.whl",
                url=f"https://h.example/{name}-1-py3-none-any.whl",
                sha256="ab" * 32,
                tags="py3-none-any",
            ),
            dependencies=tuple({key[0] for key in (*edges[name], *edges[f"{name}[x]"])} - {name}),
        )
        for name in PROJECTS
    )
    lists = [tuple(parse_requirement(text) for text in draw(DEMANDS)) for _ in range(5)]
    roots = Roots(
        requirements=lists[0], extras={"e1": lists[1], "e2": lists[2]}, groups={"g1": lists[3], "g2": lists[4]}
    )
    return Solution(packages=chosen, edges={key: tuple(to) for key, to in edges.items()}), roots


def led_to(demands, edges):
    """The projects that some demands lead to, the slow way: until nothing is added any more."""
    keys = {key for demand in demands if demand.marker is None for key in (demand.name, *names_of_extras(demand))}
    while (more := keys | {to for key in keys for to in edges[key]}) != keys:
        keys = more
    return {key[0] for key in keys}


def names_of_extras(demand):
    return [f"{demand.name}[{extra}]" for extra in demand.extras]


@settings(deadline=None, max_examples=40)
@given(solved())
def test_every_choice_of_extras_and_groups_gets_exactly_what_it_demands(case):
    solution, roots = case
    lock = lock_of(solution, roots, LockDetails(target=TARGET, folder="/p"))
    lists = [("extras", *item) for item in roots.extras.items()] + [("groups", *item) for item in roots.groups.items()]
    unreached = set(PROJECTS) - led_to(
        [*roots.requirements, *(d for _, _, found in lists for d in found)], solution.edges
    )
    for wanted in product([False, True], repeat=len(lists)):
        chosen = [one for one, is_wanted in zip(lists, wanted, strict=True) if is_wanted]
        selection = Selection(
            extras=frozenset(name for kind, name, _ in chosen if kind == "extras"),
            groups=frozenset(name for kind, name, _ in chosen if kind == "groups"),
        )
        found = {package.name for package in select(lock, TARGET, selection, folder="/p").packages}
        demands = [*roots.requirements, *(demand for _, _, demanded in chosen for demand in demanded)]
        assert found - unreached == led_to(demands, solution.edges)


@settings(deadline=None, max_examples=30)
@given(solved(), st.sampled_from(["linux", "darwin", "win32"]), st.sampled_from(["3.8.20", "3.11.7", "3.14.0"]))
def test_a_lock_is_for_the_environment_it_was_solved_for_and_for_no_other(case, platform, python):
    solution, roots = case
    target = make_target(python, platform)
    lock = lock_of(solution, roots, LockDetails(target=target, folder="/p"))
    assert parse_lock(format_lock(lock).encode(), "x") == lock
    assert lock.environments == (environment_marker(target),)
    here = select(lock, target, Selection(extras=frozenset(roots.extras), groups=frozenset(roots.groups)), folder="/p")
    assert [package.distribution for package in here.packages] == [one.distribution for one in solution.packages]
    for other in (make_target("3.12.1", platform), make_target(python, "linux" if platform != "linux" else "win32")):
        with pytest.raises(LockError, match=f"this box is {other.title}"):
            select(lock, other, Selection(), folder="/p")
