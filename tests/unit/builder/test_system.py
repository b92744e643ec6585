import pytest

from capsa.builder.system import BuildSystem, read_build_system
from capsa.errors import BuildError

LEGACY = BuildSystem(requires=("setuptools>=40.8.0",), backend="setuptools.build_meta:__legacy__")


def read(tmp_path, text=None):
    if text is not None:
        (tmp_path / "pyproject.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_build_system(str(tmp_path), "a 1.0")


def test_the_table_names_backend_and_requirements(tmp_path):
    (tmp_path / "in" / "tree").mkdir(parents=True)
    text = '[build-system]\nrequires = ["b>=1"]\nbuild-backend = "b.api:main.it"\nbackend-path = ["in/tree", "."]'
    assert read(tmp_path, text) == BuildSystem(
        requires=("b>=1",), backend="b.api:main.it", backend_path=("in/tree", ".")
    )


def test_a_tree_without_the_table_is_built_by_setuptools(tmp_path):
    assert read(tmp_path, "[tool.x]") == LEGACY


def test_a_setup_py_alone_is_built_by_setuptools(tmp_path):
    (tmp_path / "setup.py").write_text("")
    assert read(tmp_path) == LEGACY


def test_without_a_backend_setuptools_is_added_where_it_is_not_required(tmp_path):
    assert read(tmp_path, '[build-system]\nrequires = ["b"]').requires == ("b", "setuptools>=40.8.0")
    assert read(tmp_path, '[build-system]\nrequires = ["Setuptools<60"]').requires == ("Setuptools<60",)


def test_what_is_no_source_is_a_sentence(tmp_path):
    with pytest.raises(BuildError) as caught:
        read(tmp_path)
    assert str(caught.value) == "a 1.0 can't be built: it has neither pyproject.toml nor setup.py"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("build-system = 1", ": build-system must be a table, not a number"),
        ("[build-system]", ": the key build-system.requires is missing"),
        (
            '[build-system]\nrequires = "b"',
            ": the key build-system.requires must be a list of texts, not a text",
        ),
        ("[build-system]\nrequires = [1]", ": the key build-system.requires must hold only texts, not a number"),
        (
            "[build-system]\nrequires = []\nbuild-backend = [1]",
            ": the key build-system.build-backend must be a text, not a list",
        ),
        (
            '[build-system]\nrequires = []\nbuild-backend = "a; b"',
            ": build-system.build-backend is `a; b`, which is not `module:object`",
        ),
        (
            '[build-system]\nrequires = []\nbackend-path = "."',
            ": the key build-system.backend-path must be a list of texts, not a text",
        ),
        (
            '[build-system]\nrequires = []\nbackend-path = [".."]',
            ": build-system.backend-path leads to `..`, outside of the source",
        ),
        (
            '[build-system]\nrequires = []\nbackend-path = ["/"]',
            ": build-system.backend-path leads to `/`, outside of the source",
        ),
        (
            '[build-system]\nrequires = []\nbackend-path = ["link"]',
            ": build-system.backend-path leads to `link`, outside of the source",
        ),
        (
            '[build-system]\nrequires = []\nbackend-path = ["gone"]',
            ": build-system.backend-path names `gone`, and there is no such folder",
        ),
        ("x = 1\nx = ", " line 2 is not TOML: invalid value"),
        (b"# \n\xff", " line 2: a byte that is not UTF-8, and TOML must be UTF-8"),
    ],
)
def test_a_table_that_is_wrong_is_a_sentence_with_file_and_key(tmp_path, text, reason):
    (tmp_path / "link").symlink_to(tmp_path.parent)
    with pytest.raises(BuildError) as caught:
        read(tmp_path, text)
    assert str(caught.value) == f"pyproject.toml of a 1.0{reason}"


def test_a_requirement_that_is_none_is_quoted(tmp_path):
    with pytest.raises(
        BuildError, match=r"^pyproject.toml of a 1.0: build-system.requires: `b c` is not a requirement"
    ):
        read(tmp_path, '[build-system]\nrequires = ["b c"]')
