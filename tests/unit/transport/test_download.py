import hashlib

import pytest

from capsa.errors import FetchError
from capsa.testing.transport import Answer, FakeTransport
from capsa.transport.download import fetch_bytes, fetch_file
from capsa.transport.port import BrokenTransferError, ChangedError, RefusedError, Request

URL = "https://files.example.org/a.whl"
BODY = bytes(range(256)) * 10_000


def test_a_body_is_read_whole_with_its_head():
    fake = FakeTransport({URL: Answer(body=b"x" * 2500, headers={"X-A": "1"})})
    head, body = fetch_bytes(fake, Request(url=URL))
    assert (body, head.headers.get("x-a"), fake.open_count) == (b"x" * 2500, "1", 0)


def test_a_body_that_is_too_long_for_memory_is_refused():
    fake = FakeTransport({URL: Answer(body=b"x" * 2500)})
    with pytest.raises(FetchError, match=r"a\.whl is longer than 2,000 bytes"):
        fetch_bytes(fake, Request(url=URL), limit=2000)
    assert fake.open_count == 0


def test_a_file_is_written_with_its_hash_size_and_progress(tmp_path):
    seen = []
    fake = FakeTransport({URL: Answer(body=BODY)})
    path = tmp_path / "a.whl"
    assert fetch_file(fake, Request(url=URL), str(path), seen.append) == (hashlib.sha256(BODY).hexdigest(), len(BODY))
    assert path.read_bytes() == BODY
    assert sum(seen) == len(BODY)
    assert fake.requests[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, [3]),
        ({"Content-Length": "?"}, []),
        ({"Content-Encoding": "gzip"}, []),
        ({"Content-Encoding": "identity"}, [3]),
    ],
    ids=str,
)
def test_the_size_that_a_server_tells_is_passed_on_before_the_first_byte(tmp_path, headers, told):
    seen = []
    fake = FakeTransport({URL: Answer(body=b"abc", headers=headers)})

    def listen(count):
        assert seen == told
        assert count == 3

    fetch_file(fake, Request(url=URL), str(tmp_path / "a"), listen, seen.append)
    assert seen == told


def test_an_empty_file_is_a_file(tmp_path):
    fetch_file(FakeTransport({URL: Answer()}), Request(url=URL), str(tmp_path / "a"), lambda _: None)
    assert (tmp_path / "a").read_bytes() == b""


@pytest.mark.parametrize("status", [206, 304, 404, 503])
def test_any_status_but_ok_is_a_refusal_and_leaves_no_file(tmp_path, status):
    fake = FakeTransport({URL: Answer(status=status)})
    with pytest.raises(RefusedError, match=f"status {status}"):
        fetch_file(fake, Request(url=URL), str(tmp_path / "a"), lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_a_transfer_that_fails_leaves_no_file_and_takes_its_progress_back(tmp_path):
    seen = []
    fake = FakeTransport({URL: Answer(body=BODY, cut_at=5000)})
    with pytest.raises(BrokenTransferError):
        fetch_file(fake, Request(url=URL), str(tmp_path / "a"), seen.append)
    assert list(tmp_path.iterdir()) == []
    assert sum(seen) == 0


def test_a_file_that_changed_meanwhile_is_fetched_anew(tmp_path):
    def chunks():
        yield b"half"
        raise ChangedError(url=URL)

    class Changing(FakeTransport):
        def send(self, request):
            response = super().send(request)
            if len(self.requests) == 1:
                response.chunks = chunks()
            return response

    seen = []
    _, size = fetch_file(Changing({URL: Answer(body=BODY)}), Request(url=URL), str(tmp_path / "a"), seen.append)
    assert (tmp_path / "a").read_bytes() == BODY
    assert size == sum(seen) == len(BODY)
