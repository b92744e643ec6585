"""What was found, mended and given to be edited, as text and as documents, each asserted whole."""

from capsa.model.finding import Finding, PatchOutcome, PatchRow, RepairOutcome, VerifyOutcome
from capsa.terminal.show import document, text
from capsa.terminal.style import Style
from capsa.value import replace

PLAIN = Style(folder="/desk", home="/srv/me")
SITE = "lib/python3.12/site-packages"

MISSING = Finding(package="six", path=f"{SITE}/six.py", kind="missing", text="is missing")
SHARED = Finding(
    package="lamp",
    path=f"{SITE}/lamp/bulb.py",
    kind="altered",
    text="was changed: it has 12 bytes, and 7 were put in",
    shared_with=("/desk/other", "/srv/a b"),
)
EXTRA = Finding(package="lamp", path=f"{SITE}/lamp/mine.py", kind="extra", text="is in no package's list")

SOUND = VerifyOutcome(environment="/desk/.venv", findings=(), package_count=2, file_count=34)
DAMAGED = replace(SOUND, findings=(SHARED, EXTRA, MISSING))


def test_a_sound_box_is_one_line():
    assert text(SOUND, PLAIN) == "no damage: 34 files of 2 packages in .venv compared by size, time and mode\n"
    full = replace(SOUND, is_full=True)
    assert text(full, PLAIN) == "no damage: 34 files of 2 packages in .venv compared by size, time, mode and hash\n"


def test_damage_is_named_file_by_file_with_the_boxes_that_share_it():
    assert text(DAMAGED, PLAIN) == (
        f"! lamp: {SITE}/lamp/bulb.py was changed: it has 12 bytes, and 7 were put in\n"
        f"! lamp: {SITE}/lamp/mine.py is in no package's list\n"
        f"! six: {SITE}/six.py is missing\n"
        "damaged: 2 files of 2 packages in .venv, compared by size, time and mode\n"
        "hint: mend the box: `capsa repair`\n"
        "other has the same damage: `capsa repair --env other`\n"
        "/srv/a b has the same damage: `capsa repair --env '/srv/a b'`\n"
    )


def test_what_is_taken_out_of_the_store_is_told():
    told = replace(DAMAGED, findings=(MISSING,), withdrawn=("/srv/me/store/six.py",), is_full=True)
    assert "~/store/six.py was damaged too, and is taken out of the store\n" in text(told, PLAIN)


def test_another_box_than_the_one_at_hand_is_named_in_the_hint():
    there = text(replace(DAMAGED, environment="/srv/me/box", findings=(MISSING,)), PLAIN)
    assert there.endswith("hint: mend the box: `capsa repair --env /srv/me/box`\n")


def test_verify_as_a_document():
    assert document(replace(DAMAGED, findings=(SHARED,))) == {
        "version": 1,
        "environment": "/desk/.venv",
        "full": False,
        "sound": False,
        "packages": 2,
        "files": 34,
        "findings": [
            {
                "package": "lamp",
                "path": f"{SITE}/lamp/bulb.py",
                "kind": "altered",
                "reason": "was changed: it has 12 bytes, and 7 were put in",
                "shared_with": ["/desk/other", "/srv/a b"],
            }
        ],
        "withdrawn": [],
    }


def test_strangers_collisions_and_edits_are_no_damage():
    for kind in ("extra", "collision", "edited"):
        assert replace(SOUND, findings=(replace(EXTRA, kind=kind),)).is_sound
    for kind in ("missing", "altered", "launcher", "record"):
        assert not replace(SOUND, findings=(replace(EXTRA, kind=kind),)).is_sound


MENDED = RepairOutcome(environment="/desk/.venv", mended=(MISSING,), left=(EXTRA,), package_count=2, seconds=0.12)


def test_a_repair_is_a_line_a_file_and_one_that_counts():
    assert text(MENDED, PLAIN) == (
        f"~ six: {SITE}/six.py is missing\n"
        f"! lamp: {SITE}/lamp/mine.py is in no package's list\n"
        "mended 1 file of 1 package in 0.1 s\n"
    )
    assert "would mend 1 file of 1 package\n" in text(replace(MENDED, is_dry_run=True), PLAIN)
    assert MENDED.is_whole


def test_a_repair_that_finds_nothing_says_what_it_looked_at():
    nothing = replace(MENDED, mended=(), left=())
    assert text(nothing, PLAIN) == "nothing to mend: the files of 2 packages in .venv are whole\n"


def test_what_can_not_be_mended_is_told_with_what_to_do():
    hints = ("put lamp in anew: `capsa install --reinstall lamp`",)
    left = replace(MENDED, mended=(), left=(SHARED,), hints=hints)
    assert text(left, PLAIN) == (
        f"! lamp: {SITE}/lamp/bulb.py was changed: it has 12 bytes, and 7 were put in\n"
        "stays damaged: 1 file\n"
        "hint: put lamp in anew: `capsa install --reinstall lamp`\n"
    )
    assert not left.is_whole


def test_a_repair_as_a_document():
    found = document(replace(MENDED, left=(), boxes=("/desk/other",)))
    (mended,) = found.pop("mended")
    assert mended["package"] == "six"
    assert found == {
        "version": 1,
        "environment": "/desk/.venv",
        "dry_run": False,
        "sound": True,
        "left": [],
        "shared_with": ["/desk/other"],
        "hints": [],
    }


def test_what_may_be_edited_is_told_with_its_place():
    row = PatchRow(name="six", version="1.17", file_count=5, places=(f"/desk/.venv/{SITE}/six.py",))
    outcome = PatchOutcome(environment="/desk/.venv", packages=(row, replace(row, name="old", is_new=False)))
    assert text(outcome, PLAIN) == (
        f"six 1.17 is yours to edit, and no other box shares its 5 files: .venv/{SITE}/six.py\n"
        f"old 1.17 is yours to edit already: .venv/{SITE}/six.py\n"
    )
    assert document(replace(outcome, packages=(row,))) == {
        "version": 1,
        "environment": "/desk/.venv",
        "packages": [
            {"name": "six", "version": "1.17", "files": 5, "paths": [f"/desk/.venv/{SITE}/six.py"], "new": True}
        ],
    }


def test_control_characters_of_a_file_name_are_escaped():
    odd = replace(SOUND, findings=(replace(EXTRA, path="bin/\x1b[2J"),))
    assert "bin/\\x1b[2J" in text(odd, PLAIN)
