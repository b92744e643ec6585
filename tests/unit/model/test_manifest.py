"""What an archive consists of, and where its members go."""

import marshal

import pytest

from capsa.model.manifest import Manifest

FACTS = {
    "project": "six",
    "release": "1.17.0",
    "filename": "six-1.17.0-py2.py3-none-any.whl",
    "sha256": "ab" * 32,
    "size": 11_050,
    "requires_python": "",
    "is_purelib": True,
    "info": "six-1.17.0.dist-info",
    "files": [("six.py", 34_703, 0, 0o444, "cd" * 32)],
    "record": ("six-1.17.0.dist-info/RECORD", 120, 0, 0o444, "ef" * 32),
    "console_scripts": [("six", "six:main")],
    "gui_scripts": [],
}


def test_a_manifest_survives_marshal():
    manifest = Manifest(marshal.loads(marshal.dumps(FACTS)))
    assert manifest.facts() == FACTS
    assert manifest.files[0][0] == "six.py"


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_that_is_missing_is_noticed(name):
    with pytest.raises(KeyError):
        Manifest({key: value for key, value in FACTS.items() if key != name})


@pytest.mark.parametrize(
    ("path", "is_purelib", "place"),
    [
        ("six.py", True, ("purelib", "six.py")),
        ("six.py", False, ("platlib", "six.py")),
        ("a/b.data/scripts/c", True, ("purelib", "a/b.data/scripts/c")),
        ("six-1.17.0.data/scripts/tool", True, ("scripts", "tool")),
        ("six-1.17.0.data/data/share/x", False, ("data", "share/x")),
        ("six-1.17.0.data/purelib/six.py", False, ("purelib", "six.py")),
        ("notes.data", True, ("purelib", "notes.data")),
    ],
)
def test_a_member_has_a_scheme_key_and_a_path_below_it(path, is_purelib, place):
    assert Manifest(FACTS | {"is_purelib": is_purelib}).destination(path) == place
