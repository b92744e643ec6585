"""The texts of the activation scripts and hooks: files of this package, one a shell, with the names of values in them.

Read through the loader, as capsa may be a single archive. A value is put in once and never looked at again. Hot.

    |NAME|   stands in a template for a value, or for a part that several shells of one kind share
"""

from __future__ import annotations

HOT = True  # the fast path: see docs/adr


def read_template(name: str) -> str:
    """Return the text of a file in the folder ``template``."""
    folder = __spec__.origin.rpartition(".")[0]  # type: ignore[union-attr] # a module that was imported has it all
    content: bytes = __spec__.loader.get_data(f"{folder}/{name}")  # type: ignore[union-attr] # as above
    return content.decode("utf-8")


def filled(template: str, values: dict[str, str]) -> str:
    """Return a template with each value put in place of its name between bars, in one pass."""
    for name in values:
        template = template.replace(f"|{name}|", f"\0{name}\0")
    return "".join(values[part] if index % 2 else part for index, part in enumerate(template.split("\0")))
