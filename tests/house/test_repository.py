"""The checkout as others find it: set-up in two commands, documents whose links hold, nothing of one machine in it."""

import ast
import os
import re
import subprocess
import sys
import tomllib

import pytest

from house.sources import ROOT, python_files, read

SKIPPED = {".git", ".dev", ".venv", "__pycache__", "dist", "site", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
# Put together from parts, so that this file does not hold what it forbids.
HOSTS = tuple(".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("pypi", "python", "org")))
FOLDERS = ("/" + "root/", "/" + "work/", "/tmp/" + "notes", "/" + "Users/runner")
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "STYLE.md", "SECURITY.md", "CHANGELOG.md", "LICENSE")


def texts():
    """Return the path and text of every file of the checkout that git would know."""
    for place, folders, files in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.startswith(".hypothesis"))
        for name in sorted(files):
            path = os.path.join(place, name)
            with open(path, "rb") as stream:
                content = stream.read()
            if b"\0" not in content and name != ".git":
                yield os.path.relpath(path, ROOT), content.decode("utf-8", "replace")


def betrayed(text, words):
    """Return which of some words a text holds, and on which line."""
    return [
        f"line {number}: {word}" for number, line in enumerate(text.splitlines(), 1) for word in words if word in line
    ]


def broken_links(path, text):
    """Return the links of a Markdown text that lead to no file of the checkout."""
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", plain):
        if "://" not in target and not os.path.exists(os.path.join(ROOT, os.path.dirname(path), target)):
            yield f"{path}: {target}"


def test_no_file_names_a_registry():
    assert {path: found for path, text in texts() if (found := betrayed(text, HOSTS))} == {}


def test_no_file_names_a_folder_of_one_machine():
    own = [ROOT + os.sep] if len(ROOT) > 8 else []
    assert {path: found for path, text in texts() if (found := betrayed(text, [*FOLDERS, *own]))} == {}


def test_a_registry_and_a_folder_are_noticed():
    assert betrayed(f"see https://{HOSTS[0]}/x", HOSTS)
    assert betrayed(f"cd {FOLDERS[0]}x", FOLDERS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_documents_are_there(name):
    assert len(read(os.path.join(ROOT, name))) > 200


def test_links_between_documents_hold():
    assert [link for path, text in texts() if path.endswith(".md") for link in broken_links(path, text)] == []


def test_a_broken_link_is_noticed():
    assert list(broken_links("README.md", "see [that](docs/nowhere.md#part)"))
    assert not list(broken_links("README.md", "see [that](pyproject.toml) and [more](https://index.example/)"))


def test_no_document_is_empty():
    assert [path for path, text in texts() if path.endswith(".md") and len(text.split()) < 30] == []


def test_the_readme_sets_up_with_two_commands():
    blocks = re.findall(r"```sh\n(.*?)```", read(os.path.join(ROOT, "README.md")), flags=re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines() if "dev.py" in line]
    assert [command.split("  ")[0].strip() for command in commands] == ["python3 dev.py demo", "python3 dev.py test"]


def test_dev_py_offers_only_what_is_real():
    done = subprocess.run(
        [sys.executable, os.path.join(ROOT, "dev.py"), "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    assert re.findall(r"^    (\w+)  ", done.stdout, flags=re.MULTILINE) == [
        "demo",
        "test",
        "lint",
        "docs",
        "install",
        "bench",
    ]


def test_dev_py_and_its_parts_need_the_standard_library_alone():
    parts = python_files(os.path.join(ROOT, "workshop"))
    files = ["dev.py", *(path for path in parts if not path.endswith("mypy_plugin.py"))]  # that is loaded by mypy
    tops = set()
    for file in files:
        for node in ast.walk(ast.parse(read(os.path.join(ROOT, file)))):
            if isinstance(node, ast.Import):
                tops |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                tops.add(node.module.split(".")[0])
    assert tops - set(sys.stdlib_module_names) <= {"workshop", "capsa"}


def test_dev_py_runs_without_a_single_library():
    code = "import sys; sys.path.insert(0, sys.argv[1]); import workshop.environment, workshop.bench.verb"
    subprocess.run([sys.executable, "-I", "-S", "-c", code, ROOT], check=True, timeout=60)


def test_ci_runs_lint_and_then_the_tests():
    lines = [line for line in read(os.path.join(ROOT, ".ci", "run")).splitlines() if line and not line.startswith("#")]
    assert lines[-2:] == ["python3 dev.py lint", "exec python3 dev.py test"]
    assert os.access(os.path.join(ROOT, ".ci", "run"), os.X_OK)


def test_every_ignored_rule_has_its_reason():
    text = read(os.path.join(ROOT, "pyproject.toml"))
    for code in tomllib.loads(text)["tool"]["ruff"]["lint"]["ignore"]:
        assert re.search(rf'"{code}",\s+# \w', text), f"{code} is ignored without a reason beside it"


def test_every_benchmark_is_listed():
    scripts = {name for name in os.listdir(os.path.join(ROOT, "benchmarks")) if name.endswith(".py")}
    listed = re.findall(r"^\| `(\w+\.py)`", read(os.path.join(ROOT, "benchmarks", "README.md")), re.MULTILINE)
    assert set(listed) == scripts


def test_each_decision_has_its_figures_and_its_place_in_the_list():
    folder = os.path.join(ROOT, "docs", "adr")
    pages = sorted(name for name in os.listdir(folder) if re.match(r"\d{4}-", name))
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", read(os.path.join(folder, "README.md")))
    assert listed == pages
    for name in pages:
        assert re.search(r"\d+(\.\d+)? ?(ms|s|MB|µs|us|%)", read(os.path.join(folder, name))), f"{name} has no figures"
