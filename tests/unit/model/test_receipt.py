"""The receipt of a box."""

import json

import pytest

from capsa.errors import EnvironmentDamagedError
from capsa.model.receipt import Receipt, ReceiptEntry, format_receipt, parse_receipt


def entry(name, version="1.0"):
    return ReceiptEntry(
        name=name,
        version=version,
        filename=f"{name}-{version}-py3-none-any.whl",
        sha256="ab" * 32,
        url="https://index.example/ü",
        info=f"lib/python3.11/site-packages/{name}-{version}.dist-info",
    )


def test_a_receipt_is_json_with_a_line_a_package_and_comes_back_whole():
    receipt = Receipt(entries=(entry("a"), entry("b")))
    text = format_receipt(receipt)
    assert parse_receipt(text, "receipt") == receipt
    assert json.loads(text)["version"] == 1
    assert [json.loads(line.rstrip(","))["name"] for line in text.splitlines()[1:-1]] == ["a", "b"]


def test_an_empty_receipt_is_valid_too():
    assert json.loads(format_receipt(Receipt())) == {"version": 1, "packages": []}
    assert parse_receipt(format_receipt(Receipt()), "receipt") == Receipt()


def test_a_commit_takes_out_puts_in_and_replaces_in_order_of_names():
    receipt = Receipt(entries=(entry("a"), entry("b"), entry("c")))
    changed = receipt.changed(incoming=(entry("d"), entry("b", "2.0")), leaving=frozenset({"a", "b", "unknown"}))
    assert [(item.name, item.version) for item in changed.entries] == [("b", "2.0"), ("c", "1.0"), ("d", "1.0")]
    assert len(receipt.entries) == 3


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"packages": [{"name": "a"}]}', '{"packages": [1]}', "null"])
def test_a_receipt_that_can_not_be_read_is_named(text):
    with pytest.raises(EnvironmentDamagedError, match=r"^/box/\.capsa/receipt is damaged: "):
        parse_receipt(text, "/box/.capsa/receipt")


def test_a_receipt_that_is_nested_without_end_is_damage():
    with pytest.raises(EnvironmentDamagedError, match=r"^the receipt is damaged"):
        parse_receipt("[" * 100_000, "the receipt")
