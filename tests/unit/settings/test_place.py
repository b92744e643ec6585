"""The folders of capsa, and when the fast path may trust them."""

import pytest

from capsa.model.surroundings import Surroundings
from capsa.settings.place import cache_folder, cache_root, config_folder, data_folder, data_root, user_file


def surroundings(folder="/desk", home="/srv/me", platform="linux", **variables):
    return Surroundings(variables=variables, folder=str(folder), home=str(home), interpreter="/py", platform=platform)


def test_linux_follows_the_xdg_specification():
    here = surroundings()
    assert cache_folder(here) == "/srv/me/.cache/capsa"
    assert data_folder(here) == "/srv/me/.local/share/capsa"
    assert config_folder(here) == "/srv/me/.config/capsa"
    assert cache_folder(surroundings(XDG_CACHE_HOME="/fast/")) == "/fast/capsa"


def test_a_relative_xdg_variable_counts_as_not_set():
    assert cache_folder(surroundings(XDG_CACHE_HOME="fast")) == "/srv/me/.cache/capsa"


def test_macos_and_windows_have_their_own_places():
    mac = surroundings(home="/Users/me", platform="darwin")
    assert cache_folder(mac) == "/Users/me/Library/Caches/capsa"
    assert user_file(mac) == "/Users/me/Library/Application Support/capsa/capsa.toml"
    windows = surroundings(home=r"C:\Users\me", platform="win32", LOCALAPPDATA=r"D:\local")
    assert cache_folder(windows) == r"D:\local\capsa"
    assert user_file(windows) == r"C:\Users\me\AppData\Roaming\capsa\capsa.toml"


def test_without_settings_files_variables_alone_give_the_cache(tmp_path):
    assert cache_root(surroundings(tmp_path, tmp_path)) == f"{tmp_path}/.cache/capsa"
    assert cache_root(surroundings(tmp_path, tmp_path, CAPSA_CACHE_DIR="../store")) == f"{tmp_path.parent}/store"


def test_a_variable_names_the_data_folder(tmp_path):
    assert data_root(surroundings(tmp_path, tmp_path)) == f"{tmp_path}/.local/share/capsa"
    assert data_root(surroundings(tmp_path, tmp_path, CAPSA_DATA_DIR="../data")) == f"{tmp_path.parent}/data"
    assert data_root(surroundings(tmp_path, tmp_path, CAPSA_DATA_DIR="~/data")) == f"{tmp_path}/data"


def test_a_users_settings_file_makes_the_fast_path_step_aside(tmp_path):
    (tmp_path / ".config/capsa").mkdir(parents=True)
    (tmp_path / ".config/capsa/capsa.toml").write_text("")
    assert cache_root(surroundings(tmp_path, tmp_path)) is None
    assert cache_root(surroundings(tmp_path, tmp_path, CAPSA_NO_CONFIG="1")) == f"{tmp_path}/.cache/capsa"


@pytest.mark.parametrize("content", ["[tool.capsa]\n", '[tool."\\u0063apsa"]\n'])
def test_a_project_that_may_speak_of_capsa_makes_the_fast_path_step_aside(tmp_path, content):
    (tmp_path / "pyproject.toml").write_text(content)
    (tmp_path / "below").mkdir()
    assert cache_root(surroundings(tmp_path / "below", tmp_path)) is None


def test_any_other_project_does_not(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "demo"\n')
    assert cache_root(surroundings(tmp_path, tmp_path)) == f"{tmp_path}/.cache/capsa"
    (tmp_path / "capsa.toml").write_text("")
    assert cache_root(surroundings(tmp_path, tmp_path)) is None


@pytest.mark.parametrize("variable", [{"CAPSA_CONFIG_FILE": "x.toml"}, {"CAPSA_NO_CONFIG": "yes"}])
def test_a_variable_about_files_is_left_to_the_slow_path(tmp_path, variable):
    assert cache_root(surroundings(tmp_path, tmp_path, **variable)) is None
