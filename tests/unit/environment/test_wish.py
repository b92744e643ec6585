import pytest

from capsa.environment.wish import Wish, check_wish, config_text, program_names, prompt_text
from capsa.errors import UsageError
from support.box import interpreter


def wish(root="/box", **more):
    return Wish(root=root, interpreter=more.pop("python", interpreter()), **more)


def test_pyvenv_cfg_says_what_venv_and_virtualenv_say():
    text = config_text(wish(prompt="it's", has_system_site=True))
    assert text == (
        "home = /opt/python/bin\n"
        "include-system-site-packages = true\n"
        "version = 3.11.7\n"
        'prompt = "it\'s"\n'
        "executable = /opt/python/bin/python3.11\n"
        "command = capsa create -p /opt/python/bin/python3.11 --system-site-packages '--prompt=it'\\''s' /box\n"
        "implementation = CPython\n"
        "version_info = 3.11.7.final.0\n"
        "soabi = cpython-311-x86_64-linux-gnu\n"
        "capsa = 0.1.0\n"
    )


def test_without_a_prompt_and_without_an_abi():
    text = config_text(wish(python=interpreter(soabi="")))
    assert "prompt" not in text
    assert "soabi" not in text


@pytest.mark.parametrize(
    ("more", "options"),
    [
        ({}, ""),
        ({"is_copy": True, "is_cleared": True}, "--copies --clear "),
        ({"is_upgraded": True}, "--upgrade "),
        ({"is_allowed_existing": True, "prompt": "-x"}, "--prompt=-x --allow-existing "),
    ],
)
def test_the_command_has_every_option_that_was_asked_for(more, options):
    assert f"command = capsa create -p /opt/python/bin/python3.11 {options}/box\n" in config_text(wish(**more))


def test_who_makes_a_box_for_himself_says_so_on_one_line():
    assert "command = capsa, for /a?b?c\n" in config_text(wish(command="capsa, for /a\nb\udcffc"))


def test_what_cannot_be_printed_stands_in_the_command_as_escapes():
    text = config_text(wish(root="/a\t1'\udcff\x85b", prompt="p\udcfe"))
    assert text.isascii()
    assert r"$'/a\0111\'\377\302\205b'" in text
    assert r"prompt = 'p\udcfe'" in text


@pytest.mark.parametrize(
    ("version", "shown"),
    [("3.14.0rc1", "candidate.1"), ("3.14.0a7", "alpha.7"), ("3.14.0b2+", "beta.2"), ("3.14.0+", "final.0")],
)
def test_a_prerelease_is_written_as_python_counts_it(version, shown):
    text = config_text(wish(python=interpreter(version=version, version_info=[3, 14, 0])))
    assert f"version_info = 3.14.0.{shown}\n" in text


@pytest.mark.parametrize("root", ["/a\nb", "/a\rb", "/a\0b", "/a:b"])
def test_paths_that_would_break_files_or_path_are_refused(root):
    with pytest.raises(UsageError, match="can't hold a box"):
        check_wish(wish(root))


def test_the_separator_is_that_of_the_platform():
    check_wish(wish("C:/box", python=interpreter(platform="win32")))
    with pytest.raises(UsageError, match="`;` separates"):
        check_wish(wish("C:/b;x", python=interpreter(platform="win32")))


@pytest.mark.parametrize("prompt", ["a\nb", "\x1b]0;x\x07", "\x7f"])
def test_prompts_with_control_characters_are_refused(prompt):
    with pytest.raises(UsageError, match="control character"):
        check_wish(wish(prompt=prompt))


@pytest.mark.parametrize("prompt", ["it's", "$(x)", "`x`", "%", "漢字", "a b"])
def test_any_other_prompt_is_taken(prompt):
    check_wish(wish(prompt=prompt))


def test_a_dot_is_the_name_of_the_current_folder():
    assert prompt_text(".", "/srv/me/project") == "project"
    assert prompt_text("x", "/srv/me/project") == "x"
    assert prompt_text("", "/srv/me/project") == ""


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        ({}, ["python3", "python3.11"]),
        ({"is_free_threaded": True, "version_info": [3, 13, 0]}, ["python3", "python3.13", "python3.13t"]),
        ({"is_debug": True}, ["python3", "python3.11", "python3.11d"]),
        ({"is_debug": True, "is_free_threaded": True}, ["python3", "python3.11", "python3.11td"]),
        (
            {"implementation": "pypy", "version_info": [3, 9, 16]},
            ["python3", "python3.9", "pypy", "pypy3", "pypy3.9"],
        ),
    ],
)
def test_the_python_has_every_name_it_goes_by(facts, names):
    assert program_names(interpreter(**facts)) == names


@pytest.mark.parametrize(
    ("facts", "has"),
    [({}, True), ({"bits": 32}, False), ({"platform": "darwin"}, False), ({"platform": "win32"}, False)],
)
def test_lib64_is_where_venv_makes_it(facts, has):
    assert wish(python=interpreter(**facts)).has_lib64 is has
