"""What the table of the command line is made of: an option, the words after a verb, a verb.

Plain slotted classes that decide nothing and import nothing, since the fast path reads them too.
"""

HOT = True  # the fast path: see docs/adr


class Option:
    """One option.

    ``names`` are its spellings, the usual long one first; ``key`` is its name among the values of an invocation and,
    where there is one, the setting that it sets. ``kind`` tells what follows it: "flag" nothing (the value is True),
    "value" one word (the last one counts), "list" one word (all of them count), "optional" a word after ``=`` (the
    value is a list, empty where the option stands alone), "refused" means an option of other tools for which ``help``
    tells the way of capsa.
    """

    __slots__ = ("choices", "help", "key", "kind", "metavar", "names")

    def __init__(
        self,
        names: tuple[str, ...],
        kind: str,
        help: str,  # noqa: A002 - the word that every reader of command line tables expects
        metavar: str = "",
        key: str = "",
        choices: tuple[str, ...] = (),
    ) -> None:
        self.names = names
        self.kind = kind
        self.help = help
        self.metavar = metavar
        self.key = key or names[0].lstrip("-")
        self.choices = choices


class Words:
    """The words that follow a verb: ``most`` is how many it takes at most, None for any number; ``least`` at least.

    ``is_command``: they are a command of its own, so that everything from the first of them on is theirs, options too.
    """

    __slots__ = ("help", "is_command", "key", "least", "metavar", "most")

    def __init__(
        self,
        key: str,
        metavar: str,
        help: str,  # noqa: A002 - as above
        *,
        least: int = 0,
        most: int | None = None,
        is_command: bool = False,
    ) -> None:
        self.key = key
        self.metavar = metavar
        self.help = help
        self.least = least
        self.most = most
        self.is_command = is_command


class Verb:
    """One verb: ``name`` is one word, or two ("cache size"); ``needs`` are keys of which at least one must be given."""

    __slots__ = ("example", "group", "name", "needs", "options", "summary", "text", "words")

    def __init__(  # noqa: PLR0913 - a row of the table, all by name
        self,
        name: str,
        *,
        group: str,
        summary: str,
        text: str,
        example: str,
        words: Words | None = None,
        options: tuple[Option, ...] = (),
        needs: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.group = group
        self.summary = summary
        self.text = text
        self.example = example
        self.words = words
        self.options = options
        self.needs = needs
