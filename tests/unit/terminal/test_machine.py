"""Settings and the store, as text and as documents, each asserted whole."""

from capsa.model import outcome as made
from capsa.terminal.show import document, text
from capsa.terminal.style import Style

PLAIN = Style(folder="/desk", home="/srv/me")

SETTINGS = made.SettingsOutcome(
    settings=(
        made.SettingRow(key="cert", value=None, origin="built in"),
        made.SettingRow(key="extra-index-url", value=["https://a.example", "https://b.example"], origin="flag"),
        made.SettingRow(key="offline", value=True, origin="CAPSA_OFFLINE"),
        made.SettingRow(key="timeout", value=15.0, origin="built in"),
    )
)


def test_settings_are_a_table_with_origins():
    assert text(SETTINGS, PLAIN) == (
        "setting          value                                origin\n"
        "cert             -                                    built in\n"
        "extra-index-url  https://a.example https://b.example  flag\n"
        "offline          true                                 CAPSA_OFFLINE\n"
        "timeout          15                                   built in\n"
    )
    assert document(SETTINGS)["settings"][1] == {
        "key": "extra-index-url",
        "value": ["https://a.example", "https://b.example"],
        "origin": "flag",
    }


def cache(action):
    buckets = (
        made.BucketRow(name="archive-v1", files=27000, size=620_000_000),
        made.BucketRow(name="listing-v1", files=1, size=999),
    )
    return made.CacheOutcome(action=action, folder="/srv/me/.cache/capsa", buckets=buckets)


def test_the_cache_tells_its_place_and_size():
    assert text(cache("dir"), PLAIN) == "/srv/me/.cache/capsa\n"
    assert text(cache("size"), PLAIN) == (
        "archive-v1  27000 files  620.0 MB\nlisting-v1  1 file       999 B\n27001 files, 620.0 MB in ~/.cache/capsa\n"
    )
    assert text(cache("clear"), PLAIN) == "removed 27001 files, 620.0 MB from ~/.cache/capsa\n"


def test_the_cache_as_a_document():
    assert document(cache("dir")) == {"version": 1, "folder": "/srv/me/.cache/capsa"}
    assert document(cache("clear")) == {
        "version": 1,
        "folder": "/srv/me/.cache/capsa",
        "cleared": True,
        "files": 27001,
        "bytes": 620_000_999,
        "buckets": [
            {"name": "archive-v1", "files": 27000, "bytes": 620_000_000},
            {"name": "listing-v1", "files": 1, "bytes": 999},
        ],
    }
