"""What a child of the benchmarks is told, and what the report says of the machine."""

import os

from workshop.bench.machine import clean_variables, facts, file_system, warnings

INDEX = "http://127.0.0.1:1/simple/"


def test_no_setting_of_the_machine_reaches_a_child(monkeypatch):
    for name in ("PYTHONDONTWRITEBYTECODE", "PIP_NO_INDEX", "UV_OFFLINE", "CAPSA_OFFLINE", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(name, "1")
    variables = clean_variables(INDEX, "/opt/python/bin/python3.11")
    assert not {name for name in variables if name.startswith(("PYTHON", "XDG_", "HOME"))}
    assert {name for name in variables if name.startswith(("PIP_", "UV_", "CAPSA_"))} == {
        "CAPSA_INDEX_URL", "CAPSA_COMPILE_BYTECODE", "UV_DEFAULT_INDEX", "UV_PYTHON_DOWNLOADS", "PIP_INDEX_URL",
        "PIP_CONFIG_FILE", "PIP_DISABLE_PIP_VERSION_CHECK",
    }  # fmt: skip
    assert variables["CAPSA_COMPILE_BYTECODE"] == "never", "what runs on in the background disturbs the next run"
    assert {value for name, value in variables.items() if name.endswith(("INDEX", "INDEX_URL"))} == {INDEX}


def test_the_python_of_the_boxes_comes_first_on_path():
    assert clean_variables(INDEX, "/opt/python/bin/python3.11")["PATH"].split(os.pathsep)[0] == "/opt/python/bin"


def test_a_busy_machine_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "getloadavg", lambda: (1.5, 0.0, 0.0))
    assert "load 1.50 on 2 cores" in warnings(str(tmp_path))[0]
    assert facts(str(tmp_path))["load"] == "1.50 0.00 0.00"


def test_a_quiet_one_is_not(monkeypatch, tmp_path):
    monkeypatch.setattr("workshop.bench.machine.file_system", lambda _path: "ext4")
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "getloadavg", lambda: (0.1, 9.0, 9.0))
    assert warnings(str(tmp_path)) == []


def test_the_file_system_is_told_where_proc_tells(tmp_path):
    assert file_system(str(tmp_path))
    if os.path.exists("/proc/mounts"):
        assert file_system("/proc") == "proc"
