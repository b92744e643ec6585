import os

from capsa.cache.page import write_page
from capsa.cache.seed import forget_seeds, is_sha256, read_manifest, read_seed, write_manifest, write_seed
from capsa.cache.store import Store
from capsa.model.manifest import VERSION, Manifest

SHA = "ab" + "0" * 62
FACTS = {
    "project": "pip",
    "release": "26.3",
    "filename": "pip-26.3-py3-none-any.whl",
    "sha256": SHA,
    "size": 10,
    "requires_python": ">=3.9",
    "is_purelib": True,
    "info": "pip-26.3.dist-info",
    "files": [("pip/__init__.py", 0, 1, 0o444, "e" * 64)],
    "record": ("pip-26.3.dist-info/RECORD", 1, 1, 0o444, "f" * 64),
    "console_scripts": [("pip", "pip:main")],
    "gui_scripts": [],
}


def test_a_seed_is_remembered_for_each_python(tmp_path):
    root = str(tmp_path / "cache")
    assert read_seed(root, "3.12") is None
    write_seed(root, "3.12", SHA)
    assert read_seed(root, "3.12") == SHA
    assert read_seed(root, "3.11") is None
    assert os.path.exists(f"{root}/CACHEDIR.TAG")
    forget_seeds(root)
    assert read_seed(root, "3.12") is None
    forget_seeds(root)


def test_a_pointer_that_is_no_hash_is_none(tmp_path):
    root = str(tmp_path)
    for wrong in ("../../etc/passwd", "AB" + "0" * 62, 7, None):
        write_page(f"{Store(root).seed()}/3.12", wrong)
        assert read_seed(root, "3.12") is None


def test_a_manifest_comes_back_as_it_was(tmp_path):
    root = str(tmp_path)
    write_manifest(Store(root).archive(SHA), Manifest(FACTS))
    manifest = read_manifest(root, SHA)
    assert manifest is not None
    assert manifest.facts() == FACTS


def test_a_manifest_of_another_version_or_with_a_fact_missing_is_none(tmp_path):
    root = str(tmp_path)
    path = f"{Store(root).archive(SHA)}/manifest"
    less = {name: value for name, value in FACTS.items() if name != "info"}
    for wrong in ({"version": VERSION + 1, **FACTS}, {"version": VERSION, **less}, FACTS, [1], None):
        write_page(path, wrong)
        assert read_manifest(root, SHA) is None


def test_a_name_that_is_no_hash_is_not_looked_for(tmp_path):
    assert read_manifest(str(tmp_path), "../../x") is None
    assert not is_sha256("A" * 64)
    assert is_sha256(SHA)
