"""What `activate` and `shell` have in common on the command line: the box that is to be stepped into."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.ops.activate import stepped_into


def entered_box(call: Call) -> str:
    """Return the absolute path of the box: the word is a name or a path, ``--env`` first a path and then a name."""
    word, option = call.text("path"), call.text("env")
    if word is None and option is not None:
        word = call.box(option, is_path_first=True)
    return stepped_into(call.session, word, call.folder)
