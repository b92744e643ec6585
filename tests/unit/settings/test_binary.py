"""What the layers say of wheels and builds, put together."""

import pytest

from capsa.errors import UsageError
from capsa.model.surroundings import Surroundings
from capsa.settings.layer import ProjectSettings, SettingsError, load

USER = "/srv/me/.config/capsa/capsa.toml"


def settings(text="", flags=None, table=None, **variables):
    here = Surroundings(variables=variables, folder="/srv/me/demo", home="/srv/me", interpreter="/py")
    project = None if table is None else ProjectSettings(table=table, path="/srv/me/demo/pyproject.toml")
    return load(here, flags=flags or {}, project=project, read={USER: text}.get)


def binaries(*arguments, **named):
    found = settings(*arguments, **named)
    return found.only_binary, found.no_binary


def test_no_build_is_only_binary_all_by_another_name():
    found = settings(flags={"no-build": True})
    assert (found.no_build, found.only_binary, found.no_binary) == (True, (":all:",), ())
    assert {found.origin("no-build"), found.origin("only-binary")} == {"flag --no-build"}
    assert settings(CAPSA_NO_BUILD="1").no_build
    assert settings("no-build = true").only_binary == (":all:",)
    assert settings(table={"only-binary": [":all:"]}).no_build
    assert not settings("no-build = true", CAPSA_NO_BUILD="0").no_build
    assert settings('only-binary = ["a"]', table={"no-build": False}).only_binary == ("a",)


def test_flags_add_to_lists_and_other_layers_replace_them():
    assert binaries('only-binary = ["a"]', table={"only-binary": ["b"]}) == (("b",), ())
    assert binaries('only-binary = ["a"]', flags={"only-binary": ["B_b,c"]}) == (("a", "b-b", "c"), ())
    assert binaries('only-binary = ["a"]', flags={"only-binary": [":none:", "c"]}) == (("c",), ())
    assert binaries(CAPSA_NO_BINARY="a,b c") == ((), ("a", "b", "c"))


def test_what_is_named_on_one_side_leaves_the_other_side_of_weaker_layers():
    assert binaries('no-binary = ["a", "b"]', flags={"only-binary": ["a"]}) == (("a",), ("b",))
    assert binaries('no-binary = ["a", "b"]', flags={"no-build": True}) == ((":all:",), ())
    assert binaries("no-build = true", flags={"no-binary": ["a"]}) == ((":all:",), ("a",))
    assert binaries("no-build = true", flags={"no-binary": [":all:"]}) == ((), (":all:",))


def test_within_a_layer_names_are_exceptions_to_all():
    for table in ({"no-binary": ["a"], "no-build": True}, {"no-build": True, "no-binary": ["a"]}):
        assert binaries(table=table) == ((":all:",), ("a",))
        assert binaries(flags={key: value if value is True else list(value) for key, value in table.items()}) == (
            (":all:",),
            ("a",),
        )
    assert binaries(CAPSA_NO_BINARY=":all:", CAPSA_ONLY_BINARY="a") == (("a",), (":all:",))


def test_a_layer_that_contradicts_itself_is_told_so():
    with pytest.raises(UsageError) as caught:
        settings(flags={"only-binary": ["a,b"], "no-binary": ["b"]})
    assert str(caught.value) == "--only-binary and --no-binary both name `b`"
    with pytest.raises(UsageError) as caught:
        settings(flags={"no-build": True, "no-binary": [":all:"]})
    assert str(caught.value) == "--no-build and --no-binary together leave nothing to install"
    with pytest.raises(SettingsError) as caught:
        settings('only-binary = ["a"]\nno-binary = ["a"]', CAPSA_TIMEOUT="x")
    assert str(caught.value) == (
        "~/.config/capsa/capsa.toml: `only-binary` and ~/.config/capsa/capsa.toml: `no-binary` both name `a`; "
        "CAPSA_TIMEOUT must be a number of seconds, not `x`"
    )


def test_the_origin_is_that_of_the_words_that_hold():
    found = settings('no-binary = ["a", "b"]\nonly-binary = ["c"]', flags={"only-binary": ["a"]})
    assert found.origin("only-binary") == "flag --only-binary, then ~/.config/capsa/capsa.toml"
    assert found.origin("no-binary") == "~/.config/capsa/capsa.toml"
    assert settings('no-binary = ["a"]', flags={"no-build": True}).origin("no-binary") == "flag --no-build"
    assert settings('no-binary = ["a"]', flags={"no-binary": ["a"]}).origin("no-binary") == "flag --no-binary"
    assert settings(CAPSA_NO_BINARY="a").origin("only-binary") == "built in"


@pytest.mark.parametrize("value", [["a==1"], "a", [1], True])
def test_a_list_that_can_not_be_read_is_named(value):
    with pytest.raises(SettingsError) as caught:
        settings(table={"no-binary": value})
    start = "~/demo/pyproject.toml [tool.capsa]: `no-binary` must be a list of project names, or `:all:`, or `:none:`"
    assert str(caught.value).startswith(start)


def test_rows_show_them():
    rows = {row.key: row for row in settings(CAPSA_NO_BUILD="1", CAPSA_NO_BUILD_ISOLATION="1").rows()}
    assert (rows["no-build"].value, rows["no-build"].origin) == (True, "CAPSA_NO_BUILD")
    assert (rows["only-binary"].value, rows["only-binary"].origin) == ([":all:"], "CAPSA_NO_BUILD")
    assert (rows["no-binary"].value, rows["no-binary"].origin) == ([], "built in")
    assert rows["no-build-isolation"].value is True


def test_settings_of_backends_are_pairs_in_order():
    assert settings(flags={"config-settings": ["a=b", "a=c=d", "e="]}).config_settings == ("a=b", "a=c=d", "e=")
    assert settings(CAPSA_CONFIG_SETTINGS="a=b 'c=d e'").config_settings == ("a=b", "c=d e")
    table = {"config-settings": {"--build-option": ["-x", "-y"], "editable_mode": "compat"}}
    assert settings(table=table).config_settings == ("--build-option=-x", "--build-option=-y", "editable_mode=compat")
    assert settings('config-settings = ["a=b"]').config_settings == ("a=b",)


def test_a_setting_of_a_backend_takes_the_place_of_weaker_ones_of_its_key():
    found = settings('config-settings = ["a=1", "b=2"]', flags={"config-settings": ["a=3", "a=4"]})
    assert found.config_settings == ("a=3", "a=4", "b=2")
    assert found.origin("config-settings") == "flag --config-settings, then ~/.config/capsa/capsa.toml"
    assert settings('config-settings = ["a=1"]', flags={"config-settings": ["a=3"]}).config_settings == ("a=3",)
    assert settings('config-settings = ["a=1"]', CAPSA_CONFIG_SETTINGS="b=2").config_settings == ("b=2",)


@pytest.mark.parametrize("value", ["x", ["x"], ["=x"], [1], {"a": 1}, {"a": [True]}, 1, [" = "]])
def test_a_setting_of_a_backend_needs_key_and_value(value):
    with pytest.raises(SettingsError) as caught:
        settings(table={"config-settings": value})
    assert "`config-settings` must be KEY=VALUE, for each one, not" in str(caught.value)


def test_a_variable_with_an_open_quote_is_named():
    with pytest.raises(SettingsError, match=r"^CAPSA_CONFIG_SETTINGS must be "):
        settings(CAPSA_CONFIG_SETTINGS="a='b")
