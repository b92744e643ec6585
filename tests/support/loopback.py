"""A simple index on 127.0.0.1: serves a folder of wheels and sdists, as JSON or HTML; misbehaves when told to."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename


class LoopbackIndex:
    """Serves ``folder``.

    ``faults`` maps a path to answers it gives first: "503", "cut" (half the body, then the connection ends), "wrong"
    (other bytes of the same length). ``requests`` are the paths that were asked, in order.
    """

    def __init__(self, folder: Path, *, is_json: bool = True, has_metadata: bool = True) -> None:
        self.folder = folder
        self.is_json = is_json
        self.has_metadata = has_metadata
        self.faults: dict[str, list[str]] = {}
        self.requests: list[str] = []
        self.address = ""

    @property
    def url(self) -> str:
        return f"http://{self.address}/simple/"

    def answer(self, path: str) -> tuple[int, str, bytes]:
        parts = path.strip("/").split("/")
        if parts[0] == "simple" and len(parts) == 2:
            return self._page(parts[1])
        if parts[0] == "files" and len(parts) == 2:
            return self._file(parts[1])
        return 404, "text/plain", b"nothing here"

    def _page(self, project: str) -> tuple[int, str, bytes]:
        files = [path for path in sorted(self.folder.iterdir()) if _project(path) == project]
        if not files:
            return 404, "text/plain", b"no such project"
        rows = [self._row(path) for path in files]
        if self.is_json:
            document = {"meta": {"api-version": "1.1"}, "name": project, "files": rows}
            return 200, "application/vnd.pypi.simple.v1+json", json.dumps(document).encode()
        links = "".join(
            f'<a href="{row["url"]}#sha256={row["hashes"]["sha256"]}">{row["filename"]}</a>\n' for row in rows
        )
        return 200, "text/html", f"<!DOCTYPE html><html><body>{links}</body></html>".encode()

    def _row(self, wheel: Path) -> dict[str, Any]:
        content = wheel.read_bytes()
        row: dict[str, Any] = {
            "filename": wheel.name,
            "url": f"/files/{wheel.name}",
            "hashes": {"sha256": hashlib.sha256(content).hexdigest()},
            "size": len(content),
        }
        if wheel.suffix != ".whl":
            return row
        metadata = _metadata(wheel)
        requires = [line[17:] for line in metadata.decode().splitlines() if line.startswith("Requires-Python: ")]
        if requires:
            row["requires-python"] = requires[0]
        if self.has_metadata:
            row["core-metadata"] = {"sha256": hashlib.sha256(metadata).hexdigest()}
        return row

    def _file(self, name: str) -> tuple[int, str, bytes]:
        path = self.folder / name.removesuffix(".metadata")
        if not path.exists() or (name.endswith(".metadata") and not self.has_metadata):
            return 404, "text/plain", b"no such file"
        if name.endswith(".metadata"):
            return 200, "text/plain", _metadata(path)
        return 200, "application/octet-stream", path.read_bytes()


def _project(path: Path) -> str:
    if path.suffix == ".whl":
        return canonicalize_name(parse_wheel_filename(path.name)[0])
    return parse_sdist_filename(path.name)[0] if path.name.endswith(".tar.gz") else ""


def _metadata(wheel: Path) -> bytes:
    with ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return archive.read(name)


@contextmanager
def serve(index: LoopbackIndex) -> Iterator[LoopbackIndex]:
    """Serve an index on a free port of 127.0.0.1 until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            index.requests.append(self.path)
            fault = (index.faults.get(self.path) or [""]).pop(0) if index.faults.get(self.path) else ""
            status, kind, content = index.answer(self.path)
            if fault == "503":
                status, kind, content = 503, "text/plain", b"busy"
            if fault == "wrong":
                content = bytes(len(content))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if fault == "cut":
                self.wfile.write(content[: len(content) // 2])
                self.close_connection = True
                self.connection.shutdown(2)
                return
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing: the test reads ``requests``."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that was killed is no error of ours
    index.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
