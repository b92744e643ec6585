"""The nouns of a lock: its names, its times, what it was made from."""

import pytest

from capsa.model.lock import Lock, canonical_time, is_lock_name


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("pylock.toml", True),
        ("pylock.tool.toml", True),
        ("pylock.my-tool_2.toml", True),
        ("pylock.a.b.toml", False),
        ("pylock..toml", False),
        ("pylock.toml.bak", False),
        ("my.pylock.toml", False),
        ("Pylock.toml", False),
        ("requirements.txt", False),
    ],
)
def test_a_lock_is_known_by_its_name(name, is_one):
    assert is_lock_name(name) is is_one


@pytest.mark.parametrize(
    ("tool", "digest"),
    [({"capsa": {"inputs": "ab"}}, "ab"), ({"capsa": {"inputs": 1}}, None), ({"capsa": "x"}, None), ({}, None)],
)
def test_a_lock_tells_what_capsa_made_it_from(tool, digest):
    assert Lock(packages=(), created_by="x", tool=tool).inputs == digest


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2024-12-04T17:35:28Z", "2024-12-04T17:35:28Z"),
        ("2024-12-04T18:35:28+01:00", "2024-12-04T17:35:28Z"),
        ("2024-12-04T17:35:28", "2024-12-04T17:35:28Z"),
        ("0001-01-01T00:00:00+23:00", None),
        ("yesterday", None),
    ],
)
def test_times_are_written_in_one_way(text, canonical):
    assert canonical_time(text) == canonical
