import pytest

from capsa.index.freshness import is_fresh, lifetime_of
from capsa.transport.port import Headers

NOW = 1_445_412_480.0  # Wed, 21 Oct 2015 07:28:00 GMT


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "public"}, None),
        ({"Cache-Control": "max-age=600, public"}, 600.0),
        ({"Cache-Control": "Max-Age=600", "Age": "100"}, 500.0),
        ({"Cache-Control": "max-age=600", "Age": "700"}, 0.0),
        ({"Cache-Control": "max-age=soon"}, 0.0),
        ({"Cache-Control": "no-cache, max-age=600"}, 0.0),
        ({"Cache-Control": "no-store"}, 0.0),
        ({"Cache-Control": "immutable"}, 31_536_000.0),
        ({"Cache-Control": "max-age=60, immutable"}, 60.0),
        ({"Cache-Control": "max-age=99999999999999"}, 31_536_000.0),
        ({"Expires": "Wed, 21 Oct 2015 07:29:00 GMT"}, 60.0),
        ({"Expires": "0"}, 0.0),
        ({"Cache-Control": "max-age=5", "Expires": "Wed, 21 Oct 2015 07:29:00 GMT"}, 5.0),
    ],
)
def test_an_answer_tells_its_lifetime(fields, seconds):
    assert lifetime_of(Headers(fields.items()), NOW) == seconds


@pytest.mark.parametrize(
    ("lifetime", "age", "answer"),
    [(60.0, 59, True), (60.0, 60, False), (0.0, 0, False), (None, 599, True), (None, 600, False), (None, -1, False)],
)
def test_a_lifetime_rules_else_ten_minutes_and_never_the_future(lifetime, age, answer):
    assert is_fresh(asked=NOW, lifetime=lifetime, max_age=600.0, now=NOW + age) == answer


@pytest.mark.parametrize(
    "moment",
    [
        "Wed, 21 Oct 99999999999999999999 07:28:00 GMT",
        "Wed, 21 Oct 2015 07:28:00 +99999999999999999999",
        f"Wed, 21 Oct {'9' * 5000} 07:28:00 GMT",
    ],
)
def test_a_moment_outside_of_the_calendar_lies_in_the_past(moment):
    assert lifetime_of(Headers([("Expires", moment)]), NOW) == 0.0


def test_an_age_of_any_length_is_survived():
    assert lifetime_of(Headers([("Cache-Control", "max-age=60"), ("Age", "9" * 400)]), NOW) == 60.0
