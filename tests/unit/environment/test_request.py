"""The words of what `sync` and `run` ask of a box."""

import pytest

from capsa.environment.request import satisfying, settings_word, sync_words


def words(values=None, *, is_exact=True, variables=None):
    return sync_words(values or {}, root="/srv/demo", variables=variables or {}, is_exact=is_exact)


def test_a_plain_request_names_the_project_and_the_settings():
    assert words() == ("exact", "current", "project /srv/demo", settings_word({}))
    assert words(is_exact=False)[0] == "inexact"


def test_what_is_selected_counts_in_any_order():
    assert words({"group": ["b", "a"], "no-dev": True}) == words({"no-dev": True, "group": ["a", "b", "a"]})
    assert words({"group": ["a"]}) != words({"extra": ["a"]}) != words({"no-group": ["a"]}) != words()
    assert words({"no-install-project": True}) != words()


@pytest.mark.parametrize("key", ["quiet", "locked", "module", "command", "no-color", "with", "env-file", "verbose"])
def test_what_has_no_say_in_the_box_has_none_in_the_words(key):
    assert words({key: True}) == words()


@pytest.mark.parametrize("key", ["python", "index-url", "dry-run", "check", "reinstall", "lock", "env", "no-config"])
def test_what_can_not_be_told_in_words_is_never_noted(key):
    assert words({key: "x"}) == ()


def test_what_contradicts_itself_is_never_noted():
    assert words({"frozen": True, "locked": True}) == ()


def test_variables_that_settings_come_from_count_and_others_do_not():
    assert words(variables={"CAPSA_PYTHON": "3.12"}) != words()
    assert words(variables={"PIP_INDEX_URL": "https://index.example"}) != words()
    assert words(variables={"PATH": "/bin"}) == words()
    assert settings_word({"CAPSA_A": "1", "CAPSA_B": "2"}) != settings_word({"CAPSA_A": "1", "CAPSA_B": "3"})
    assert settings_word({"CAPSA_A": "\udcff"})


def test_a_stronger_request_that_is_met_meets_a_weaker_one():
    strong, weak = words(), words({"frozen": True}, is_exact=False)
    assert satisfying(strong) == [list(strong)]
    assert satisfying(weak)[0] == list(weak)
    assert list(strong) in satisfying(weak)
    assert len(satisfying(weak)) == 4
