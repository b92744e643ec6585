from __future__ import annotations

from collections.abc import Iterable

from capsa.model.distribution import Distribution, Releases
from capsa.model.installed import Installed
from capsa.model.metadata import Metadata
from capsa.ops.present import PresentCatalog


class OneProject:
    """Offers lamp 1.0 and 3.0."""

    def __init__(self) -> None:
        self.expected: list[str] = []

    def expect(self, names: Iterable[str]) -> None:
        self.expected.extend(names)

    def releases(self, name: str) -> Releases | None:
        if name != "lamp":
            return None
        return Releases(
            "lamp", versions=("1.0", "3.0"), files=lambda version: (offered(version),), index="index.example"
        )

    def metadata(self, distribution: Distribution) -> Metadata:
        return Metadata(name="lamp", version=distribution.version, requires=("from-the-index",))


def offered(version: str) -> Distribution:
    return Distribution(
        project="lamp", version=version, filename=f"lamp-{version}.whl", url=f"https://example.org/{version}"
    )


def installed(name: str, version: str) -> Installed:
    return Installed(metadata=Metadata(name=name, version=version, requires=("from-the-disk",)), info="x")


def test_an_installed_version_stands_among_the_offered_ones_in_order() -> None:
    catalog = PresentCatalog(OneProject(), (installed("lamp", "2.0"),), reinstalls=frozenset())
    releases = catalog.releases("lamp")
    assert releases is not None
    assert releases.versions == ("1.0", "2.0", "3.0")
    assert releases.index == "index.example"
    (own,) = releases.files("2.0")
    assert catalog.metadata(own).requires == ("from-the-disk",)
    assert catalog.metadata(releases.files("3.0")[0]).requires == ("from-the-index",)


def test_what_no_index_knows_is_offered_as_it_is_installed() -> None:
    catalog = PresentCatalog(OneProject(), (installed("own", "2024.05.15"),), reinstalls=frozenset())
    releases = catalog.releases("own")
    assert releases is not None
    assert releases.versions == ("2024.5.15",)
    assert catalog.releases("nothing") is None


def test_what_is_to_be_put_in_anew_comes_from_the_index() -> None:
    for names in ({"lamp"}, {"*"}):
        catalog = PresentCatalog(OneProject(), (installed("lamp", "1.0"),), reinstalls=frozenset(names))
        releases = catalog.releases("lamp")
        assert releases is not None
        assert releases.files("1.0") == (offered("1.0"),)


def test_an_installed_version_that_is_none_is_passed_over() -> None:
    catalog = PresentCatalog(OneProject(), (installed("lamp", "unknown"),), reinstalls=frozenset())
    releases = catalog.releases("lamp")
    assert releases is not None
    assert releases.versions == ("1.0", "3.0")


def test_hints_pass_through() -> None:
    below = OneProject()
    PresentCatalog(below, (), reinstalls=frozenset()).expect(["a", "b"])
    assert below.expected == ["a", "b"]
