"""The layers of settings, weakest first, and the origin of every value."""

import pytest

from capsa.errors import UsageError
from capsa.model.surroundings import Surroundings
from capsa.settings.layer import ProjectSettings, SettingsError, load, read_text
from capsa.settings.place import DEFAULT_INDEX

USER = "/srv/me/.config/capsa/capsa.toml"
PIP = "/srv/me/.config/pip/pip.conf"
PYPROJECT = "/srv/me/demo/pyproject.toml"


def settings(files=None, flags=None, table=None, **variables):
    here = Surroundings(variables=variables, folder="/srv/me/demo/src", home="/srv/me", interpreter="/py")
    project = None if table is None else ProjectSettings(table=table, path=PYPROJECT)
    return load(here, flags=flags or {}, project=project, read=(files or {}).get)


def refusal(*arguments, kind=SettingsError, **named):
    with pytest.raises(kind) as caught:
        settings(*arguments, **named)
    return str(caught.value), caught.value.hints


def test_without_any_layer_everything_is_built_in():
    built_in = settings()
    assert set(built_in.origins.values()) == {"built in"}
    assert built_in.indexes == (DEFAULT_INDEX,)
    assert built_in.cache_dir == "/srv/me/.cache/capsa"
    assert (built_in.timeout, built_in.retries, built_in.index_max_age) == (15.0, 4, 600.0)
    assert (built_in.index_strategy, built_in.link_mode) == ("first-index", "auto")
    assert built_in.prerelease == "if-necessary-or-explicit"
    assert (built_in.proxies, built_in.no_proxy, built_in.cert, built_in.python) == ({}, (), None, None)


LAYERS = [
    ({"files": {PIP: "[global]\ntimeout = 1\n"}}, 1.0, "pip: ~/.config/pip/pip.conf [global]"),
    ({"PIP_TIMEOUT": "2"}, 2.0, "pip: PIP_TIMEOUT"),
    ({"files": {PIP: "[global]\ntimeout = 1\n", USER: "timeout = 3\n"}}, 3.0, "~/.config/capsa/capsa.toml"),
    ({"table": {"timeout": 4}}, 4.0, "~/demo/pyproject.toml [tool.capsa]"),
    (
        {"files": {PIP: "", USER: "", "/srv/me/demo/capsa.toml": "timeout = 4.5\n"}},
        4.5,
        "~/demo/capsa.toml",
    ),
    ({"CAPSA_TIMEOUT": "5"}, 5.0, "CAPSA_TIMEOUT"),
    ({"flags": {"timeout": "6"}}, 6.0, "flag --timeout"),
]


def test_each_layer_outranks_those_before_it():
    given = {}
    for layer, value, origin in LAYERS:
        given |= layer
        found = settings(**given)
        assert (found.timeout, found.origin("timeout")) == (value, origin)


def test_no_config_leaves_files_and_pip_out():
    files = {PIP: "[global]\ntimeout = 1\n", USER: "timeout = 2\n"}
    for bare in ({"CAPSA_NO_CONFIG": "1"}, {"flags": {"no-config": True}}):
        assert settings(files, table={"timeout": 3}, PIP_TIMEOUT="4", **bare).timeout == 15.0
    assert settings(files, CAPSA_NO_CONFIG="false").timeout == 2.0
    assert settings(files, CAPSA_NO_CONFIG="1", CAPSA_TIMEOUT="9").timeout == 9.0


def test_a_named_file_stands_for_the_users():
    files = {USER: "timeout = 1\nretries = 7\n", "/srv/me/demo/other.toml": "timeout = 2\n"}
    found = settings(files, CAPSA_CONFIG_FILE="../other.toml")
    assert (found.timeout, found.retries, found.origin("timeout")) == (2.0, 4, "~/demo/other.toml")
    assert settings(files, flags={"config": "../other.toml"}, CAPSA_NO_CONFIG="1").timeout == 2.0


def test_a_named_file_that_is_not_there_is_a_failure():
    assert refusal(CAPSA_CONFIG_FILE="no.toml")[0] == "CAPSA_CONFIG_FILE names `no.toml`, and there is no such file"
    sentence, _ = refusal(flags={"config": "a", "no-config": True}, kind=UsageError)
    assert sentence == "`--config` and `--no-config` contradict each other"


def test_paths_are_relative_to_where_they_are_written():
    files = {USER: 'cache-dir = "store"\ndata-dir = "~/data"\n', PIP: "[global]\nfind-links = wheels file:///x\n"}
    found = settings(files, table={"cert": "ca.pem"}, CAPSA_CLIENT_CERT="mine.pem")
    assert found.cache_dir == "/srv/me/.config/capsa/store"
    assert found.data_dir == "/srv/me/data"
    assert found.find_links == ("/srv/me/.config/pip/wheels", "file:///x")
    assert found.certificates == ("/srv/me/demo/ca.pem", None)
    assert found.client_cert == "/srv/me/demo/src/mine.pem"


def test_a_folder_may_be_an_index():
    assert settings(flags={"index-url": "./my simple"}).index_url == "file:///srv/me/demo/src/my%20simple"


def test_flags_add_to_lists_and_other_layers_replace_them():
    first, second, third = "https://a.example/", "https://b.example/", "https://c.example/"
    found = settings(
        {PIP: f"[global]\nextra-index-url = {first}\n"},
        flags={"extra-index-url": [third, first]},
        table={"extra-index-url": [second]},
    )
    assert found.indexes == (third, first, second, DEFAULT_INDEX)
    assert found.origin("extra-index-url") == "flag --extra-index-url, then ~/demo/pyproject.toml [tool.capsa]"
    assert settings({PIP: f"[global]\nextra-index-url = {first}\n"}, table={"extra-index-url": []}).indexes == (
        DEFAULT_INDEX,
    )


def test_no_index_asks_none():
    assert settings(PIP_NO_INDEX="yes", PIP_EXTRA_INDEX_URL="https://a.example").indexes == ()


def test_pre_allows_prereleases_and_other_flags_are_passed_over():
    found = settings(flags={"pre": True, "dry-run": True})
    assert (found.prerelease, found.origin("prerelease")) == ("allow", "flag --pre")


def test_certificates_of_the_system_are_weaker_than_pips():
    found = settings(SSL_CERT_FILE="/ca.pem", SSL_CERT_DIR="/certs")
    assert (found.cert, found.origin("cert")) == ("/ca.pem", "SSL_CERT_FILE")
    assert settings(SSL_CERT_FILE="/ca.pem", PIP_CERT="/pip.pem").cert == "/pip.pem"


def test_a_folder_of_certificates_is_told_apart(tmp_path):
    assert settings(SSL_CERT_DIR=str(tmp_path)).certificates == (None, str(tmp_path))


def test_proxies_come_from_the_setting_else_from_the_variables():
    found = settings(HTTPS_PROXY="http://big:1", https_proxy="http://small:1", HTTP_PROXY="http://h:1", NO_PROXY="a, b")
    assert found.proxies == {"https": "http://small:1", "http": "http://h:1"}
    assert (found.proxy, found.origin("proxy")) == ("http://small:1", "https_proxy")
    assert found.no_proxy == ("a", "b")
    assert settings(HTTPS_PROXY="http://big:1", PIP_PROXY="http://p:1").proxies == {"all": "http://p:1"}
    assert settings(HTTP_PROXY="http://h:1").proxies == {"http": "http://h:1"}


def test_every_key_has_its_variable():
    found = settings(
        CAPSA_INDEX_URL="https://a.example",
        CAPSA_EXTRA_INDEX_URL="https://b.example https://c.example",
        CAPSA_NO_INDEX="off",
        CAPSA_INDEX_STRATEGY="version-priority",
        CAPSA_INDEX_MAX_AGE="0",
        CAPSA_OFFLINE="TRUE",
        CAPSA_LINK_MODE="copy",
        CAPSA_RETRIES="0",
        CAPSA_PYTHON="3.12",
        CAPSA_CACHE_DIR="",
    )
    assert found.indexes == ("https://b.example", "https://c.example", "https://a.example")
    assert (found.index_strategy, found.index_max_age, found.offline) == ("version-priority", 0.0, True)
    assert (found.link_mode, found.retries, found.python) == ("copy", 0, "3.12")
    assert found.origin("cache-dir") == "built in"


WRONG_IN_FILES = [
    ('timeout = "abc"', "`timeout` must be a number of seconds, not `abc`"),
    ('timeout = "3"', "`timeout` must be a number of seconds, not `3`"),
    ("timeout = true", "`timeout` must be a number of seconds, not true"),
    ("timeout = nan", "`timeout` must be a number of seconds, not nan"),
    ("retries = 1.5", "`retries` must be a whole number, 0 or more, not 1.5"),
    ("offline = 1", "`offline` must be true or false, not 1"),
    ('find-links = "x"', "`find-links` must be a list of addresses or paths, not `x`"),
    ("cache-dir = []", "`cache-dir` must be a path, not a list"),
    ('startup-code = "allow"', "`startup-code` must be one of note, ask, deny, not `allow`"),
    ('link-mode = "soft"', "`link-mode` must be one of auto, reflink, hardlink, copy, not `soft`"),
    (
        'index-url = "index.example"',
        (
            "`index-url` must be an address that begins with https://, or a path that begins with ./ or /, "
            "not `index.example`"
        ),
    ),
    ("[proxy]", "`proxy` must be a text, not a table"),
]


@pytest.mark.parametrize(("line", "sentence"), WRONG_IN_FILES)
def test_a_wrong_value_is_named_with_its_file_and_key(line, sentence):
    assert refusal({USER: line}) == (f"~/.config/capsa/capsa.toml: {sentence}", ())


def test_an_unknown_key_gets_the_nearest_as_hint():
    sentence, hints = refusal(table={"index_url": "x"})
    assert sentence == "~/demo/pyproject.toml [tool.capsa]: `index_url` is not a setting"
    assert hints == ("write `index-url`",)
    assert refusal({USER: "colour = 1"})[1] == ("see every setting: `capsa config show`",)


def test_what_a_project_says_of_itself_is_no_setting():
    assert settings(table={"default-groups": ["dev"], "package": False, "retries": 1}).retries == 1
    assert refusal({USER: "package = false"})[0] == "~/.config/capsa/capsa.toml: `package` is not a setting"


def test_everything_that_is_wrong_is_told_at_once():
    sentence, _ = refusal({PIP: "[global]\ntimeout = x\n"}, PIP_NO_INDEX="perhaps", CAPSA_OFFLINE="maybe")
    assert sentence == (
        "PIP_NO_INDEX must be yes or no (1 or 0), not `perhaps`; "
        "pip: ~/.config/pip/pip.conf [global]: `timeout` must be a number of seconds, not `x`; "
        "CAPSA_OFFLINE must be yes or no (1 or 0), not `maybe`"
    )


def test_a_wrong_flag_is_wrong_usage():
    assert refusal(flags={"timeout": "soon"}, kind=UsageError)[0] == "--timeout must be a number of seconds, not `soon`"
    assert refusal(CAPSA_NO_CONFIG="perhaps")[0] == "CAPSA_NO_CONFIG must be yes or no (1 or 0), not `perhaps`"


def test_a_file_that_is_no_toml_is_named():
    assert refusal({USER: "timeout ="})[0].startswith("~/.config/capsa/capsa.toml can't be read: Invalid value")


def test_secrets_are_shown_as_stars():
    found = settings(
        PIP_INDEX_URL="https://me:secret@index.example/simple?key=secret",
        PIP_EXTRA_INDEX_URL="https://token@index.example/ https://index.example/a@b",
    )
    rows = {row.key: row for row in found.rows()}
    assert rows["index-url"].value == "https://me:****@index.example/simple?****"
    assert rows["extra-index-url"].value == ["https://****@index.example/", "https://index.example/a@b"]
    assert found.index_url == "https://me:secret@index.example/simple?key=secret"
    assert "secret" not in refusal({USER: 'timeout = "https://me:secret@x/"'})[0]


def test_rows_name_every_key_in_order():
    keys = [row.key for row in settings().rows()]
    assert keys == sorted(keys)
    assert len(keys) == 26
    with pytest.raises(KeyError):
        settings().get("origins")


def test_files_are_read_as_utf8_and_a_missing_one_is_none(tmp_path):
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfx = 1")
    assert read_text(str(tmp_path / "a")) == "x = 1"
    assert read_text(str(tmp_path / "b")) is None
    assert read_text(str(tmp_path / "a" / "b")) is None


@pytest.mark.parametrize("seconds", ["0", "-0.0", "1e11", "86400.5"])
def test_a_timeout_that_no_socket_can_take_is_refused(seconds):
    sentence = f"CAPSA_TIMEOUT must be more than 0 and no more than 86400 seconds, not `{seconds}`"
    assert refusal(CAPSA_TIMEOUT=seconds)[0] == sentence


def test_a_timeout_may_be_a_day_and_a_page_may_always_be_asked_for():
    found = settings(CAPSA_TIMEOUT="86400", CAPSA_INDEX_MAX_AGE="0")
    assert (found.timeout, found.index_max_age) == (86_400.0, 0.0)


def test_a_number_beyond_all_floats_is_refused_in_toml_too():
    assert "`timeout` must be a number of seconds" in refusal({USER: f"timeout = 1{'0' * 400}\n"})[0]
