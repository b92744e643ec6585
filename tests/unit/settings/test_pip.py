"""pip's layer, in pip's own order."""

import os

import pytest

from capsa.model.surroundings import Surroundings
from capsa.settings.pip import SettingsError, pip_files, pip_values


def surroundings(platform="linux", home="/srv/me", **variables):
    return Surroundings(variables=variables, folder="/desk", home=home, interpreter="/py", platform=platform)


def told(files, here=None):
    return {
        value.key: (value.text, value.origin, value.folder) for value in pip_values(here or surroundings(), files.get)
    }


def test_files_are_read_from_the_systems_to_the_users():
    assert pip_files(surroundings(XDG_CONFIG_DIRS="/a:/b")) == (
        "/a/pip/pip.conf",
        "/b/pip/pip.conf",
        "/etc/pip.conf",
        "/srv/me/.pip/pip.conf",
        "/srv/me/.config/pip/pip.conf",
    )


def test_a_named_file_replaces_the_users_and_the_null_device_replaces_all(tmp_path):
    named = tmp_path / "pip.conf"
    named.write_text("")
    assert pip_files(surroundings(PIP_CONFIG_FILE=str(named)))[-2:] == ("/etc/pip.conf", str(named))
    assert pip_files(surroundings(PIP_CONFIG_FILE=os.devnull)) == ()


def test_macos_and_windows_have_their_own_files():
    mac = pip_files(surroundings("darwin", home="/Users/nobody"))
    assert mac[0] == "/Library/Application Support/pip/pip.conf"
    assert mac[-1] == "/Users/nobody/.config/pip/pip.conf"
    windows = pip_files(surroundings("win32", home=r"C:\Users\me", PROGRAMDATA=r"C:\ProgramData"))
    assert windows[0] == r"C:\ProgramData\pip\pip.ini"
    assert windows[-1] == r"C:\Users\me\AppData\Roaming\pip\pip.ini"


def test_values_know_their_file_section_and_folder():
    files = {"/srv/me/.config/pip/pip.conf": "[global]\nindex_url = https://index.example/simple\n[list]\nformat = x\n"}
    assert told(files) == {
        "index-url": (
            "https://index.example/simple",
            "pip: ~/.config/pip/pip.conf [global]",
            "/srv/me/.config/pip",
        )
    }


def test_a_section_outranks_a_file():
    files = {
        "/etc/pip.conf": "[install]\ntimeout = 1\n[global]\nproxy = weak\n",
        "/srv/me/.config/pip/pip.conf": "[global]\ntimeout = 2\nproxy = strong\n",
    }
    values = told(files)
    assert values["timeout"][:2] == ("1", "pip: /etc/pip.conf [install]")
    assert values["proxy"][0] == "strong"


def test_variables_outrank_files_and_an_empty_one_counts_as_not_set():
    files = {"/etc/pip.conf": "[global]\ntimeout = 1\nproxy = p\n"}
    here = surroundings(PIP_DEFAULT_TIMEOUT="7", PIP_PROXY="", PIP_DISABLE_PIP_VERSION_CHECK="1")
    values = told(files, here)
    assert values["timeout"] == ("7", "pip: PIP_DEFAULT_TIMEOUT", "/desk")
    assert values["proxy"][0] == "p"


def test_an_empty_value_hides_a_weaker_one():
    files = {"/etc/pip.conf": "[global]\nproxy = p\n", "/srv/me/.pip/pip.conf": "[global]\nproxy =\n"}
    assert told(files) == {}


def test_several_values_stand_on_lines_of_their_own():
    files = {"/etc/pip.conf": "[global]\nfind-links =\n    /wheels\n    /more\n"}
    assert told(files)["find-links"][0].split() == ["/wheels", "/more"]


def test_a_broken_file_is_named():
    with pytest.raises(SettingsError) as caught:
        told({"/srv/me/.pip/pip.conf": "timeout = 1\n"})
    assert str(caught.value).startswith("pip's settings file ~/.pip/pip.conf can't be read: ")
    assert caught.value.hints == ("mend the file, or do without pip's settings: `CAPSA_NO_CONFIG=1`",)


def test_a_file_that_may_not_be_opened_is_passed_over_as_pip_does():
    def read(path):
        if path == "/etc/pip.conf":
            raise PermissionError(path)

    assert pip_values(surroundings(), read) == ()
