"""The trust list: what stands in it, who may read it, and that no line of it means something else."""

import os
import stat
import threading

import pytest

from capsa.errors import DiskError
from capsa.machine.trust import Trusted, box_id, change, parse_trusted, read_trusted, trust_folder, trust_list


@pytest.fixture
def data(tmp_path):
    return str(tmp_path / "data")


def entry(folder, identity="1f", prompt="desk"):
    return Trusted(id=identity, folder=folder, prompt=prompt)


def csh(rows):
    return "".join(f"{' '.join(row)}\n" for row in rows)


def text(data, name="list"):
    with open(f"{data}/trust-v1/{name}", encoding="utf-8") as stream:
        return stream.read()


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_without_a_list_nothing_is_trusted_and_nothing_is_made(data):
    assert read_trusted(data) == ()
    assert not os.path.exists(data)


def test_entries_are_lines_sorted_by_folder_in_both_lists(data):
    assert change(data, csh=csh, add=entry("/srv/b", prompt="it's $(b)"))
    assert change(data, csh=csh, add=entry("/srv/a b/ünï", identity="2e"))
    assert text(data) == "2e\t/srv/a b/ünï\tdesk\n1f\t/srv/b\tit's $(b)\n"
    assert text(data, "list.csh") == "2e /srv/a b/ünï desk\n1f /srv/b it's $(b)\n"
    assert read_trusted(data) == (entry("/srv/a b/ünï", identity="2e"), entry("/srv/b", prompt="it's $(b)"))
    assert {entry("/srv/b"), entry("/srv/b")} == {entry("/srv/b")}
    assert repr(entry("/srv/b")) == "Trusted('1f', '/srv/b', 'desk')"


def test_one_folder_has_one_entry_and_its_last_one(data):
    change(data, csh=csh, add=entry("/srv/a"))
    assert change(data, csh=csh, add=entry("/srv/a", identity="2e"))
    assert not change(data, csh=csh, add=entry("/srv/a", identity="2e"))
    assert read_trusted(data) == (entry("/srv/a", identity="2e"),)


def test_what_is_taken_out_is_gone_and_the_last_one_takes_the_lists_along(data):
    change(data, csh=csh, add=entry("/srv/a"))
    change(data, csh=csh, add=entry("/srv/b"))
    assert not change(data, csh=csh, drop="/srv/c")
    assert change(data, csh=csh, drop="/srv/a")
    assert read_trusted(data) == (entry("/srv/b"),)
    assert change(data, csh=csh, drop="/srv/b")
    assert os.listdir(trust_folder(data)) == ["lock"]
    assert not os.path.exists(trust_list(data))


def test_a_renewal_adds_nothing(data):
    change(data, csh=csh, add=entry("/srv/a"))
    assert not change(data, csh=csh, add=entry("/srv/b"), only_known=True)
    assert change(data, csh=csh, add=entry("/srv/a", identity="2e"), only_known=True)
    assert read_trusted(data) == (entry("/srv/a", identity="2e"),)


def test_only_the_user_can_read_the_lists_whatever_the_umask(data):
    os.makedirs(trust_folder(data))
    before = os.umask(0)
    try:
        change(data, csh=csh, add=entry("/srv/a"))
    finally:
        os.umask(before)
    assert mode(trust_folder(data)) == 0o700
    assert mode(f"{data}/trust-v1/list") == mode(f"{data}/trust-v1/list.csh") == 0o600


@pytest.mark.parametrize(
    "line",
    [
        "",
        "1f",
        "1f\t/srv/a",
        "1f\t/srv/a\tdesk\tmore",
        "\t/srv/a\tdesk",
        "1f\t/srv/a\t",
        "1f\tsrv/a\tdesk",
        "1f\t/srv/\x1ba\tdesk",
        "1f\t/srv/a\tde\x85sk",
        "1f\t/srv/a\tde\u2028sk",
        "1f\t/srv/a\tdesk\r",
        "1f\t/srv/\udcff\tdesk",
    ],
)
def test_a_line_that_is_no_entry_counts_as_none(line):
    content = f"1f\t/srv/b\tdesk\n{line}\n2e\t/srv/c\tdesk".encode("utf-8", "surrogateescape")
    assert [found.folder for found in parse_trusted(content)] == ["/srv/b", "/srv/c"]


def test_a_list_that_cannot_be_read_is_told_and_never_written_over(data):
    os.makedirs(trust_list(data))
    with pytest.raises(DiskError, match="can't read"):
        read_trusted(data)
    with pytest.raises(DiskError, match="can't read"):
        change(data, csh=csh, add=entry("/srv/a"))
    assert os.path.isdir(trust_list(data))


def test_nothing_is_lost_when_many_trust_at_once(data):
    folders = [f"/srv/{number:02}" for number in range(12)]
    threads = [threading.Thread(target=change, args=(data,), kwargs={"csh": csh, "add": entry(f)}) for f in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found.folder for found in read_trusted(data)] == folders


def test_the_id_of_a_box_is_its_first_line(tmp_path):
    (tmp_path / ".capsa").mkdir()
    assert box_id(str(tmp_path)) == ""
    (tmp_path / ".capsa/id").write_text("1f2e\nmore\n")
    assert box_id(str(tmp_path)) == "1f2e"
