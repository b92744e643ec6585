"""What a lock changes in a box."""

import pytest

from capsa.model.distribution import Distribution
from capsa.model.installed import Installed
from capsa.model.metadata import Metadata
from capsa.model.plan import Plan, diff, exchange, removal
from capsa.model.solution import Chosen, Solution


def locked(name, version="1.0", *, url=None):
    filename = f"{name}-{version}-py3-none-any.whl"
    distribution = Distribution(
        project=name, version=version, filename=filename, url=f"https://index.example/{filename}", tags="py3-none-any"
    )
    return Chosen(distribution=distribution, direct_url=url)


def installed(name, version="1.0", *, url=None):
    return Installed(
        metadata=Metadata(name=name, version=version),
        info=f"lib/{name}-{version}.dist-info",
        direct_url={"url": url} if url else None,
    )


def rows(plan):
    return [(change.action, change.name) for change in plan.changes]


def test_what_is_missing_comes_what_differs_is_replaced_and_the_rest_stays():
    old = (installed("A_b", "1.0"), installed("kept"), installed("unnamed"))
    plan = diff(Solution(packages=(locked("new"), locked("kept"), locked("a-b", "2.0"))), old)
    assert rows(plan) == [("replace", "a-b"), ("install", "new")]
    assert plan.kept == ("kept",)
    assert [package.version for package in plan.incoming] == ["2.0", "1.0"]
    assert [distribution.version for distribution in plan.leaving] == ["1.0"]


def test_nothing_to_do_is_an_empty_plan():
    assert diff(Solution(packages=(locked("a"),)), (installed("a"),)) == Plan(changes=(), kept=("a",))


def test_a_package_is_put_in_anew_where_that_is_asked_for():
    lock = Solution(packages=(locked("a"), locked("b"), locked("new")))
    plan = diff(lock, (installed("a"), installed("b")), reinstall=frozenset({"a", "new"}))
    assert rows(plan) == [("replace", "a"), ("install", "new")]


@pytest.mark.parametrize("written", ["2024.05.15", "2024.5.15", "v2024.5.15", "2024.5.15.0"])
def test_the_same_version_in_other_words_is_the_same(written):
    assert diff(Solution(packages=(locked("a", "2024.5.15"),)), (installed("a", written),)).changes == ()


@pytest.mark.parametrize("written", ["1.0.post1", "1.0+local", "no version at all"])
def test_another_version_is_another(written):
    assert rows(diff(Solution(packages=(locked("a", "1.0"),)), (installed("a", written),))) == [("replace", "a")]


@pytest.mark.parametrize(
    ("wanted", "present", "is_kept"),
    [
        (None, None, True),
        (None, "file:///a.whl", True),
        ("file:///a.whl", "file:///a.whl", True),
        ("file:///a.whl", None, False),
        ("file:///a.whl", "file:///b.whl", False),
    ],
)
def test_a_direct_url_is_replaced_by_another_and_kept_where_none_is_asked_for(wanted, present, is_kept):
    plan = diff(Solution(packages=(locked("a", url=wanted),)), (installed("a", url=present),))
    assert (plan.changes == ()) is is_kept


COMMIT = "0123456789abcdef0123456789abcdef01234567"
PRESENT = {"url": "https://example.org/a.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}


@pytest.mark.parametrize(("commit", "is_kept"), [(COMMIT, True), (COMMIT[::-1], False)])
def test_a_commit_is_the_same_whatever_branch_led_to_it(commit, is_kept):
    address = "git+https://example.org/a.git"
    source = Distribution(project="a", version="1.0", filename="a.git", url=f"{address}@{commit}")
    old = Installed(metadata=Metadata(name="a", version="1.0"), info="x", direct_url=PRESENT)
    plan = diff(Solution(packages=(Chosen(distribution=source, direct_url=f"{address}@main"),)), (old,))
    assert (plan.changes == ()) is is_kept


@pytest.mark.parametrize(("was", "wanted"), [(True, False), (False, True), (True, True), (False, False)])
def test_a_link_to_a_folder_and_a_copy_of_it_are_not_the_same(was, wanted):
    source = Distribution(project="a", version="1.0", filename="a", url="file:///p/a")
    document = {"url": "file:///p/a", "dir_info": {"editable": True} if was else {}}
    old = Installed(metadata=Metadata(name="a", version="1.0"), info="x", direct_url=document)
    chosen = Chosen(distribution=source, direct_url="file:///p/a", is_editable=wanted)
    assert (diff(Solution(packages=(chosen,)), (old,)).changes == ()) is (was == wanted)


def test_a_removal_takes_out_by_name():
    plan = removal((installed("b"), installed("A")))
    assert rows(plan) == [("remove", "a"), ("remove", "b")]
    assert plan.incoming == ()
    assert len(plan.leaving) == 2


def test_a_lock_is_asked_by_name():
    lock = Solution(packages=(locked("a"), locked("b", "2.0")))
    assert lock.package("b").version == "2.0"
    assert lock.package("c") is None


def test_an_exchange_puts_exactly_these_in_and_takes_exactly_those_out():
    plan = exchange((locked("c"), locked("b", "2.0")), (installed("b"), installed("a"), installed("b", "0.9")), ["d"])
    assert rows(plan) == [
        ("remove", "a"), ("replace", "b"), ("remove", "b"), ("install", "c"),
    ]  # fmt: skip
    assert plan.kept == ("d",)
