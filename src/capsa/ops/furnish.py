"""A box in the store that holds a solution: for builds, for ``run --with``, for scripts. Made once, used by everybody.

    CACHE/environment-v1/<key>/             a box without pip; the key is made of what is in it and for which Python
    CACHE/environment-v1/<key>/.capsa/used  its time tells when the box was last asked for

Made aside and renamed, so a race is a tie; never changed after that.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from capsa.disk.atomic import make_folders, remove_tree, rename, write_atomic, write_new
from capsa.disk.exchange import Exchanger
from capsa.disk.refusal import RefusedError
from capsa.environment.create import Wish, create
from capsa.environment.open import open_environment
from capsa.errors import DiskError, EnvironmentDamagedError
from capsa.model.build import BuildRules
from capsa.model.digest import digest
from capsa.model.environment import Environment
from capsa.model.event import Event
from capsa.model.interpreter import Interpreter
from capsa.model.layout import CAPSA
from capsa.model.manifest import Manifest
from capsa.model.plan import diff
from capsa.model.solution import Chosen, Solution
from capsa.model.target import target_of
from capsa.ops.change import Stock, apply_plan, read_receipt
from capsa.ops.demands import Demands
from capsa.ops.direct import obtain_direct
from capsa.ops.obtain import obtain_archives, renewing
from capsa.ops.solve import solve
from capsa.ops.supply import SourceBuilds, Supply
from capsa.resolution.request import Policy, ResolutionRequest
from capsa.value import field, value

USED = f"{CAPSA}/used"
OVERLAY = "capsa-overlay.pth"

_FORMAT = 1  # of what such a box holds: another number, other boxes
_KEY_LENGTH = 40


@value
class Furnishing:
    """What a box is to hold, and by which rules it is solved.

    ``preferences`` are versions to be taken where the demands admit them, by normalized name; ``base_site`` is the
    absolute site-packages folder of another box whose packages are seen where this one has none, or "".
    """

    demands: Demands
    preferences: Mapping[str, str] = field(default_factory=dict)
    rules: BuildRules = field(default_factory=BuildRules)
    prereleases: Policy = "if-necessary-or-explicit"
    base_site: str = ""


def furnish(supply: Supply, interpreter: Interpreter, furnishing: Furnishing, builds: SourceBuilds) -> Environment:
    """Return a box of the store that meets the demands, made if there is none.

    Raises what solving, fetching and building raise; then there is no box.
    """
    with supply.session.sharing_store():
        solution = _solution(supply, interpreter, furnishing, builds)
        # A wheel's hash is known before it is fetched; that of a wheel to be built is not.
        unknown = tuple(package for package in solution.packages if not _is_known(package))
        manifests = obtain_archives(supply, unknown, builds)
        environment = _environment(supply, interpreter, _key(solution, manifests, interpreter, furnishing.base_site))
        if not _is_whole(environment):
            known = tuple(package for package in solution.packages if _is_known(package))
            manifests.update(obtain_archives(supply, known, builds))
            stock = Stock(manifests=manifests, renew=renewing(supply, builds))
            _make(supply, environment, solution, stock, furnishing.base_site)
        _note_use(supply, environment)
    return environment


def _solution(supply: Supply, interpreter: Interpreter, furnishing: Furnishing, builds: SourceBuilds) -> Solution:
    demands, target = furnishing.demands, target_of(interpreter)
    if not demands.requirements:
        return Solution(packages=())
    direct = obtain_direct(supply, builds, (*demands.requirements, *demands.constraints), target)
    count = len(demands.requirements)
    request = ResolutionRequest(
        requirements=direct.requirements[:count],
        constraints=direct.requirements[count:],
        target=target,
        pinned=direct.pinned,
        preferences=dict(furnishing.preferences),
        prereleases=furnishing.prereleases,
        builds=furnishing.rules,
        reporter=supply.session.reporter,
    )
    return solve(supply, request, builds=builds)


def _is_known(package: Chosen) -> bool:
    return package.distribution.is_wheel and package.distribution.sha256 is not None


def _key(solution: Solution, manifests: Mapping[str, Manifest], interpreter: Interpreter, base_site: str) -> str:
    rows = [str(_FORMAT), interpreter.base_executable, *identity_of(interpreter), interpreter.version, base_site]
    for package in solution.packages:
        file = package.distribution
        manifest = manifests.get(package.name)
        name, sha256 = (manifest.filename, manifest.sha256) if manifest else (file.filename, file.sha256 or "")
        rows.append(f"{name} {sha256} {package.direct_url or ''} {package.is_direct}")
    return digest("\n".join(rows).encode("utf-8", "surrogateescape"))[:_KEY_LENGTH]


def identity_of(interpreter: Interpreter) -> tuple[str, ...]:
    """Return what a wheel that was built by this Python depends on."""
    return (
        interpreter.implementation,
        interpreter.minor,
        interpreter.soabi,
        interpreter.platform_tag,
        "debug" if interpreter.is_debug else "",
        " ".join(str(part) for part in interpreter.libc[:1]),
    )


def _environment(supply: Supply, interpreter: Interpreter, key: str) -> Environment:
    """Return the box of a key, whether or not it is there; what its Python is like is known without asking it."""
    root = supply.session.store.environment(key)
    opened = open_environment(root, interpreter)
    facts = {
        **interpreter.facts(),
        "executable": opened.layout.path(opened.layout.python),
        "prefix": root,
        "is_externally_managed": False,
    }
    return open_environment(root, Interpreter(facts))


def _is_whole(environment: Environment) -> bool:
    """Whether the box is there, with a Python that is there and every dist-info folder that was put in."""
    layout = environment.layout
    if not os.path.exists(layout.path(USED)) or not os.path.exists(layout.path(layout.python)):
        return False
    try:
        entries = read_receipt(environment).entries
    except EnvironmentDamagedError:
        return False
    return all(os.path.isdir(layout.path(entry.info)) for entry in entries)


def _make(supply: Supply, environment: Environment, solution: Solution, stock: Stock, base_site: str) -> None:
    session, layout = supply.session, environment.layout
    _clear_away(supply, environment)
    place = session.store.temporary()
    wish = Wish(root=place, interpreter=environment.interpreter, command=f"capsa, for {environment.root}")
    try:
        create(wish, session.linker)
        # It lies at `place` for now; launchers speak of where it will be.
        aside = Environment(root=place, layout=layout, interpreter=environment.interpreter)
        plan = diff(solution, ())
        if plan.changes:
            apply_plan(session, aside, plan, stock)
        if base_site:
            write_new(f"{place}/{layout.purelib}/{OVERLAY}", _overlay(base_site))
        write_new(f"{place}/{USED}", b"")
        make_folders(os.path.dirname(environment.root))
        try:
            Exchanger().place(place, environment.root)
        except RefusedError:
            if not _is_whole(environment):  # else another capsa was faster: its box is as good
                raise
    finally:
        remove_tree(place)


def _clear_away(supply: Supply, environment: Environment) -> None:
    """Take away a box of this key that is no longer whole."""
    if os.path.lexists(environment.root):
        broken = supply.session.store.temporary()
        rename(environment.root, broken)
        remove_tree(broken)


def _overlay(base_site: str) -> bytes:
    # `addsitedir` and not the bare path: the .pth files there count too, by which editable projects are found.
    return f"import site; site.addsitedir({base_site!a})\n".encode("ascii")


def _note_use(supply: Supply, environment: Environment) -> None:
    try:
        write_atomic(environment.layout.path(USED), b"")
    except DiskError as error:
        # A store that can't be written: the box serves all the same.
        supply.session.report(Event(kind="detail", text=f"the use of {environment.root} was not noted: {error}"))
