import hashlib
import io
import struct
import zipfile
from contextlib import suppress

import pytest

from capsa.errors import CacheError, DiskError, IntegrityError
from capsa.index.metadata import MetadataReader, NoMetadataError
from capsa.index.ranged import TAIL, read_metadata
from capsa.model.distribution import Distribution
from capsa.testing.transport import Answer, FakeTransport
from capsa.transport.port import OfflineError, RefusedError

NAME = "some_pkg-1.0-py3-none-any.whl"
URL = f"https://files.example.org/{NAME}"
INFO = "some_pkg-1.0.dist-info"
METADATA = b"Metadata-Version: 2.1\nName: some-pkg\nVersion: 1.0\nRequires-Dist: six>=1\nProvides-Extra: A_b\n"


def wheel(*, before=0, after=0, members=3, comment=b"", method=zipfile.ZIP_DEFLATED, **contents):
    """A wheel with ``before`` and ``after`` incompressible bytes around its METADATA (``metadata``, ``name``)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for number in range(members):
            archive.writestr(f"some_pkg/module_with_a_long_name_{number}.py", f"x = {number}\n")
        noise = hashlib.shake_256(b"noise").digest(max(before, after, 1))
        archive.writestr("some_pkg/before.bin", noise[:before])
        archive.writestr(contents.get("name", f"{INFO}/METADATA"), contents.get("metadata", METADATA))
        archive.writestr("some_pkg/after.bin", noise[:after])
        archive.comment = comment
    return stream.getvalue()


class World:
    def __init__(self, content, *, has_ranges=True, **fields):
        self.kept = {}
        self.fake = FakeTransport({URL: Answer(body=content, has_ranges=has_ranges)})
        fields = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), **fields}
        self.distribution = Distribution(
            project="some-pkg", version="1.0", filename=NAME, url=URL, tags="py3-none-any", **fields
        )

    def read(self, name):
        return self.kept.get(name)

    def write(self, name, document):
        self.kept[name] = document

    def metadata(self, temporary=None):
        try:
            return MetadataReader(self.fake, self, temporary).read(self.distribution)
        finally:
            assert self.fake.open_count == 0

    @property
    def ranges(self):
        return [request.headers.get("Range") for request in self.fake.requests]


SMALL = wheel()


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (SMALL, 1),
        (wheel(before=50_000), 1),
        (wheel(before=50_000, after=50_000), 2),
        (wheel(members=500), 2),
        (wheel(members=500, after=50_000), 3),
        (wheel(method=zipfile.ZIP_STORED), 1),
        (wheel(comment=b"x" * 60_000), 2),
        (wheel(metadata=METADATA + b"\nA description. " * 9000), 1),
    ],
)
def test_metadata_is_read_by_few_ranges_from_the_end(content, count):
    world = World(content)
    assert world.metadata().requires == ("six>=1",)
    assert len(world.ranges) == count
    assert all(world.ranges)


def test_without_a_known_size_the_end_is_asked_for_by_a_suffix():
    world = World(wheel(before=50_000), size=None)
    assert world.metadata().requires == ("six>=1",)
    assert world.ranges == [f"bytes=-{TAIL}"]


@pytest.mark.parametrize("size", [100, 10_000_000])
def test_a_size_that_the_index_gets_wrong_does_no_harm(size):
    world = World(wheel(before=50_000), size=size)
    assert world.metadata().requires == ("six>=1",)
    assert world.ranges[-1] is None


def test_a_server_without_ranges_gives_the_whole_wheel_at_once():
    world = World(wheel(before=50_000), has_ranges=False)
    assert world.metadata().extras == ("a-b",)
    assert len(world.ranges) == 1


def test_a_whole_wheel_is_held_to_its_hash():
    world = World(SMALL, has_ranges=False, sha256="0" * 64)
    with pytest.raises(IntegrityError, match=f"{NAME} has the sha256 .* where 000.* was promised"):
        world.metadata()


@pytest.mark.parametrize("status", [416, 501, 400])
def test_who_refuses_a_range_is_asked_for_the_whole(status, tmp_path):
    world = World(SMALL)
    path = tmp_path / "whole"
    world.fake.answers[URL] = lambda request: (
        Answer(status=status) if "Range" in request.headers else Answer(body=SMALL)
    )
    assert world.metadata().requires == ("six>=1",)
    world.kept.clear()
    assert world.metadata(lambda suffix: f"{path}{suffix}").requires == ("six>=1",)
    assert list(tmp_path.iterdir()) == []


def test_a_long_wheel_of_unknown_length_becomes_a_file_for_a_moment(tmp_path):
    made = []
    world = World(SMALL, has_ranges=False)
    world.fake.answers[URL] = Answer(body=SMALL, headers={"Content-Length": "?"})
    assert world.metadata(lambda suffix: made.append(suffix) or f"{tmp_path}/x{suffix}").requires == ("six>=1",)
    assert made == [".whl"]
    assert list(tmp_path.iterdir()) == []


def test_who_gives_the_end_and_then_no_ranges_is_asked_for_the_whole():
    world = World(content := wheel(before=50_000, after=50_000))
    answers = [Answer(body=content, has_ranges=True), Answer(body=content)]
    world.fake.answers[URL] = answers
    assert world.metadata().requires == ("six>=1",)


def test_a_file_that_is_gone_is_a_refusal():
    world = World(SMALL)
    world.fake.answers[URL] = Answer(status=404)
    with pytest.raises(RefusedError, match="status 404"):
        world.metadata()


def test_the_file_beside_the_wheel_is_preferred_and_held_to_its_hash():
    text = METADATA.replace(b"six>=1", b"six>=2")
    world = World(SMALL, metadata_sha256=hashlib.sha256(text).hexdigest())
    world.fake.answers[f"{URL}.metadata"] = Answer(body=text)
    assert world.metadata().requires == ("six>=2",)
    assert world.fake.urls == [f"{URL}.metadata"]
    world = World(SMALL, metadata_sha256="0" * 64)
    world.fake.answers[f"{URL}.metadata"] = Answer(body=text)
    with pytest.raises(IntegrityError, match=f"the metadata of {NAME} has the sha256"):
        world.metadata()


def test_the_file_beside_the_wheel_needs_no_hash_and_may_be_missing():
    world = World(SMALL, metadata_sha256="")
    world.fake.answers[f"{URL}.metadata"] = Answer(body=METADATA.replace(b"six>=1", b"six>=2"))
    assert world.metadata().requires == ("six>=2",)
    world = World(SMALL, metadata_sha256="")
    assert world.metadata().requires == ("six>=1",)
    world.fake.answers[f"{URL}.metadata"] = Answer(status=401)
    world.kept.clear()
    with pytest.raises(RefusedError, match="status 401"):
        world.metadata()


def test_the_name_beside_the_wheel_comes_before_a_query():
    world = World(SMALL)
    signed = Distribution(
        project="some-pkg", version="1.0", filename=NAME, url=f"{URL}?sig=1", tags="py3-none-any", metadata_sha256=""
    )
    world.fake.answers[f"{URL}.metadata?sig=1"] = Answer(body=METADATA)
    assert MetadataReader(world.fake, world).read(signed).version == "1.0"


def test_metadata_is_kept_by_the_hash_of_the_wheel():
    world = World(SMALL)
    first = world.metadata()
    assert list(world.kept) == [world.distribution.sha256]
    world.fake.answers[URL] = OfflineError(url=URL)
    assert world.metadata() == first


def test_kept_metadata_that_is_damaged_is_read_from_its_source_again():
    world = World(SMALL)
    first = world.metadata()
    (document,) = world.kept.values()
    document["metadata"]["reuires"] = document["metadata"].pop("requires")
    assert world.metadata() == first


def test_kept_metadata_of_another_hash_than_the_index_promises_is_not_used():
    world = World(SMALL)
    world.metadata()
    text = METADATA.replace(b"six>=1", b"six>=2")
    other = World(SMALL, metadata_sha256=hashlib.sha256(text).hexdigest())
    other.kept = world.kept
    other.fake.answers[f"{URL}.metadata"] = Answer(body=text)
    assert other.metadata().requires == ("six>=2",)


def test_a_wheel_without_hash_is_kept_by_its_address_unless_it_is_a_local_file():
    world = World(SMALL, sha256=None)
    world.metadata()
    assert [name.startswith("url-") for name in world.kept] == [True]
    local = Distribution(project="a", version="1", filename="a.whl", url="file:///a.whl", tags="py3-none-any")
    world.read = lambda _: pytest.fail("the cache was asked")
    assert MetadataReader(world.fake, world).kept(local) is None


def test_a_source_distribution_has_no_metadata_before_it_is_built():
    sdist = Distribution(project="some-pkg", version="1.0", filename="some-pkg-1.0.tar.gz", url=URL)
    world = World(SMALL)
    with pytest.raises(NoMetadataError) as caught:
        MetadataReader(world.fake, world).read(sdist)
    assert str(caught.value) == "some-pkg-1.0.tar.gz is a source distribution, and nothing is built here"
    assert world.fake.urls == []


def read(content, name=NAME):
    return read_metadata(lambda start, stop: content[start:stop], len(content), name)


def test_names_of_the_dist_info_folder_are_compared_normalized():
    assert read(wheel(name="Some.Pkg-1.0.dist-info/METADATA")) == METADATA


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not a zip file"),
        (b"x" * 100_000, "is not a zip file"),
        (SMALL[:-30], "is not a zip file"),
        (wheel(name="other-1.0.dist-info/METADATA"), "has no METADATA"),
        (wheel(name=f"lib/{INFO}/METADATA"), "has no METADATA"),
        (wheel(name=f"{INFO}/PKG-INFO"), "has no METADATA"),
        (wheel(method=zipfile.ZIP_LZMA), "packed by method 14"),
        (SMALL[100:], "not a sound zip file|is damaged"),
    ],
)
def test_what_is_no_wheel_is_said_with_its_name(content, reason):
    with pytest.raises(IntegrityError, match=reason) as caught:
        read(content)
    assert NAME in str(caught.value)


def test_a_checksum_that_does_not_hold_and_a_header_that_lies_are_found():
    stored = wheel(method=zipfile.ZIP_STORED)
    with pytest.raises(IntegrityError, match="its checksum does not hold"):
        read(stored.replace(b"six>=1", b"six>=9", 1))
    place = stored.index(f"{INFO}/METADATA".encode())
    with pytest.raises(IntegrityError, match="does not agree with the directory"):
        read(stored[:place] + b"S" + stored[place + 1 :])


def test_every_cut_and_every_flipped_byte_is_a_failure_of_ours_or_harmless():
    for place in range(0, len(SMALL), 3):
        for content in (SMALL[:place], SMALL[:place] + bytes([SMALL[place] ^ 255]) + SMALL[place + 1 :]):
            with suppress(IntegrityError):
                assert read(content) == METADATA


def test_a_zip64_wheel_is_read():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, archive.open(f"{INFO}/METADATA", "w", force_zip64=True) as member:
        member.write(METADATA)
    content = stream.getvalue()
    assert read(content) == METADATA
    # The same directory, told by a zip64 end record, as in a wheel of more than 4 GB.
    end = content.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<2L", content, end + 12)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert read(content[:end] + record + locator + last) == METADATA


def test_sizes_and_offsets_out_of_the_zip64_extra_field_are_read():
    content = wheel(method=zipfile.ZIP_STORED, members=0)
    end = content.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<L", content, end + 16)[0]
    entry = content.rindex(b"PK\x01\x02", start, content.rindex(f"{INFO}/METADATA".encode()))
    packed, size = struct.unpack_from("<2L", content, entry + 20)
    length = struct.unpack_from("<H", content, entry + 28)[0]
    offset = struct.unpack_from("<L", content, entry + 42)[0]
    wide = bytearray(content[entry : entry + 46 + length])
    struct.pack_into("<2L", wide, 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<H", wide, 30, 4 + 28)
    struct.pack_into("<L", wide, 42, 0xFFFFFFFF)
    extra = struct.pack("<2H0s2H3Q", 9, 0, b"", 1, 24, size, packed, offset)
    rest = content[entry + 46 + length : end]
    directory = content[start:entry] + bytes(wide) + extra + rest
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, len(directory), start, 0)
    assert read(content[:start] + directory + last) == METADATA


@pytest.mark.parametrize("failure", [DiskError("the disk is full"), CacheError("not a store")])
def test_a_store_that_takes_nothing_costs_only_time(failure):
    world = World(SMALL)

    def write(*_):
        raise failure

    world.write = write
    assert world.metadata().requires == ("six>=1",)
