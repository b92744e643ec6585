"""The in-memory world."""

import pytest

from capsa.testing.catalog import World, make_target


def test_a_world_answers_as_an_index_would():
    world = World({"My_App": {"1.0": ["lib>=1"], "0.9": {"yanked": True, "files": ["sdist", "py3-none-any"]}}})
    releases = world.releases("my-app")
    assert releases.versions == ("0.9", "1.0")
    assert [file.filename for file in releases.files("0.9")] == ["my_app-0.9.tar.gz", "my_app-0.9-py3-none-any.whl"]
    [wheel] = releases.files("1.0")
    assert (wheel.url, wheel.tags, wheel.yanked) == (
        "https://index.example/my_app-1.0-py3-none-any.whl",
        "py3-none-any",
        None,
    )
    assert world.metadata(wheel).requires == ("lib>=1",)
    assert world.releases("other") is None
    world.expect(["lib"])
    assert (world.asked, world.expected) == (["my-app", "my_app-1.0-py3-none-any.whl", "other"], ["lib"])


def test_extras_become_demands_with_markers():
    world = World({"app": {"1": {"extras": {"x": ["lib", "win; os_name == 'nt'"]}}}})
    metadata = world.metadata(world.releases("app").files("1")[0])
    assert metadata.extras == ("x",)
    assert metadata.requires == ("lib ; extra == 'x'", "win ; ( os_name == 'nt') and extra == 'x'")


def test_what_is_no_file_name_or_version_is_refused():
    with pytest.raises(ValueError, match="is not the name of a distribution file"):
        World({"app": {"1": {"files": ["x.whl"]}}}).files("app", "1")
    with pytest.raises(ValueError, match="is not a version"):
        World({"app": {"one": []}})


@pytest.mark.parametrize(
    ("platform", "tag"), [("linux", "manylinux_2_28_x86_64"), ("darwin", "macosx_13_0_arm64"), ("win32", "win_amd64")]
)
def test_targets_accept_the_wheels_of_their_platform(platform, tag):
    target = make_target("3.10.2", platform)
    assert f"cp310-cp310-{tag}" in {str(accepted) for accepted in target.tags}
    assert target.markers["sys_platform"] == platform
