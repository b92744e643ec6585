"""What every test stands on: no setting of this machine reaches it, nothing but loopback is dialled, the seed is known.

``CAPSA_TEST_LONG=1`` runs everything; ``CAPSA_TEST_SEED=N`` repeats the random choices of an earlier run.
"""

import ipaddress
import os
import random
import signal
import socket

import pytest
from hypothesis import settings

LONG = os.environ.get("CAPSA_TEST_LONG") == "1"
SEED = int(os.environ.get("CAPSA_TEST_SEED") or 1)
MACHINE = dict(os.environ)

# Settings of pip, of capsa, of Python, of the terminal and of the desktop that a developer may have.
PREFIXES = ("PIP_", "CAPSA_", "UV_", "XDG_", "PYTHON", "VIRTUAL_ENV", "COV_")
NAMES = {
    "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CI", "COLUMNS", "LINES", "SOURCE_DATE_EPOCH", "NETRC", "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy",
    "all_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "ENV", "BASH_ENV",
    "ZDOTDIR", "PROMPT_COMMAND",
}  # fmt: skip

# The everyday run takes the same samples everywhere; a long one looks further, from a seed that is printed.
settings.register_profile("everyday", derandomize=True, deadline=None, max_examples=50, database=None)
settings.register_profile("long", deadline=None, max_examples=2000, print_blob=True, database=None)
settings.load_profile("long" if LONG else "everyday")


def pytest_configure(config):
    """Register what the house's own markers mean."""
    config.addinivalue_line("markers", "long: runs only with `dev.py test --long`")
    # Who starts the tests in the background of a shell has them ignore Ctrl-C, which every child would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header():
    """Print the seed, so that a failure can be had again."""
    return f"seed: {SEED} (again with `dev.py test --seed {SEED}{' --long' if LONG else ''}`)"


def pytest_collection_modifyitems(items):
    """Leave out the long tests of an everyday run, by name."""
    for item in items:
        if not LONG and item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="runs only with `dev.py test --long`"))


@pytest.fixture(autouse=True, scope="session")
def _surroundings(tmp_path_factory):
    """Hide this machine's settings for as long as tests run, and give them an empty home."""
    with pytest.MonkeyPatch.context() as patch:
        for name in MACHINE:
            if name.startswith(PREFIXES) or name in NAMES:
                patch.delenv(name)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.setenv("CAPSA_COMPILE_BYTECODE", "never")  # no test leaves a process behind, unless it says so
        patch.setenv("CAPSA_SPARES", "0")
        mask = os.umask(0o022)
        yield
        os.umask(mask)


@pytest.fixture(autouse=True)
def _only_loopback(request, monkeypatch):
    """Refuse to dial anything but this machine, unless the test is marked ``network``: the tests pass offline."""
    if request.node.get_closest_marker("network"):
        return
    dial = socket.socket.connect

    def connect(self, address):
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            message = f"a test without the mark `network` dialled {address[0]}"
            raise ConnectionRefusedError(message)
        return dial(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session")
def machine():
    """The environment variables as they were before the tests hid them; for tests of the real machine."""
    return dict(MACHINE)


@pytest.fixture
def rng(request):
    """A random generator that is this test's own, made from the seed and the test's name."""
    return random.Random(f"{SEED} {request.node.nodeid}")
