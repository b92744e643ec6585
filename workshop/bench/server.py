"""A static server of our own for the mirror, where there is no nginx: run as a script, `server.py FOLDER [LIFETIME]`.

Listens on 127.0.0.1 and a free port, which is the first line that it prints. Ends when its standard input does, so it
never outlives who started it. Serves whole files, kept-alive connections, Last-Modified; no ranges.
"""

from __future__ import annotations

import functools
import http.server
import os
import sys
import threading

KIND = "application/vnd.pypi.simple.v1+json"


class Page(http.server.SimpleHTTPRequestHandler):
    """Answers with the files of a folder; a folder's page is its index.json."""

    protocol_version = "HTTP/1.1"
    index_pages = ("index.json",)  # read by Python 3.12 and newer
    lifetime = "86400"
    wbufsize = 1 << 16  # the headers and a small page leave in one packet
    disable_nagle_algorithm = True

    def send_head(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - its type is a private one of typeshed's
        """Answer for a folder with its page, and never with a listing."""
        place = self.translate_path(self.path)
        if os.path.isdir(place) and not self.path.endswith("/index.json"):
            self.path = self.path.rstrip("/") + "/index.json"
        return super().send_head()

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """Return the type of a page (PEP 691) or of a file."""
        return KIND if os.fspath(path).endswith(".json") else "application/octet-stream"

    def end_headers(self) -> None:
        """Give what was asked a lifetime, as real indexes do; what is not there gets none."""
        if getattr(self, "answered", 0) in {200, 304}:
            self.send_header("Cache-Control", f"max-age={self.lifetime}, public")
        super().end_headers()

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin an answer and keep its status."""
        self.answered = code
        super().send_response(code, message)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Say nothing: a line for each request would be measured too."""


def main() -> None:
    """Serve until standard input ends."""
    Page.lifetime = sys.argv[2] if sys.argv[2:] else Page.lifetime
    served = functools.partial(Page, directory=sys.argv[1])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), served) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
