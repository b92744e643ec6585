"""What a backend made, held against what was asked for: one wheel, of the right project and version.

Reads wheels, never changes one. File names follow the wheel specification (PEP 427), versions PEP 440.
"""

from __future__ import annotations

import os

from capsa.disk.unpack import read_directory, read_member
from capsa.errors import BuildError, IntegrityError
from capsa.model.distribution import parse_filename, parse_version
from capsa.model.metadata import Metadata, parse_metadata
from capsa.model.name import normalize


def made_wheel(folder: str, answer: object, wanted: tuple[str, str], title: str) -> str:
    """Return the name of the wheel in ``folder``, which was empty before the backend was called.

    ``answer`` is what the backend returned: the name of the file that it made; ``wanted`` as for `hold`. Raises
    BuildError.
    """
    found = sorted(os.listdir(folder))
    if not found:
        raise BuildError(f"the build of {title} ended well and made no wheel")
    if len(found) > 1:
        raise BuildError(f"the build of {title} made {', '.join(found)}, where one wheel is wanted")
    if found[0] != answer or not os.path.isfile(os.path.join(folder, found[0])):
        raise BuildError(f"the build of {title} made {found[0]}, and says that it made {answer}")
    name = parse_filename(found[0])
    if name is None or name.tags is None:
        raise BuildError(f"the build of {title} made {found[0]}, which is not the name of a wheel")
    hold(name.project, name.version, wanted, title)
    return found[0]


def hold(project: str, version: str, wanted: tuple[str, str], title: str) -> None:
    """Raise BuildError unless ``project`` and ``version`` are the ``wanted`` ones, "" standing for any.

    A local part may be added to the version: some projects tell there what they were built against.
    """
    wanted_project, wanted_version = wanted
    if wanted_project and normalize(project) != normalize(wanted_project):
        raise BuildError(f"{title} is the source of {project}, not of {wanted_project}")
    if not wanted_version:
        return
    found, asked = parse_version(version), parse_version(wanted_version)
    if found is None or asked is None or asked not in {found, parse_version(found.public)}:
        raise BuildError(f"{title} is the source of version {version}, not of {wanted_version}")


def wheel_metadata(path: str, title: str) -> Metadata:
    """Return the metadata in the wheel at ``path``; raises BuildError when it can't be read."""
    place = f"the wheel that was built of {title}"
    try:
        names = [member.name for member in read_directory(path, place)]
        found = [name for name in names if name.endswith(".dist-info/METADATA") and name.count("/") == 1]
        if len(found) != 1:
            raise BuildError(f"{place} has {len(found) or 'no'} METADATA")
        return parse_metadata(read_member(path, found[0], place), f"METADATA of {place}")
    except IntegrityError as error:
        raise BuildError(str(error)) from error
