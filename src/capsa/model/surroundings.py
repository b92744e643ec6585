"""What capsa knows of the process it runs in. Read once, by ``cli/main.py`` or the front door, and handed down.

Hot: imports nothing, so that the fast forms of ``create`` and ``install`` can use it. For that reason it is a plain
slotted class and not a dataclass (importing ``dataclasses`` costs more than the whole fast ``create``).
"""

HOT = True  # the fast path: see docs/adr


class Surroundings:
    """Facts of the calling process.

    ``variables`` is a snapshot of the environment variables; ``folder`` the absolute current folder; ``home`` the
    user's home folder (absolute, without a trailing separator); ``interpreter`` the absolute path of the Python that
    runs capsa; ``program`` the words that run this very capsa from any folder; ``parent`` the name of the program that
    started it, "" where that can't be told; ``is_terminal`` tells of standard error, ``is_output_terminal`` of standard
    output, ``is_input_terminal`` of standard input; ``width`` is the columns of either of the first two.
    """

    __slots__ = (
        "folder",
        "home",
        "interpreter",
        "is_input_terminal",
        "is_output_terminal",
        "is_terminal",
        "parent",
        "platform",
        "program",
        "variables",
        "width",
    )

    def __init__(  # noqa: PLR0913 - one argument a fact, all by name: this is the noun itself
        self,
        *,
        variables: dict[str, str],
        folder: str,
        home: str,
        interpreter: str,
        platform: str = "linux",
        parent: str = "",
        is_terminal: bool = False,
        is_output_terminal: bool = False,
        is_input_terminal: bool = False,
        width: int = 80,
        program: tuple[str, ...] = ("capsa",),
    ) -> None:
        self.variables = variables
        self.folder = folder
        self.home = home
        self.interpreter = interpreter
        self.platform = platform
        self.parent = parent
        self.is_terminal = is_terminal
        self.is_output_terminal = is_output_terminal
        self.is_input_terminal = is_input_terminal
        self.width = width
        self.program = program

    @property
    def is_windows(self) -> bool:
        """Whether paths and layouts follow Windows (``sys.platform`` is ``win32``)."""
        return self.platform == "win32"
