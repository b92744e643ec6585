import pytest

from capsa.testing.transport import Answer, FakeTransport
from capsa.transport.download import fetch_bytes
from capsa.transport.port import (
    BrokenTransferError,
    ChangedError,
    FetchError,
    Headers,
    RefusedError,
    Request,
    UnreachableError,
)
from capsa.transport.retry import Patience, RetryingTransport, seconds_asked

URL = "https://index.example/a"
BODY = bytes(range(256)) * 20
BUSY = Answer(status=503, body=b"busy")


class World:
    """A retrying transport over canned answers; ``slept`` are the waits, ``told`` the texts of events."""

    def __init__(self, *answers, attempts=5):
        self.fake = FakeTransport({URL: list(answers)})
        self.slept, self.told = [], []
        patience = Patience(attempts=attempts, sleep=self.slept.append, chance=lambda: 1.0)
        self.transport = RetryingTransport(self.fake, self, patience)

    def event(self, event):
        assert event.kind == "detail"
        self.told.append(event.text)

    def fetch(self, url=URL, **headers):
        try:
            return fetch_bytes(self.transport, Request(url=url, headers=headers))
        finally:
            assert self.fake.open_count == 0


def ranges(world):
    return [request.headers.get("Range") for request in world.fake.requests]


def test_a_server_that_recovers_is_asked_again_and_each_retry_is_told():
    world = World(BUSY, BUSY, Answer(body=BODY))
    head, body = world.fetch("https://ann:secret@index.example/a")
    assert (head.status, body) == (200, BODY)
    assert world.told == [
        "retrying https://index.example/a in 0.5 s: the server answered 503 (try 2 of 5)",
        "retrying https://index.example/a in 1.0 s: the server answered 503 (try 3 of 5)",
    ]
    assert world.slept == [0.5, 1.0]


def test_the_last_answer_is_given_when_all_are_busy():
    world = World(BUSY)
    assert world.fetch()[0].status == 503
    assert len(world.fake.requests) == 5
    assert world.slept == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize("status", [200, 304, 400, 401, 403, 404, 410, 501])
def test_other_answers_are_final(status):
    world = World(Answer(status=status))
    assert world.fetch()[0].status == status
    assert len(world.fake.requests) == 1


def test_retry_after_is_honoured_up_to_a_minute():
    world = World(
        Answer(status=429, headers={"Retry-After": "7"}), Answer(status=503, headers={"Retry-After": "9999"}), Answer()
    )
    world.fetch()
    assert world.slept == [7.0, 60.0]


def test_a_moment_in_retry_after_is_counted_from_the_answers_date():
    date = "Wed, 21 Oct 2015 07:28:00 GMT"
    later = "Wed, 21 Oct 2015 07:28:12 GMT"
    assert seconds_asked(Headers([("Retry-After", later), ("Date", date)])) == 12.0
    assert seconds_asked(Headers([("Retry-After", date), ("Date", later)])) == 0.0
    assert seconds_asked(Headers([("Retry-After", later)])) == 0.0
    assert seconds_asked(Headers([("Retry-After", "soon"), ("Date", date)])) == 0.0
    assert seconds_asked(Headers()) == 0.0


def test_who_cant_be_reached_is_tried_three_times():
    error = UnreachableError("index.example can't be reached: Connection refused", url=URL)
    world = World(error)
    with pytest.raises(UnreachableError):
        world.fetch()
    assert len(world.fake.requests) == 3
    assert world.told[0].endswith("in 0.5 s: index.example can't be reached: Connection refused (try 2 of 3)")


def test_a_connection_that_breaks_before_the_answer_is_tried_again():
    world = World(BrokenTransferError("index.example broke off", url=URL), Answer(body=BODY))
    assert world.fetch()[1] == BODY
    assert len(world.told) == 1


def test_other_failures_are_not_tried_again():
    world = World(FetchError("no"))
    with pytest.raises(FetchError, match="no"):
        world.fetch()
    assert world.told == []


def test_a_cut_body_goes_on_where_it_broke_when_the_file_has_an_etag():
    world = World(
        Answer(body=BODY, has_ranges=True, has_etag=True, cut_at=2000),
        Answer(body=BODY, has_ranges=True, has_etag=True),
    )
    assert world.fetch()[1] == BODY
    assert ranges(world) == [None, "bytes=2000-"]
    assert world.fake.requests[1].headers["If-Range"].startswith('"')
    assert world.told == [
        "retrying https://index.example/a in 0.5 s: the transfer broke off after 2,000 bytes (try 2 of 5)"
    ]


def test_a_cut_body_starts_over_when_the_server_has_no_ranges():
    world = World(Answer(body=BODY, has_etag=True, cut_at=2000), Answer(body=BODY, has_etag=True))
    assert world.fetch()[1] == BODY


def test_a_cut_body_without_etag_starts_over_and_is_held_against_what_came():
    world = World(Answer(body=BODY, cut_at=2000, has_ranges=True), Answer(body=BODY, cut_at=900), Answer(body=BODY))
    assert world.fetch()[1] == BODY
    assert ranges(world) == [None, None, None]


def test_a_body_that_changed_meanwhile_is_read_anew():
    other = bytes(reversed(BODY))
    world = World(Answer(body=BODY, cut_at=2000), Answer(body=other), Answer(body=other))
    assert world.fetch()[1] == other
    world = World(Answer(body=BODY, cut_at=2000, has_etag=True, has_ranges=True), Answer(body=other, has_etag=True))
    assert world.fetch()[1] == other


def test_a_body_that_keeps_changing_is_given_up():
    world = World(*[Answer(body=bytes([n]) * 5000, cut_at=2000) for n in range(9)])
    with pytest.raises(ChangedError):
        world.fetch()


def test_a_shorter_body_the_second_time_is_a_change():
    world = World(Answer(body=BODY, cut_at=2000), Answer(body=BODY[:1500]), Answer(body=BODY[:1500]))
    assert world.fetch()[1] == BODY[:1500]


def test_a_body_that_is_always_cut_is_given_up_after_the_last_try():
    world = World(Answer(body=BODY, cut_at=2000), attempts=3)
    with pytest.raises(BrokenTransferError):
        world.fetch()
    assert len(world.fake.requests) == 3


def test_a_refusal_in_the_middle_is_a_refusal():
    world = World(Answer(body=BODY, cut_at=2000), Answer(status=403))
    with pytest.raises(RefusedError, match="status 403"):
        world.fetch()


def test_head_and_body_share_the_tries():
    world = World(BUSY, BUSY, Answer(body=BODY, cut_at=2000), attempts=3)
    with pytest.raises(BrokenTransferError):
        world.fetch()
    assert len(world.fake.requests) == 3


def test_a_range_that_is_cut_is_asked_for_again_as_it_was():
    world = World(
        Answer(body=BODY, has_ranges=True, has_etag=True, cut_at=1000),
        Answer(body=BODY, has_ranges=True, has_etag=True),
    )
    assert world.fetch(Range="bytes=100-4000")[1] == BODY[100:4001]
    assert ranges(world) == ["bytes=100-4000"] * 2


def test_waits_grow_and_are_spread_by_chance():
    fake = FakeTransport({URL: BUSY})
    slept = []
    patience = Patience(attempts=9, sleep=slept.append, chance=lambda: 0.0)
    RetryingTransport(fake, World(), patience).send(Request(url=URL))
    assert slept == [0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0]


@pytest.mark.parametrize("year", ["99999999999999999999", "9" * 5000])
@pytest.mark.parametrize("zone", ["GMT", "+99999999999999999999"])
def test_a_moment_outside_of_the_calendar_is_no_wait(year, zone):
    far, near = f"Wed, 21 Oct {year} 07:28:00 {zone}", f"Wed, 21 Oct 2015 07:28:00 {zone}"
    assert seconds_asked(Headers([("Retry-After", far), ("Date", near)])) == 0.0
    assert seconds_asked(Headers([("Retry-After", near), ("Date", far)])) == 0.0
