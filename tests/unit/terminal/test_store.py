"""The store as text and as documents, each asserted whole."""

from capsa.model import store as made
from capsa.terminal.show import document, text
from capsa.terminal.style import Style

PLAIN = Style(folder="/desk", home="/srv/me")


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
        "own_bytes": 620_000_999,
        "shared_bytes": 0,
        "buckets": [
            {"name": "archive-v1", "files": 27000, "bytes": 620_000_000, "shared_bytes": 0},
            {"name": "listing-v1", "files": 1, "bytes": 999, "shared_bytes": 0},
        ],
    }


def test_what_boxes_hold_too_is_told_apart():
    rows = (made.BucketRow(name="archive-v1", files=2, size=3000, shared=2000),)
    outcome = made.CacheOutcome(action="size", folder="/store", buckets=rows)
    assert text(outcome, PLAIN).splitlines()[-1] == (
        "2 files, 3.0 kB in /store: 1.0 kB of its own, 2.0 kB shared with boxes"
    )
    assert (document(outcome)["own_bytes"], document(outcome)["shared_bytes"]) == (1000, 2000)


def pruned(*rows, **more):
    facts = {"folder": "/store", "freed": 1200, "held": 0, "size": 5000, "days": 30}
    found = tuple(made.PruneRow(bucket=bucket, name=name) for bucket, name in rows)
    return made.PruneOutcome(rows=found, **facts | more)


def test_what_was_pruned_is_named_or_counted():
    rows = [("environment-v1", "ab"), ("environment-v1", "cd"), ("archive-v1", "six-1.17.0-py3-none-any.whl")]
    rows += [("listing-v1", "six"), ("temporary-v1", "1-2"), ("archive-v1", "idna-3.7-py3-none-any.whl")]
    assert text(pruned(*rows, held=2500), PLAIN) == (
        "- idna-3.7-py3-none-any.whl\n"
        "- six-1.17.0-py3-none-any.whl\n"
        "removed 2 archives, 2 boxes of builds and scripts, 1 leftover, 1 page: 1.2 kB freed; "
        "2.5 kB more stay on the disk, in boxes\n"
    )


def test_what_would_be_pruned_says_would():
    assert text(pruned(("log-v1", "six.log"), is_dry_run=True, limit=4000, needed=4500), PLAIN) == (
        "would remove 1 log: 1.2 kB to be freed\n"
        "the store would still hold 5.0 kB, more than 4.0 kB: boxes need 4.5 kB of it, which stay\n"
    )


def test_nothing_to_prune_says_why():
    assert text(pruned(freed=0, days=1), PLAIN) == (
        "nothing to remove: what is in /store is needed, or was used in the last day\n"
    )


def test_a_pruned_store_as_a_document():
    assert document(pruned(("archive-v1", "a.whl"), limit=1)) == {
        "version": 1,
        "folder": "/store",
        "dry_run": False,
        "days": 30,
        "removed": [{"bucket": "archive-v1", "name": "a.whl"}],
        "freed_bytes": 1200,
        "held_bytes": 0,
        "bytes": 5000,
        "needed_bytes": 0,
        "limit": 1,
    }


DAMAGE = made.DamageRow(
    path="/store/tree/six.py",
    package="six",
    version="1.17.0",
    kind="altered",
    is_out=True,
    environments=("/desk/.venv", "/srv/me/box"),
)


def audited(*damages, **more):
    return made.AuditOutcome(folder="/store", archives=2, files=30, size=4000, damages=damages, **more)


def test_a_sound_store_says_what_was_checked():
    assert text(audited(seconds=0.41), PLAIN) == ("the store is sound: checked 2 archives, 30 files, 4.0 kB in 0.4 s\n")


def test_damage_is_told_with_the_boxes_that_share_it():
    other = made.DamageRow(path="/store/source-v1/ab", package="", version="", kind="unreadable")
    assert text(audited(DAMAGE, other, hints=("mend it",)), PLAIN) == (
        "! six 1.17.0: /store/tree/six.py was altered\n"
        "  the same file is in .venv\n"
        "  the same file is in ~/box\n"
        "! /store/source-v1/ab can't be read\n"
        "found 2 damaged files in /store, of which 1 can't be taken out: checked 2 archives, 30 files, 4.0 kB\n"
        "hint: mend it\n"
    )


def test_damage_as_a_document():
    assert document(audited(DAMAGE))["damaged"] == [
        {
            "path": "/store/tree/six.py",
            "package": "six",
            "version": "1.17.0",
            "kind": "altered",
            "removed": True,
            "environments": ["/desk/.venv", "/srv/me/box"],
        }
    ]
