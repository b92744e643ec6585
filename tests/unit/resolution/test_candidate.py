"""Which file of a release is taken, and why none is."""

import pytest

from capsa.model.build import ALL, BuildRules
from capsa.model.distribution import Distribution
from capsa.resolution.candidate import HashRule, Judge
from capsa.resolution.reason import NoFile, NoWheel, SourceOnly, WheelOnly, WrongHash, WrongPython, Yanked
from capsa.testing.catalog import World, make_target
from capsa.value import replace

_JUDGE = Judge(make_target("3.11.7"))


def _files(*texts, **facts):
    release = {"files": list(texts), **facts}
    return World({"app": {"1.0": release}}).files("app", "1.0")


def _choose(*texts, is_pinned=False, hashes=None, **facts):
    return _JUDGE.choose(_files(*texts, **facts), is_pinned=is_pinned, hashes=hashes)


def _choose_under(files, *, no_build=(), no_binary=(), is_given=False):
    rules = BuildRules(no_build=frozenset(no_build), no_binary=frozenset(no_binary))
    return Judge(make_target("3.11.7"), rules).choose(files, is_given=is_given)


def test_the_wheel_with_the_most_wanted_tag_is_taken():
    chosen = _choose("sdist", "py3-none-any", "cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-win_amd64")
    assert chosen.tags == "cp311-cp311-manylinux_2_17_x86_64"


def test_compressed_tags_count_by_their_best():
    assert _choose("py3-none-any", "cp39.cp311-none.cp311-any.linux_x86_64").tags.startswith("cp39.cp311")


def test_of_equal_tags_the_greatest_build_is_taken():
    files = [f"app-1.0-{build}py3-none-any.whl" for build in ("", "2-", "10-", "10a-")]
    assert _choose(*files).filename == "app-1.0-10a-py3-none-any.whl"


def test_no_wheel_fits_and_the_reason_names_those_there_are():
    assert _choose("cp311-cp311-win_amd64") == NoWheel(
        title="CPython 3.11.7 on linux-x86_64", tags=("cp311-cp311-win_amd64",)
    )
    assert _JUDGE.choose((), is_pinned=False) == NoFile()


def test_a_source_distribution_is_taken_where_no_wheel_fits_and_a_tar_before_a_zip():
    assert _choose("sdist").filename == "app-1.0.tar.gz"
    assert _choose("cp311-cp311-win_amd64", "sdist").filename == "app-1.0.tar.gz"
    assert _choose("app-1.0.zip", "app-1.0.tar.gz").filename == "app-1.0.tar.gz"
    assert _choose("app-1.0.zip").filename == "app-1.0.zip"


def test_a_source_distribution_must_admit_this_python():
    assert _choose("sdist", **{"requires-python": ">=3.12"}) == WrongPython(wanted=">=3.12", python="3.11.7")


@pytest.mark.parametrize(("named", "rule"), [("app", "--only-binary app"), (ALL, "--no-build")])
def test_what_may_not_be_built_is_refused_by_the_name_of_the_rule(named, rule):
    title, windows = "CPython 3.11.7 on linux-x86_64", "cp311-cp311-win_amd64"
    assert _choose_under(_files("sdist"), no_build=[named]) == SourceOnly(rule=rule)
    refused = NoWheel(title=title, tags=(windows,), rule=rule)
    assert _choose_under(_files(windows, "sdist"), no_build=[named]) == refused
    assert _choose_under(_files("sdist", "py3-none-any"), no_build=[named]).tags == "py3-none-any"
    assert _choose_under(_files("sdist"), no_build=["other"]).filename == "app-1.0.tar.gz"


@pytest.mark.parametrize(("named", "rule"), [("app", "--no-binary app"), (ALL, "--no-binary :all:")])
def test_what_must_be_built_is_taken_as_source_although_there_is_a_wheel(named, rule):
    assert _choose_under(_files("py3-none-any", "sdist"), no_binary=[named]).filename == "app-1.0.tar.gz"
    assert _choose_under(_files("py3-none-any"), no_binary=[named]) == WheelOnly(rule=rule)
    assert isinstance(_choose_under(_files("cp311-cp311-win_amd64"), no_binary=[named]), NoWheel)


def test_a_name_is_an_exception_to_all():
    both = _files("py3-none-any", "sdist")
    assert _choose_under(both, no_build=[ALL], no_binary=["app"]).filename == "app-1.0.tar.gz"
    assert _choose_under(both, no_build=["app"], no_binary=[ALL]).tags == "py3-none-any"


def test_rules_of_builds_say_nothing_of_a_file_that_the_user_names_nor_of_what_is_installed():
    wheel, source = _files("py3-none-any"), _files("sdist")
    assert _choose_under(wheel, no_binary=[ALL], is_given=True) == wheel[0]
    assert _choose_under(source, no_build=[ALL], is_given=True) == source[0]
    installed = replace(wheel[0], url="")
    assert _choose_under((installed,), no_binary=[ALL]) == installed


def test_the_python_wanted_is_named():
    assert _choose("py3-none-any", **{"requires-python": ">=3.12"}) == WrongPython(wanted=">=3.12", python="3.11.7")


@pytest.mark.parametrize("text", [None, "", ">=3.8", "~=3.11", "nonsense", "!=3.11.6"])
def test_a_requires_python_that_admits_the_target_or_can_not_be_read_is_no_hindrance(text):
    assert _JUDGE.fits_python(text)


@pytest.mark.parametrize("text", ["<3", ">=3.11.8", "!=3.11.*", "<3.11"])
def test_a_requires_python_may_have_any_operator(text):
    assert not _JUDGE.fits_python(text)


def test_the_version_of_an_untagged_build_counts_without_its_plus():
    assert Judge(replace(make_target(), python="3.11.7+")).fits_python("==3.11.7")


def test_yanked_files_are_taken_only_where_pinned_and_where_there_are_no_others():
    assert _choose("py3-none-any", yanked="bad") == Yanked(reason="bad")
    assert _choose("py3-none-any", yanked="bad", is_pinned=True).yanked == "bad"
    good, yanked = _files("app-1.0-py3-none-any.whl")[0], _files("app-1.0-1-py3-none-any.whl", yanked=True)[0]
    assert _JUDGE.choose((good, yanked), is_pinned=True) == good
    windows = replace(good, tags="cp311-cp311-win_amd64")
    assert _JUDGE.choose((windows, yanked), is_pinned=True) == yanked


def test_a_file_must_have_one_of_the_hashes_that_are_demanded():
    rule = HashRule(sha256s=frozenset({"aa", "bb"}), origin="requirements.txt line 2")
    wheel = _files("py3-none-any")[0]
    assert _JUDGE.choose((replace(wheel, sha256="bb"),), is_pinned=False, hashes=rule) == replace(wheel, sha256="bb")
    refused = WrongHash(origin="requirements.txt line 2")
    assert _JUDGE.choose((replace(wheel, sha256="cc"),), is_pinned=False, hashes=rule) == refused
    assert _JUDGE.choose((wheel,), is_pinned=False, hashes=rule) == refused


def test_the_hash_decides_between_wheel_and_source_distribution():
    wheel, source = _files("py3-none-any", "sdist")
    wheel, source = replace(wheel, sha256="aa"), replace(source, sha256="bb")
    rule = HashRule(sha256s=frozenset({"bb"}), origin="requirements.txt line 2")
    assert _JUDGE.choose((wheel, source), hashes=rule) == source
    both = replace(rule, sha256s=frozenset({"aa", "bb"}))
    assert _JUDGE.choose((wheel, source), hashes=both) == wheel
    neither = replace(rule, sha256s=frozenset({"cc"}))
    assert _JUDGE.choose((source,), hashes=neither) == WrongHash(origin="requirements.txt line 2")


def test_a_file_without_a_hash_gets_the_only_one_that_is_demanded_to_be_held_against_it():
    rule = HashRule(sha256s=frozenset({"aa"}), origin="requirements.txt line 2")
    chosen = _choose("py3-none-any", hashes=rule)
    assert isinstance(chosen, Distribution)
    assert chosen.sha256 == "aa"
