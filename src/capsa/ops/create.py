"""``create``: the Python that is meant, the pip for it, and the box."""

from __future__ import annotations

from capsa.environment.create import create
from capsa.environment.pip import Seed
from capsa.environment.wish import Wish, prompt_text
from capsa.interpreter.discover import Choice, discover
from capsa.model.event import Event
from capsa.model.manifest import Manifest
from capsa.model.outcome import CreateOutcome
from capsa.ops.entrust import renew_trust
from capsa.ops.seed import find_seed
from capsa.ops.session import Session
from capsa.ops.spare import replenish
from capsa.ops.supply import Supply
from capsa.project.find import find_project
from capsa.shell.caller import calling_shell
from capsa.shell.line import activation_line
from capsa.shell.scripts import scripts
from capsa.value import value


@value
class Order:
    """The box that is asked for: ``root`` is absolute; the rest are the options of the verb."""

    root: str
    has_pip: bool = True
    is_copy: bool = False
    has_system_site: bool = False
    prompt: str = ""
    is_cleared: bool = False
    is_allowed_existing: bool = False
    is_upgraded: bool = False


def create_box(supply: Supply, order: Order, folder: str) -> CreateOutcome:
    """Make the box and return what it is; ``folder`` is where the project and its ``.python-version`` are looked for.

    Without a pip to be had the box is made without one, and a hint says so.
    """
    session = supply.session
    choice = choose_python(session, folder)
    if order.has_pip:
        with session.sharing_store():
            seed = find_seed(supply, choice.interpreter)
            _make(session, order, choice, seed)
    else:
        seed = None
        _make(session, order, choice, seed)
    hints = ("no pip was to be had, so the box has none; with a network: `capsa install --env . pip`",)
    return CreateOutcome(
        environment=order.root,
        python=choice.interpreter.title,
        reason=choice.reason,
        activation_line=activation_line(
            calling_shell(session.surroundings),
            order.root,
            session.surroundings.platform,
            folder=session.surroundings.folder,
        ),
        pip=seed.release if seed else None,
        hints=hints if order.has_pip and seed is None else (),
    )


def choose_python(session: Session, folder: str, *, requires_python: str | None = None) -> Choice:
    """Return the Python for a new box (CONTRACT, "Which Python"), and say which had to be passed over.

    ``requires_python`` is the range to keep to, that of the project around ``folder`` where it is None.
    """
    if requires_python is None:
        project = find_project(folder)
        requires_python = (project.requires_python if project else "") or ""
    settings = session.settings
    choice = discover(
        session.surroundings,
        session.probe.ask,
        wanted=settings.python or "",
        origin=settings.origin("python").removeprefix("flag "),
        requires_python=requires_python,
        folder=folder,
    )
    for sentence in choice.skipped:
        session.report(Event(kind="detail", text=f"passed over: {sentence}"))
    return choice


def _seed(session: Session, manifest: Manifest, *, has_spares: bool) -> Seed:
    store = session.store
    spares = store.spares(manifest.sha256) if has_spares else ""
    return Seed(manifest, f"{store.archive(manifest.sha256)}/tree", spares)


def _make(session: Session, order: Order, choice: Choice, seed: Manifest | None) -> None:
    prompt = prompt_text(order.prompt, session.surroundings.folder)
    wish = Wish(
        root=order.root,
        interpreter=choice.interpreter,
        scripts=scripts(order.root, prompt, choice.interpreter.platform),
        prompt=prompt,
        is_copy=order.is_copy,
        has_system_site=order.has_system_site,
        is_cleared=order.is_cleared,
        is_allowed_existing=order.is_allowed_existing,
        is_upgraded=order.is_upgraded,
    )
    count = session.settings.spares if session.settings.link_mode == "auto" else 0
    create(wish, session.linker, _seed(session, seed, has_spares=count > 0).put if seed else None)
    if seed:
        replenish(session.surroundings, session.store.root, seed.sha256, count)
    session.note(order.root)
    renew_trust(session.settings.data_dir, order.root, prompt)
