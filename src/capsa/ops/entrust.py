"""What becomes of trust when a box is made: a project that was trusted stays so, with its new box. Hot.

Nobody else could have made it: a box is made where its user may write, and a hook looks at that each time.
"""

from __future__ import annotations

import os

from capsa.environment.prompt import shown_prompt
from capsa.errors import DiskError
from capsa.machine.trust import Trusted, box_id, change, trust_list
from capsa.shell.csh import csh_list

HOT = True  # the fast path: see docs/adr

_BOX = ".venv"


def renew_trust(data_dir: str, root: str, prompt: str) -> None:
    """Note the new id and prompt of the box at the absolute path ``root``, where its project is trusted.

    ``prompt`` is the text that it was made with. One look at the disk where nobody trusts anything. A list that can't
    be read or written is no reason to have no box.
    """
    project, name = os.path.split(root)
    if name != _BOX or not os.path.exists(trust_list(data_dir)):
        return
    try:
        folder = os.path.realpath(project)
        entry = Trusted(id=box_id(root), folder=folder, prompt=shown_prompt(f"{folder}/{name}", prompt))
        if entry.is_valid:
            change(data_dir, csh=csh_list, add=entry, only_known=True)
    except (DiskError, OSError):
        return  # then the shell says that the box is another one than the one that was trusted
