"""How states are written on the command line."""

import pytest

from capsa.cli.point import state_number
from capsa.errors import UsageError


def test_a_state_is_written_with_its_mark():
    assert state_number("@12") == 12


@pytest.mark.parametrize("text", ["", "@", "3", "@0", "@-1", "@x", "@²", "@ 1"])
def test_anything_else_is_none(text):
    with pytest.raises(UsageError, match="is not a state"):
        state_number(text)
