"""Which demands hold."""

import pytest

from capsa.resolution.marker import Circumstances, UnreadableDemandError, sole_extra
from capsa.testing.catalog import make_target

_HERE = Circumstances(make_target("3.11.7").markers)


def test_markers_are_evaluated_for_the_target_and_not_for_the_python_that_runs():
    assert Circumstances(make_target("3.8.1").markers).admit("python_version < '3.9'")
    assert not _HERE.admit("python_version < '3.9'")
    assert Circumstances(make_target(platform="win32").markers).admit("os_name == 'nt'")


def test_no_marker_holds_always():
    assert _HERE.admit(None)


def test_an_extra_holds_where_it_is_asked_for():
    assert _HERE.admit("extra == 'Fast_Mode'", "fast-mode")
    assert not _HERE.admit("extra == 'fast-mode'")


@pytest.mark.parametrize("marker", ["python_wersion < '3'", "python_version ~= 'x' and", "'x' in extras"])
def test_a_marker_that_can_not_be_read_is_told(marker):
    with pytest.raises(UnreadableDemandError, match="can't be read"):
        _HERE.admit(marker)


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        ("lib; extra == 'x'", "x"),
        ('lib>=1; python_version > "3" and extra == "A_b"', "a-b"),
        ("lib; (os_name == 'nt') and extra == 'x'", "x"),
        ("lib; extra == 'x' or os_name == 'nt'", None),
        ("lib; (extra == 'x')or(os_name == 'nt')", None),
        ("lib; extra != 'x'", None),
        ("lib; extra == ''", None),
        ("extra-lib", None),
        ("lib", None),
    ],
)
def test_the_only_extra_that_a_demand_can_be_for_is_known_without_parsing(text, extra):
    assert sole_extra(text) == extra
