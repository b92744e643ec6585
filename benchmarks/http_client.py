"""HTTP clients against each other on a loopback server: import cost, 200 small requests over 24 threads, a 50 MB body.

python benchmarks/http_client.py [rounds]
Runs with the standard library; compares whatever of urllib3, requests and httpx can be imported, and says what can't.
Each figure is the median of interleaved rounds, each in a process of its own, in CPU time of that process, which a busy
machine disturbs least; the shortest time by the wall clock stands beside it. Ratios are to urllib3 (else http.client).
Figures that decided something: docs/adr/0001-http-client.md.
"""

import importlib.util
import os
import queue
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CLIENTS = ("http.client", "urllib3", "requests", "httpx")
THREADS, SMALL_COUNT, SMALL, LARGE = 24, 200, 10_000, 50_000_000
PIECE = 65_536


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self):
        size = int(self.path.strip("/"))
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        piece = bytes(1 << 20)
        while size > 0:
            self.wfile.write(piece[:size])
            size -= len(piece)

    def log_message(self, *_):
        """Nothing is printed."""


def serve():
    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


def client_of(name, port):
    """Return a function that reads a path in pieces and returns how many bytes came, over pooled connections."""
    makers = {"http.client": _stdlib, "urllib3": _urllib3, "requests": _requests, "httpx": _httpx}
    return makers[name](port)


def _stdlib(port):
    import http.client  # noqa: PLC0415 - a client is loaded only where it is measured

    idle = queue.LifoQueue()

    def fetch(path):
        try:
            connection = idle.get_nowait()
        except queue.Empty:
            connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", path)
        with connection.getresponse() as response:
            size = 0
            while piece := response.read(PIECE):
                size += len(piece)
        idle.put(connection)
        return size

    return fetch


def _urllib3(port):
    import urllib3  # noqa: PLC0415 - a client is loaded only where it is measured

    pool = urllib3.PoolManager(maxsize=THREADS)

    def fetch(path):
        response = pool.request("GET", f"http://127.0.0.1:{port}{path}", preload_content=False)
        return sum(len(piece) for piece in response.stream(PIECE))

    return fetch


def _requests(port):
    import requests  # noqa: PLC0415 - a client is loaded only where it is measured
    from requests.adapters import HTTPAdapter  # noqa: PLC0415 - as above

    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=THREADS))

    def fetch(path):
        with session.get(f"http://127.0.0.1:{port}{path}", stream=True) as response:
            return sum(len(piece) for piece in response.iter_content(PIECE))

    return fetch


def _httpx(port):
    import httpx  # noqa: PLC0415 - a client is loaded only where it is measured

    client = httpx.Client(limits=httpx.Limits(max_connections=THREADS, max_keepalive_connections=THREADS))

    def fetch(path):
        with client.stream("GET", f"http://127.0.0.1:{port}{path}") as response:
            return sum(len(piece) for piece in response.iter_raw(PIECE))

    return fetch


def work(name, task, port):
    """One round, in its own process: print the seconds that it took, without the import."""
    fetch = client_of(name, port)
    if task == "small":
        fetch("/1")  # whatever is set up once
        begin = time.process_time(), time.perf_counter()
        with ThreadPoolExecutor(THREADS) as threads:
            sizes = list(threads.map(fetch, [f"/{SMALL}"] * SMALL_COUNT))
        assert sizes == [SMALL] * SMALL_COUNT
    else:
        begin = time.process_time(), time.perf_counter()
        assert fetch(f"/{LARGE}") == LARGE
    print(time.process_time() - begin[0], time.perf_counter() - begin[1])


def measure(name, task, port):
    """Return (CPU seconds, wall seconds) of one round."""
    if task == "import":
        before, start = os.times(), time.perf_counter()
        subprocess.run([sys.executable, "-c", f"import {name}" if name else "pass"], check=True)
        after = os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        return used, time.perf_counter() - start
    command = [sys.executable, __file__, "--work", name, task, str(port)]
    used, passed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(used), float(passed)


def report(title, figures, floor, reference):
    print(f"{title}: median CPU ms, ratio, shortest wall ms")
    used = {name: statistics.median(cpu for cpu, _ in rows) - floor[0] for name, rows in figures.items()}
    for name, rows in figures.items():
        ratio = used[name] / used[reference] if used[reference] > 0 else float("nan")
        shortest = min(wall for _, wall in rows) - floor[1]
        print(f"  {name:<12} {used[name] * 1000:8.1f}   {ratio:5.2f} of {reference}   {shortest * 1000:8.1f}")


def main(rounds):
    found = [name for name in CLIENTS if importlib.util.find_spec(name.partition(".")[0])]
    for name in CLIENTS:
        if name not in found:
            print(f"{name} can't be imported here and is left out")
    reference = "urllib3" if "urllib3" in found else "http.client"
    server = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline())
        bare = []
        for title, task in (
            ("import, above a bare interpreter", "import"),
            (f"{SMALL_COUNT} bodies of {SMALL:,} bytes over {THREADS} threads", "small"),
            (f"one body of {LARGE:,} bytes", "large"),
        ):
            figures = {name: [] for name in found}
            for _ in range(rounds):
                if task == "import":
                    bare.append(measure("", task, port))
                for name in found:
                    figures[name].append(measure(name, task, port))
            floor = (0.0, 0.0)
            if task == "import":
                floor = statistics.median(cpu for cpu, _ in bare), min(wall for _, wall in bare)
            report(title, figures, floor, reference)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    threading.stack_size(1 << 18)
    if sys.argv[1:2] == ["--serve"]:
        serve()
    elif sys.argv[1:2] == ["--work"]:
        work(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
