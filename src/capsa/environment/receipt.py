"""Reads the receipt of a box: what capsa put in. Never changes it; only a commit does."""

from __future__ import annotations

import os

from capsa.errors import EnvironmentDamagedError
from capsa.model.layout import RECEIPT
from capsa.model.receipt import Receipt, parse_receipt


def receipt_of(root: str) -> Receipt:
    """Return the receipt of the box at the absolute path ``root``, an empty one where capsa has put nothing in.

    Raises EnvironmentDamagedError where it can't be read.
    """
    path = f"{root}/{RECEIPT}"
    if not os.path.exists(path):
        return Receipt()
    try:
        with open(path, encoding="utf-8") as stream:
            return parse_receipt(stream.read(), path)
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentDamagedError(
            f"the receipt {path} can't be read", hints=("make the box anew: `capsa create --clear PATH`",)
        ) from error
