"""What people write for a size or a number of days."""

import pytest

from capsa.cli.call import Call
from capsa.cli.commands.cache_prune import parse_size, run
from capsa.errors import UsageError


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("1234", 1234),
        ("5GB", 5_000_000_000),
        ("5 gb", 5_000_000_000),
        ("1.5G", 1_500_000_000),
        ("800m", 800_000_000),
        ("2KiB", 2048),
        ("1TiB", 1 << 40),
        ("20B", 20),
    ],
)
def test_sizes_are_read_as_people_write_them(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1", "5 apples", "1,5GB", "5iB", "\u0663"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(UsageError, match="--max-size must be a size"):
        parse_size(text)


@pytest.mark.parametrize("text", ["", "-1", "x", "1.5", "\u0663", "99999999999"])
def test_what_is_no_number_of_days_is_refused(text):
    with pytest.raises(UsageError, match="--days must be a number of days"):
        run(Call({"days": text}, None))
