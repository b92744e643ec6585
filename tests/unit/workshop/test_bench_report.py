"""The report: whole texts, made of invented outcomes."""

import json

from workshop.bench.report import WIDTH, document, markdown, table
from workshop.bench.scene import Outcome


def outcome(contender, walls, *, scene="install-warm", parcel="small", failure="", title="install: a full cache"):
    return Outcome(
        scene=scene, title=title, parcel=parcel, contender=contender, walls=walls, cpus=walls, failure=failure
    )


OUTCOMES = [
    outcome("capsa", (0.2, 0.1, 0.3)),
    outcome("uv", (0.1, 0.09, 0.11)),
    outcome("pip", (3.5, 3.0, 4.0)),
    outcome("capsa", (), scene="run", failure="`capsa run true` left with exit status 2:\nerror: no such verb"),
    outcome("uv", (0.02,), scene="run"),
]


def test_the_table_gives_median_spread_cpu_and_ratio_and_what_a_failure_said():
    assert table(OUTCOMES) == (
        """\
install-warm, small set (install: a full cache)
                    median  least .. most                CPU   to uv  runs
  capsa             200 ms  100 ms .. 300 ms          200 ms    2.00     3
  uv                100 ms  90 ms .. 110 ms           100 ms    1.00     3
  pip               3.50 s  3.00 s .. 4.00 s          3.50 s   35.00     3

run, small set (install: a full cache)
                    median  least .. most                CPU   to uv  runs
  capsa             failed
      `capsa run true` left with exit status 2:
      error: no such verb
  uv                 20 ms  20 ms .. 20 ms             20 ms    1.00     1"""
    )


def test_the_table_keeps_to_its_width():
    long = outcome("python -I -S", (100.0, 999.99), title="from no box to the first import " * 4, parcel="large")
    assert max(len(line) for line in table([long, outcome("uv", (0.001,), parcel="large")]).splitlines()) <= WIDTH


def test_without_the_opponent_there_is_no_ratio():
    assert table([outcome("capsa", (0.2,))]).splitlines()[-1].split()[-2] == "-"


def test_the_block_for_the_page_leaves_the_last_column_to_a_person():
    assert (
        markdown(OUTCOMES)
        == """\
| scene | set | capsa | uv | to uv | others | what bounds it |
|---|---|---|---|---|---|---|
| `install-warm` | small | 200 ms | 100 ms | 2.00 | pip 3.50 s | |
| `run` | small | - | 20 ms | - | - | |"""
    )


def test_a_scene_without_a_set_says_so():
    assert "| `start` | - |" in markdown([outcome("uv", (0.01,), scene="start", parcel="")])
    assert table([outcome("uv", (0.01,), scene="start", parcel="", title="up")]).startswith("start (up)\n")


def test_programs_get_every_time_the_machine_and_what_disturbed_it():
    read = json.loads(document(OUTCOMES, {"cores": "2"}, ["the machine is not quiet"]))
    assert (read["version"], read["machine"], read["notes"]) == (1, {"cores": "2"}, ["the machine is not quiet"])
    assert read["results"][0]["wall"] == [0.2, 0.1, 0.3]
    assert (read["results"][0]["median"], read["results"][0]["ratio"]) == (0.2, 2.0)
    assert (read["results"][3]["median"], read["results"][3]["ratio"]) == (None, None)
    assert read["results"][3]["failure"].endswith("no such verb")
