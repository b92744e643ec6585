"""Every result has two faces, and both keep their form."""

import json
import re
import typing
from pathlib import Path

import pytest

from capsa.errors import BuildError, Failure
from capsa.model import finding as found
from capsa.model import outcome as made
from capsa.model import stepping
from capsa.model import store as stored
from capsa.terminal.failure import failure_document
from capsa.terminal.show import Shown, document, json_text, text
from capsa.terminal.style import Style

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "json.md"
SOURCE = Path(__file__).parents[3] / "src"
EVIL = "x\x1b]0;title\x07\u202e"
BUCKETS = (stored.BucketRow(name="archive-v1", files=1, size=2),)
CHANGES = made.ChangesOutcome(
    environment="/desk", changes=(made.ChangeRow(action="install", name=EVIL, to_version=EVIL),)
)
LOCK = made.LockOutcome(path="/desk/pylock.toml", changes=CHANGES.changes, reason=EVIL, is_check=True)
FINDINGS = (found.Finding(package=EVIL, path=EVIL, kind="altered", text=EVIL, shared_with=(f"/desk/{EVIL}",)),)
SAMPLES = (
    stepping.ActivateOutcome(environment="/desk", line=EVIL, scripts=EVIL, prompt=EVIL),
    stepping.DeactivateOutcome(environment="/desk", line=EVIL),
    stepping.TrustListOutcome(projects=(stepping.TrustRow(folder=EVIL, prompt=EVIL, id=EVIL, state="other"),)),
    stepping.TrustOutcome(folder=EVIL, action="trust", is_trusted=True),
    stored.AuditOutcome(
        folder="/desk",
        archives=1,
        files=2,
        size=3,
        damages=(
            stored.DamageRow(
                path=f"/desk/{EVIL}", package=EVIL, version=EVIL, kind="altered", environments=(f"/desk/{EVIL}",)
            ),
        ),
        hints=(EVIL,),
    ),
    stored.CacheOutcome(action="size", folder="/desk", buckets=BUCKETS),
    stored.PruneOutcome(
        folder="/desk",
        rows=(stored.PruneRow(bucket="archive-v1", name=EVIL),),
        freed=1,
        held=2,
        size=3,
        days=30,
        limit=1,
    ),
    CHANGES,
    made.CheckOutcome(environment="/desk", problems=(made.Problem(name=EVIL, version=EVIL, requirement=EVIL),)),
    made.CreateOutcome(environment="/desk", python=EVIL, reason=EVIL, activation_line=EVIL, hints=(EVIL,)),
    made.DiffOutcome(before=f"/desk/{EVIL}", after="/desk", changes=CHANGES.changes),
    made.EditOutcome(
        path="/desk/pyproject.toml",
        edits=(made.EditRow(action="add", place=EVIL, text=EVIL),),
        lock=LOCK,
        changes=CHANGES,
    ),
    made.FreezeOutcome(lines=(EVIL,)),
    made.HistoryOutcome(
        environment="/desk",
        states=(
            made.StateRow(
                number=1,
                when=EVIL,
                age=9.0e9,
                kind="command",
                why=EVIL,
                changes=CHANGES.changes,
                package_count=1,
                files=(f"/desk/{EVIL}",),
                is_undone=True,
                reasons=(EVIL,),
            ),
        ),
    ),
    made.InitOutcome(path="/desk", name=EVIL, written=(f"/desk/{EVIL}",), hints=(EVIL,)),
    made.ListOutcome(
        environment="/desk",
        packages=(
            made.PackageRow(
                name=EVIL, version=EVIL, is_editable=True, direct_url={"url": EVIL, "dir_info": {"editable": True}}
            ),
        ),
    ),
    LOCK,
    found.VerifyOutcome(
        environment="/desk", findings=FINDINGS, package_count=1, file_count=2, withdrawn=(f"/desk/{EVIL}",)
    ),
    found.RepairOutcome(environment="/desk", mended=FINDINGS, left=FINDINGS, boxes=(f"/desk/{EVIL}",), hints=(EVIL,)),
    found.PatchOutcome(
        environment="/desk",
        packages=(found.PatchRow(name=EVIL, version=EVIL, file_count=1, places=(f"/desk/{EVIL}",)),),
    ),
    made.SettingsOutcome(settings=(made.SettingRow(key="cert", value=EVIL, origin=EVIL),)),
    made.ShowOutcome(packages=(made.PackageDetails(name=EVIL, version=EVIL, summary=EVIL, files=(EVIL,)),)),
    made.TravelOutcome(changes=CHANGES, from_state=2, to_state=1, files=(f"/desk/{EVIL}",), gone=(f"/desk/{EVIL}",)),
)
# What a shell or a hook reads is no text for people: it is told as it is.
FOR_PROGRAMS = (
    stepping.FactsOutcome(environment=f"/desk/{EVIL}", scripts=f"/desk/{EVIL}/bin", prompt=EVIL),
    stepping.ScriptOutcome(shell="bash", text=f"{EVIL}\n"),
)


def test_there_is_a_sample_of_every_result():
    assert {type(sample) for sample in (*SAMPLES, *FOR_PROGRAMS)} == set(typing.get_args(Shown))
    assert set(typing.get_args(made.Outcome)) == {*typing.get_args(Shown), made.RunOutcome}


@pytest.mark.parametrize("outcome", [*SAMPLES, *FOR_PROGRAMS], ids=lambda outcome: type(outcome).__name__)
def test_documents_are_one_line_of_json_with_a_version(outcome):
    line = json_text(document(outcome))
    assert json.loads(line) == document(outcome)
    assert document(outcome)["version"] == 1
    assert line.isascii()
    assert line.count("\n") == 1


@pytest.mark.parametrize("outcome", SAMPLES, ids=lambda outcome: type(outcome).__name__)
def test_plain_text_holds_nothing_that_could_steer_a_terminal(outcome):
    shown = text(outcome, Style(), 80)
    assert shown.endswith("\n")
    assert shown.replace("\n", "").isprintable()


def test_a_text_for_programs_is_told_as_it_is():
    facts, script = (text(outcome, Style(), 80) for outcome in FOR_PROGRAMS)
    assert facts == f"/desk/{EVIL}\n/desk/{EVIL}/bin\n{EVIL}\n"
    assert script == f"{EVIL}\n"


def shape(value):
    """Return what a document looks like: its keys, and the first row of each list."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1] if isinstance(item, dict)]
    return None


def described():
    """Return the examples of the reference by the words of their headings."""
    parts = re.split(r"^## (.+)$", REFERENCE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        heading: json.loads(re.search(r"```json\n(.*?)```", body, re.DOTALL)[1])
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }


HEADINGS = {
    stepping.ActivateOutcome: "`activate`",
    stepping.DeactivateOutcome: "`deactivate`",
    stepping.FactsOutcome: "`activate --facts`",
    stepping.ScriptOutcome: "`hook`, `completions`",
    stepping.TrustListOutcome: "`trust --list`",
    stepping.TrustOutcome: "`trust`, `untrust`",
    stored.AuditOutcome: "`cache verify`",
    stored.PruneOutcome: "`cache prune`",
    stored.CacheOutcome: "The store: `cache size`, `cache clear`",
    made.ChangesOutcome: "Changes: `install`, `uninstall`, `sync`",
    made.CheckOutcome: "`check`",
    made.CreateOutcome: "`create`",
    made.DiffOutcome: "`diff`",
    made.EditOutcome: "Edits: `add`, `remove`",
    made.FreezeOutcome: "`freeze`",
    made.HistoryOutcome: "`history`",
    made.InitOutcome: "`init`",
    made.ListOutcome: "`list`",
    made.LockOutcome: "Locks: `lock`",
    found.VerifyOutcome: "`verify`",
    found.RepairOutcome: "`repair`",
    found.PatchOutcome: "`edit`",
    made.SettingsOutcome: "`config show`",
    made.ShowOutcome: "`show`",
    made.TravelOutcome: "`undo`, `redo`",
}


@pytest.mark.parametrize("outcome", [*SAMPLES, *FOR_PROGRAMS], ids=lambda outcome: type(outcome).__name__)
def test_the_reference_shows_the_shape_of_each_document(outcome):
    assert shape(document(outcome)) == shape(described()[HEADINGS[type(outcome)]])


def test_the_reference_shows_the_other_documents_too():
    known = described()
    folder = document(stored.CacheOutcome(action="dir", folder="/store"))
    assert shape(folder) == shape(known["`cache dir`"])
    assert shape(failure_document(Failure("no"))) == shape(known["Errors"])
    assert shape(failure_document(BuildError("no"))) == shape(known["Build errors"])
    assert set(known) == {*HEADINGS.values(), "`cache dir`", "Errors", "Build errors"}


def test_the_reference_names_every_kind_of_error():
    kinds = {
        kind
        for source in SOURCE.rglob("*.py")
        for kind in re.findall(r'^    kind = "([a-z-]+)"$', source.read_text(encoding="utf-8"), re.MULTILINE)
    }
    errors = REFERENCE.read_text(encoding="utf-8").partition("## Errors")[2]
    assert {kind for kind in kinds if f"`{kind}`" not in errors} == set()
