"""Threads against asyncio: 200 pages from a loopback server over 24 connections, and what each costs to import.

    .dev/bin/python benchmarks/threads.py

The server runs in a process of its own and answers every page with 64 KiB, at once or after 20 ms, in the clear or over
TLS (where an `openssl` command can make a certificate). Rounds are interleaved; the figures are medians.
"""

import argparse
import asyncio
import os
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import urllib3

PAGES, CONNECTIONS, BODY = 200, 24, b"x" * 65536
MODULES = ("threading", "concurrent.futures", "queue", "asyncio", "asyncio, ssl", "urllib3")


async def serve(delay, certificate):
    """Answer GET requests for ever; print the port first."""

    async def answer(reader, writer):
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(delay)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{certificate}/cert.pem", f"{certificate}/key.pem")
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context, backlog=100)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def trust(certificate):
    """Return a context that trusts the server's own certificate alone."""
    return ssl.create_default_context(cafile=f"{certificate}/cert.pem") if certificate else None


def by_threads(port, certificate):
    """Fetch all pages with a pool of threads over urllib3."""
    scheme = "https" if certificate else "http"
    pool = urllib3.PoolManager(maxsize=CONNECTIONS, block=True, ssl_context=trust(certificate), retries=False)
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        pages = threads.map(lambda n: pool.request("GET", f"{scheme}://127.0.0.1:{port}/{n}").data, range(PAGES))
        return sum(map(len, pages))


def one_by_one(port, certificate):
    """Fetch all pages one after another over urllib3."""
    scheme = "https" if certificate else "http"
    pool = urllib3.PoolManager(ssl_context=trust(certificate), retries=False)
    return sum(len(pool.request("GET", f"{scheme}://127.0.0.1:{port}/{n}").data) for n in range(PAGES))


def by_plain_threads(port, certificate):
    """Fetch all pages with threads over plain sockets and the same least HTTP as `by_asyncio`."""
    waiting, context = list(range(PAGES)), trust(certificate)

    def connection(_):
        link, total = socket.create_connection(("127.0.0.1", port)), 0
        link = context.wrap_socket(link, server_hostname="127.0.0.1") if context else link
        with link, link.makefile("rb") as reader:
            while waiting:
                try:
                    page = waiting.pop()
                except IndexError:
                    break
                link.sendall(b"GET /%d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % page)
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += reader.readline()
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                total += len(reader.read(length))
        return total

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        return sum(threads.map(connection, range(CONNECTIONS)))


def by_asyncio(port, certificate):
    """Fetch all pages with asyncio's streams and the least HTTP that will do: kinder than any real client."""
    waiting = list(range(PAGES))

    async def connection(context):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        total = 0
        while waiting:
            writer.write(b"GET /%d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % waiting.pop())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            total += len(await reader.readexactly(length))
        writer.close()
        return total

    async def everything():
        context = trust(certificate)
        return sum(await asyncio.gather(*(connection(context) for _ in range(CONNECTIONS))))

    return asyncio.run(everything())


def measure_fetching(delay, certificate, rounds):
    """Print the median of each way, in milliseconds."""
    command = [sys.executable, __file__, "--serve", str(delay), "--certificate", certificate]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline())
        times = {way: [] for way in (by_threads, by_plain_threads, by_asyncio, one_by_one)}
        for _ in range(rounds):
            for way, found in times.items():
                start = time.perf_counter()
                assert way(port, certificate) == PAGES * len(BODY)
                found.append((time.perf_counter() - start) * 1000)
    finally:
        server.kill()
        server.wait()
    title = f"{'TLS' if certificate else 'in the clear'}, {delay * 1000:.0f} ms of delay"
    row = ", ".join(f"{way.__name__} {statistics.median(found):.0f} ms" for way, found in times.items())
    print(f"{title}: {row}", flush=True)


def measure_imports(rounds):
    """Print what each import adds to the start of `python -I -S`, in milliseconds."""
    times = {code: [] for code in ("pass", *(f"import {names}" for names in MODULES))}
    for _ in range(rounds):
        for code, found in times.items():
            # urllib3 is no part of the standard library, so its folder must be told.
            full = f"import sys; sys.path.append({os.path.dirname(os.path.dirname(urllib3.__file__))!r}); {code}"
            start = time.perf_counter()
            subprocess.run([sys.executable, "-I", "-S", "-c", full], check=True)
            found.append((time.perf_counter() - start) * 1000)
    bare = statistics.median(times.pop("pass"))
    print(
        f"python -I -S: {bare:.1f} ms; "
        + ", ".join(f"{code} +{statistics.median(found) - bare:.1f}" for code, found in times.items())
    )


def main():
    """Measure, or serve for a measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--certificate", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        asyncio.run(serve(options.serve, options.certificate))
        return
    measure_imports(options.rounds * 3)
    with tempfile.TemporaryDirectory() as folder:
        certificates = [""]
        if shutil.which("openssl"):
            names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
            files = ["-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"]
            command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, *files]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            certificates.append(folder)
        for certificate in certificates:
            for delay in (0.0, 0.02):
                measure_fetching(delay, certificate, options.rounds)


if __name__ == "__main__":
    main()
