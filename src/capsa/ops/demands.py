"""What is asked for, out of the words and files of a command line: read once, with every file that was looked at."""

from __future__ import annotations

from capsa.environment.seal import file_word
from capsa.errors import RequirementError
from capsa.model.binary import Binaries
from capsa.model.requirement import Requirement
from capsa.ops.session import Session
from capsa.project.demand_list import Problems
from capsa.project.option import Options
from capsa.project.requirements_file import (
    Reading,
    RequirementsFile,
    parse_argument,
    read_bytes,
    read_requirements,
)
from capsa.settings.layer import Settings
from capsa.value import field, replace, value


@value
class Sources:
    """Where demands are written: arguments, those of ``-e``, and absolute paths of requirements and constraints files.

    A file "-" is ``standard_input``, the bytes of it. ``verb`` are the words that hints would put before ``-r FILE``.
    """

    arguments: tuple[str, ...] = ()
    editables: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    constraint_files: tuple[str, ...] = ()
    standard_input: bytes | None = None
    verb: str = "install"


@value
class Demands:
    """What is asked for; ``words`` are the request as the seal of a box notes it, empty where it should not."""

    requirements: tuple[Requirement, ...]
    constraints: tuple[Requirement, ...] = ()
    options: Options = field(default_factory=Options)
    words: tuple[str, ...] = ()


def read_demands(session: Session, sources: Sources, folder: str) -> Demands:
    """Read everything; relative paths in arguments start from the absolute ``folder``.

    Raises RequirementError that names file and line of what can't be read or can't be done.
    """
    contents: list[bytes] = []

    def read(path: str) -> bytes:
        contents.append(read_bytes(path))
        return contents[-1]

    reading = Reading(
        folder=session.surroundings.folder,
        variables=session.surroundings.variables,
        read=read,
        standard_input=sources.standard_input,
    )
    told = [read_requirements(path, reading) for path in sources.files]
    narrowed = [read_requirements(path, reading, is_constraint=True) for path in sources.constraint_files]
    arguments = _arguments(sources, folder)
    options = _options_of([*told, *narrowed])
    requirements = (*arguments, *(demand for file in told for demand in file.requirements))
    return Demands(
        requirements=requirements,
        constraints=tuple(demand for file in (*told, *narrowed) for demand in file.constraints),
        options=options,
        words=() if narrowed or any(b"${" in content for content in contents) else _words(sources, told, requirements),
    )


def _arguments(sources: Sources, folder: str) -> tuple[Requirement, ...]:
    """Return the demands that stand on the command line itself; everything that is wrong with them is told at once."""
    found: list[Requirement] = []
    problems = Problems()
    words = [*((text, False) for text in sources.arguments), *((text, True) for text in sources.editables)]
    for text, is_editable in words:
        try:
            found.append(parse_argument(text, folder, is_editable=is_editable, verb=sources.verb))
        except RequirementError as error:
            problems.add(error)
    problems.settle()
    return tuple(found)


def settings_with(settings: Settings, options: Options) -> Settings:
    """Return the settings after what requirements files say; a flag of the command line is stronger than a file."""
    changes: dict[str, object] = {}
    if options.index_url and not settings.origin("index-url").startswith("flag"):
        changes["index_url"] = options.index_url
    changes["extra_index_url"] = tuple(dict.fromkeys((*settings.extra_index_url, *options.extra_index_urls)))
    changes["find_links"] = tuple(dict.fromkeys((*settings.find_links, *options.find_links)))
    changes["trusted_host"] = tuple(dict.fromkeys((*settings.trusted_host, *options.trusted_hosts)))
    changes["no_index"] = settings.no_index or options.is_without_index
    if options.is_pre_allowed:
        changes["prerelease"] = "allow"
    binaries = _binaries(settings, options)
    changes |= {"only_binary": binaries.only, "no_binary": binaries.no}
    return replace(settings, **changes)  # type: ignore[arg-type] # each value has the type of its field


def _binaries(settings: Settings, options: Options) -> Binaries:
    own = Binaries(only=settings.only_binary, no=settings.no_binary)
    told = Binaries(only=options.only_binary, no=options.no_binary)
    is_flag = any(settings.origin(key).startswith("flag") for key in ("only-binary", "no-binary"))
    return told.under(own) if is_flag else own.under(told)


def _options_of(files: list[RequirementsFile]) -> Options:
    merged = Options()
    for file in files:
        options = file.options
        binaries = Binaries(only=merged.only_binary, no=merged.no_binary).under(
            Binaries(only=options.only_binary, no=options.no_binary)
        )
        merged = replace(
            options,
            index_url=options.index_url or merged.index_url,
            extra_index_urls=(*merged.extra_index_urls, *options.extra_index_urls),
            find_links=(*merged.find_links, *options.find_links),
            trusted_hosts=(*merged.trusted_hosts, *options.trusted_hosts),
            only_binary=binaries.only,
            no_binary=binaries.no,
            is_without_index=merged.is_without_index or options.is_without_index,
            is_pre_allowed=merged.is_pre_allowed or options.is_pre_allowed,
            is_hash_required=merged.is_hash_required or options.is_hash_required,
        )
    return merged


def _words(sources: Sources, told: list[RequirementsFile], asked: tuple[Requirement, ...]) -> tuple[str, ...]:
    if tuple(path for file in told for path in file.files) != sources.files:
        return ()  # a file that leads to others: the fast path would have to read it to know them
    if any(sign in word for word in sources.arguments for sign in "/\\") or any(demand.url for demand in asked):
        return ()  # what lies at a path or URL may be another file tomorrow
    try:
        return (*sources.arguments, *(file_word(path) for file in told for path in file.files))
    except OSError:
        return ()  # it has gone since it was read: nothing to hold on to
