import pytest

from capsa.builder.static import project_metadata, static_metadata

INFO = (
    "Metadata-Version: 2.2\nName: A_b\nVersion: 1.0\nRequires-Dist: c>=1\nRequires-Python: >=3.8\nProvides-Extra: x\n"
)


def static(text):
    return static_metadata(text.encode(), "A_b 1.0")


def test_new_pkg_info_without_dynamic_fields_counts():
    metadata = static(INFO + "Dynamic: License\nDynamic: Summary\n\nDynamic: Requires-Dist\n")
    assert (metadata.project, metadata.version, metadata.requires) == ("a-b", "1.0", ("c>=1",))
    assert (metadata.requires_python, metadata.extras) == (">=3.8", ("x",))


@pytest.mark.parametrize("field", ["Requires-Dist", "requires-python", "Provides-Extra", "Version"])
def test_a_needed_field_that_is_dynamic_leaves_it_to_the_backend(field):
    assert static(f"{INFO}Dynamic: {field}\n") is None


@pytest.mark.parametrize("version", ["1.0", "2.1", "", "two", "2.2.1"])
def test_older_pkg_info_promises_nothing(version):
    assert static(INFO.replace("Metadata-Version: 2.2", f"Metadata-Version: {version}")) is None


def test_pkg_info_of_later_versions_counts():
    assert static(INFO.replace("2.2", "2.10")) is not None


@pytest.mark.parametrize("text", ["", "\n", "Metadata-Version: 2.2\nName: a\n", INFO.replace("1.0", "one")])
def test_pkg_info_that_is_not_whole_leaves_it_to_the_backend(text):
    assert static(text) is None


def project(text, version=""):
    return project_metadata(text.encode(), "pyproject.toml", version)


def test_a_project_that_states_everything_needs_no_build():
    metadata = project(
        """
        [project]
        name = "A_b"
        version = "1.0"
        description = "Words"
        requires-python = ">=3.8"
        dependencies = ["c>=1; python_version<'3.12'", "d @ https://host.example/d;x.zip"]
        urls = { "Home page" = "https://a.example" }
        dynamic = ["readme"]
        [project.optional-dependencies]
        X_y = ["e[f]>=2", "g; sys_platform=='linux' or sys_platform=='darwin'",
               "h @ https://host.example/h ; os_name=='nt'"]
        empty = []
        """
    )
    assert (metadata.project, metadata.version, metadata.requires_python) == ("a-b", "1.0", ">=3.8")
    assert metadata.requires == (
        "c>=1; python_version<'3.12'",
        "d @ https://host.example/d;x.zip",
        'e[f]>=2; extra == "x-y"',
        "g; (sys_platform=='linux' or sys_platform=='darwin') and extra == \"x-y\"",
        "h @ https://host.example/h ; (os_name=='nt') and extra == \"x-y\"",
    )
    assert metadata.extras == ("x-y", "empty")
    assert metadata.details == {"summary": "Words", "home-page": "https://a.example"}


def test_a_project_without_dependencies_has_none():
    metadata = project('[project]\nname = "a"\nversion = "1"')
    assert (metadata.requires, metadata.requires_python, metadata.extras) == ((), None, ())


def test_a_version_that_is_known_stands_in_for_a_dynamic_one():
    text = '[project]\nname = "a"\ndynamic = ["version"]'
    assert project(text) is None
    assert project(text, "2.0").version == "2.0"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[tool.x]",
        "not toml",
        "project = 1",
        '[project]\nname = "a"',
        '[project]\nversion = "1"',
        '[project]\nname = "a"\nversion = "one"',
        '[project]\nname = "a b"\nversion = "1"',
        '[project]\nname = 1\nversion = "1"',
        '[project]\nname = "a"\nversion = "1"\nrequires-python = 3',
        '[project]\nname = "a"\nversion = "1"\ndependencies = "b"',
        '[project]\nname = "a"\nversion = "1"\ndependencies = [1]',
        '[project]\nname = "a"\nversion = "1"\ndependencies = ["b c"]',
        '[project]\nname = "a"\nversion = "1"\noptional-dependencies = ["b"]',
        '[project]\nname = "a"\nversion = "1"\noptional-dependencies = { x_y = [], x-y = [] }',
        '[project]\nname = "a"\nversion = "1"\ndynamic = ["dependencies"]',
        '[project]\nname = "a"\nversion = "1"\ndynamic = ["optional-dependencies"]',
        '[project]\nname = "a"\nversion = "1"\ndynamic = ["requires-python"]',
        '[project]\nname = "a"\nversion = "1"\n[tool.poetry.dependencies]\nb = "^1"',
    ],
)
def test_whatever_is_dynamic_or_odd_leaves_it_to_the_backend(text):
    assert project(text) is None
