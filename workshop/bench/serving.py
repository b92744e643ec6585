"""Serving the mirror on loopback while the tools are measured: by nginx where it is to be had, else by our own server.

nginx is taken from PATH; where apt is, its package is fetched and unpacked below `.dev/bench/`, which installs nothing
and starts no service. That is tried once.
"""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from workshop.bench import server
from workshop.bench.mirror import BENCH
from workshop.step import StepError, read, run_quietly, say, variables, write

LIFETIME = 86_400  # seconds for which a page counts as fresh: longer than any run, so that "warm" stays warm
TRIES, PATIENCE = 3, 10.0  # ports tried; seconds that a server may take to come up
CONFIGURATION = """\
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root "{site}";
        types {{ }}
        default_type application/octet-stream;
        add_header Cache-Control "max-age={lifetime}, public";
        location /simple/ {{ index index.json; default_type {kind}; }}
        location /lean/ {{ index index.json; default_type {kind}; }}
    }}
}}
"""


@contextlib.contextmanager
def serve(site: str, folder: str, nginx: str) -> Iterator[str]:
    """Serve ``site`` until the block ends and yield the address; ``folder`` is for the server's own files.

    ``nginx`` is its program, "" for our own server.
    """
    process, port = start_nginx(nginx, site, folder) if nginx else start_own(site)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server by ending its input; what does not listen to that is killed."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def start_own(site: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server of `server.py` as a process of its own; return it and its port."""
    command = [sys.executable, "-I", "-S", os.path.abspath(server.__file__), site, str(LIFETIME)]
    process = started(command)
    line = process.stdout.readline().strip() if process.stdout else b""
    if not line.isdigit():
        stop(process)
        raise StepError("the static server of the benchmarks did not start")
    return process, int(line)


def start_nginx(nginx: str, site: str, folder: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start nginx on a free port; return it and its port."""
    settings = os.path.join(folder, "nginx.conf")
    for _ in range(TRIES):
        port = free_port()
        write(settings, nginx_settings(site, folder, port))
        process = guarded([nginx, "-p", folder, "-e", os.path.join(folder, "nginx.log"), "-c", settings])
        if answers(process, port):
            return process, port
        stop(process)
    log = read(os.path.join(folder, "nginx.log")).strip()
    raise StepError(f"nginx did not start: {log or 'it said nothing'}")


def guarded(command: list[str]) -> subprocess.Popen[bytes]:
    """Start somebody else's server so that it ends when we do, however that happens."""
    return started([sys.executable, "-I", "-S", os.path.join(os.path.dirname(__file__), "guard.py"), *command])


def started(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process that ends with its input; Ctrl-C is for us alone, and we end it."""
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=variables(),
        process_group=0,
    )  # fmt: skip


def nginx_settings(site: str, folder: str, port: int) -> str:
    """Return a configuration file for one site."""
    # A worker of nginx gives up root, and could then not read a checkout below root's home.
    user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    return CONFIGURATION.format(user=user, folder=folder, port=port, site=site, lifetime=LIFETIME, kind=server.KIND)


def answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until something answers at a port; False when the process ends before or takes too long."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.02)
    return False


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_nginx(*, is_fetched: bool = True) -> str:
    """Return the program of nginx, "" where there is none and none could be had; `is_fetched`: where there is apt."""
    unpacked = os.path.join(BENCH, "nginx", "usr", "sbin", "nginx")
    tried = os.path.join(BENCH, "stamp-nginx")
    known = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if is_fetched and not known and not read(tried) and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        say("trying to fetch nginx, which serves the mirror")
        write(tried, "tried")
        with contextlib.suppress(StepError):
            fetch_nginx(os.path.join(BENCH, "nginx"))
    found = known or unpacked
    return found if os.path.exists(found) and has_libraries(found) else ""


def fetch_nginx(folder: str) -> None:
    """Fetch nginx's package and unpack it into a folder, as root after asking for newer lists when that is needed."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    quiet = ["-qq", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10"]
    fetch = ["sh", "-c", 'cd "$0" && exec apt-get "$@"', folder, *quiet, "download", "nginx"]
    try:
        run_quietly(fetch, variables(), what="fetching nginx", timeout=60)
    except StepError:
        run_quietly(["apt-get", *quiet, "update"], variables(), what="apt-get update", timeout=90)
        run_quietly(fetch, variables(), what="fetching nginx", timeout=60)
    for package in glob.glob(os.path.join(folder, "*.deb")):
        run_quietly(["dpkg-deb", "-x", package, folder], variables(), what="unpacking nginx", timeout=60)


def has_libraries(program: str) -> bool:
    """Whether a program starts at all here."""
    try:
        run_quietly([program, "-v"], variables(), what="nginx", timeout=10)
    except StepError:
        return False
    return True
