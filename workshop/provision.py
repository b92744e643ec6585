"""Where the pip of `.dev/` comes from, and the settings of pip that hold here.

pip's index, certificate and proxy settings are obeyed; whatever could lead it to install elsewhere is left out. Page
and file of the index follow the simple API (PEP 691).
"""

from __future__ import annotations

import base64
import configparser
import glob
import hashlib
import html
import http.client
import json
import os
import re
import shlex
import shutil
import ssl
import sys
import sysconfig
import tempfile
import urllib.parse
import urllib.request

from workshop.step import SOURCE, StepError, run_quietly, say, variables

sys.path.insert(0, SOURCE)  # the one module of capsa that is used here needs none of its libraries
from capsa.settings.place import DEFAULT_INDEX

PAGES = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
# pip's settings that say how to reach an index; those that say where to install are none of ours.
KEPT = (
    "index-url", "extra-index-url", "find-links", "no-index", "cert", "client-cert", "proxy", "trusted-host",
    "timeout", "default-timeout", "retries", "keyring-provider", "cache-dir",
)  # fmt: skip


def provide(python: str) -> None:
    """Put a pip into `.dev/`: from a wheel that a Python on this machine carries, by another pip, or from the index."""
    failures: list[str] = []
    for wheel in carried_wheels():
        if try_pip([python, os.path.join(wheel, "pip"), "install", "--no-index", "--no-deps", wheel], failures):
            return
    for name in ("python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"):
        other = shutil.which(name)
        if other and try_pip([other, "-m", "pip", "--python", python, "install", "pip"], failures):
            return
    say("no pip on this machine: fetching one from the index")
    with tempfile.TemporaryDirectory() as folder:
        wheel = download_pip(folder)
        if try_pip([python, os.path.join(wheel, "pip"), "install", "--no-index", "--no-deps", wheel], failures):
            return
    raise StepError("no pip could be put into .dev:\n" + "\n".join(failures))


def try_pip(command: list[str], failures: list[str]) -> bool:
    """Run one way of getting pip; a way that fails is remembered and the next one tried."""
    try:
        run_quietly([*command, "--quiet"], pip_variables(), what=shlex.join(command))
    except StepError as error:
        failures.append(str(error))
        return False
    return True


def carried_wheels() -> list[str]:
    """Return the pip wheels on this machine that are meant for ensurepip, that of the running Python first."""
    folders = [
        os.path.join(sysconfig.get_path("stdlib"), "ensurepip", "_bundled"),
        sysconfig.get_config_var("WHEEL_PKG_DIR") or "",
        "/usr/share/python-wheels",  # where Debian keeps it
    ]
    return [wheel for folder in folders if folder for wheel in sorted(glob.glob(os.path.join(folder, "pip-*.whl")))]


def download_pip(folder: str) -> str:
    """Fetch the newest pip wheel of the index, hold it against its sha256 and return its path."""
    settings = pip_settings()
    page = (settings.get("index-url") or DEFAULT_INDEX).rstrip("/") + "/pip/"
    url, promised = newest_pip(fetch(page, settings, accept=PAGES).decode("utf-8"))
    content = fetch(urllib.parse.urljoin(page, url), settings, accept="*/*")
    name = os.path.basename(urllib.parse.urlsplit(url).path)
    if hashlib.sha256(content).hexdigest() != promised:
        raise StepError(f"{name} arrived with another sha256 than the index promises")
    path = os.path.join(folder, name)
    with open(path, "wb") as stream:
        stream.write(content)
    return path


def newest_pip(page: str) -> tuple[str, str]:
    """Return the address and sha256 of the newest pip wheel on a page of the simple API, JSON (PEP 691) or HTML."""
    if page.lstrip().startswith("{"):
        files = [(file["url"], file["hashes"].get("sha256"), file.get("yanked")) for file in json.loads(page)["files"]]
    else:
        anchors = re.findall(r"<a\s([^>]*)>", page)
        links = [(re.search(r'href="([^"#]*)#sha256=(\w+)"', anchor), "data-yanked" in anchor) for anchor in anchors]
        files = [(html.unescape(link[1]), link[2], is_yanked) for link, is_yanked in links if link]
    wheels = {}
    for url, promised, yanked in files:
        version = re.search(r"/pip-([0-9.]+)-py3-none-any\.whl$", "/" + url)
        if version and promised and not yanked:
            wheels[tuple(map(int, version[1].split(".")))] = url, promised
    if not wheels:
        raise StepError("the index has no pip wheel with a sha256")
    return wheels[max(wheels)]


def fetch(url: str, settings: dict[str, str], *, accept: str) -> bytes:
    """Return what lies at an address of the index, with pip's certificate and proxy settings."""
    if not url.startswith(("https://", "http://")):
        raise StepError(f"{without_secrets(url)} is not an address of an index")
    proxies = {"http": settings["proxy"], "https": settings["proxy"]} if settings.get("proxy") else None
    request = urllib.request.Request(without_secrets(url), headers={"Accept": accept})  # noqa: S310 - held against a list
    if user := re.match(r"[a-z]+://([^/@]*)@", url):
        secret = base64.b64encode(urllib.parse.unquote(user[1]).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {secret}")
    try:
        trust = ssl.create_default_context(cafile=settings.get("cert"))
        handlers = urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=trust)
        with urllib.request.build_opener(*handlers).open(request, timeout=30) as answer:
            content = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise StepError(f"{without_secrets(url)} could not be fetched: {error}") from error
    return bytes(content)


def pip_settings() -> dict[str, str]:
    """Return pip's connection settings out of its files and variables, the strongest last."""
    read = []
    for path in pip_files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError) as error:
            raise StepError(f"pip's settings in {path} can't be read: {error}") from error
        read.append(parser)
    found: dict[str, str] = {}
    for section in ("global", "install"):
        for parser in read:
            items = parser.items(section) if parser.has_section(section) else []
            found |= {key.replace("_", "-"): " ".join(value.split()) for key, value in items}
    for name, value in os.environ.items():
        if name.startswith("PIP_") and value:
            found[name[len("PIP_") :].lower().replace("_", "-")] = value
    return {key: found[key] for key in KEPT if found.get(key)}


def pip_files() -> list[str]:
    """Return where pip keeps its settings, the weakest first."""
    own = os.environ.get("PIP_CONFIG_FILE")
    if own == os.devnull:
        return []
    home, variable = os.path.expanduser("~"), os.environ.get
    if os.name == "nt":
        files = [os.path.join(variable(name, home), "pip", "pip.ini") for name in ("PROGRAMDATA", "APPDATA")]
    else:
        shared = (variable("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
        files = [os.path.join(folder, "pip", "pip.conf") for folder in reversed(shared)] + ["/etc/pip.conf"]
        files += [os.path.join(home, ".pip", "pip.conf")]
        files += [os.path.join(variable("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "pip", "pip.conf")]
    return [*files, *([own] if own else [])]


def pip_variables() -> dict[str, str]:
    """Return the environment for pip: its connection settings, and nothing that tells it where to install."""
    clean = {name: value for name, value in variables().items() if not name.startswith("PIP_")}
    for key, value in pip_settings().items():
        clean["PIP_" + key.upper().replace("-", "_")] = value
    return clean | {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def without_secrets(url: str) -> str:
    """Return an address as it may be shown: without the user and password in it."""
    return re.sub(r"//[^/@]*@", "//", url)
