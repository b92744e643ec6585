"""Which packages are no longer what was put in, by whomever."""

from capsa.environment.mark import mark_damaged
from capsa.environment.site import scan
from capsa.environment.wheel import installation
from capsa.ops.alteration import altered
from capsa.value import replace
from support.box import SITE, box, entry, put_in, unpack
from support.session import make_supply


def installed_by(tool, tmp_path):
    """Return a box with one package that a tool put in; no receipt of capsa tells of it."""
    (tmp_path / "box").mkdir()
    environment = box(tmp_path / "box")
    manifest, tree = unpack(tmp_path, {"sample/__init__.py": b"light = 1\n", "sample/bulb.py": b""})
    expected = installation(environment, manifest, tree, entry=replace(entry(manifest), is_requested=True))
    put_in(tmp_path / "box", expected)
    (tmp_path / "box" / SITE / manifest.info / "INSTALLER").unlink()
    (tmp_path / "box" / SITE / manifest.info / "INSTALLER").write_text(f"{tool}\n")
    return environment


def look(environment, tmp_path):
    return altered(make_supply(tmp_path), environment, scan(environment).installed)


def test_a_package_of_another_tool_is_held_against_its_own_list(tmp_path):
    environment = installed_by("pip", tmp_path)
    site = tmp_path / "box" / SITE
    sizes = {path: path.stat().st_size for path in site.rglob("*.py")}
    record = next(site.glob("*.dist-info/RECORD"))
    record.write_text("\n".join(line for line in record.read_text().splitlines() if "INSTALLER" not in line) + "\n")
    assert look(environment, tmp_path) == {}
    (site / "sample/bulb.py").unlink()
    assert look(environment, tmp_path) == {"sample": f"{SITE}/sample/bulb.py is missing"}
    (site / "sample/bulb.py").write_text("longer\n")
    assert sizes[site / "sample/bulb.py"] == 0
    assert look(environment, tmp_path) == {
        "sample": f"{SITE}/sample/bulb.py was changed: it has 7 bytes, and 0 were put in"
    }


def test_what_says_to_be_of_capsa_and_has_no_receipt_is_looked_at_all_the_same(tmp_path):
    environment = installed_by("capsa", tmp_path)
    (tmp_path / "box" / SITE / "sample/__init__.py").unlink()
    assert look(environment, tmp_path) == {"sample": f"{SITE}/sample/__init__.py is missing"}


def test_what_was_found_before_counts_although_it_looks_sound(tmp_path):
    environment = installed_by("conda", tmp_path)
    assert look(environment, tmp_path) == {}
    mark_damaged(environment.root, ["sample"])
    assert look(environment, tmp_path) == {"sample": "it was found damaged"}
