"""The pages that are made from tables say what the tables say now."""

from __future__ import annotations

from pathlib import Path

import pytest
from workshop.reference import FOLDER, pages

from capsa.settings.meaning import MEANINGS
from capsa.settings.value import FORMS


@pytest.mark.parametrize("name", ["commands.md", "settings.md"])
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (Path(FOLDER) / name).read_text(encoding="utf-8") == pages()[name], "run `python3 dev.py docs`"


def test_each_setting_has_a_meaning() -> None:
    assert set(MEANINGS) == set(FORMS)
