"""The proof: what a run left behind is looked at, not believed."""

import pytest
from workshop.bench.proof import difference, shortcoming
from workshop.bench.scene import BOX, Parcel, Proof
from workshop.step import BIN, PYTHON_NAME

PARCEL = Parcel(name="small", requirements=("alpha",), packages={"alpha": "1.0", "be-ta": "2"}, imports=("alpha",))


def box(folder, *packages):
    (folder / BOX / BIN).mkdir(parents=True)
    (folder / BOX / "pyvenv.cfg").touch()
    (folder / BOX / BIN / PYTHON_NAME).touch()
    for name in packages:
        (folder / BOX / "lib" / "python3.11" / "site-packages" / f"{name}.dist-info").mkdir(parents=True)


def test_a_box_with_the_set_and_its_seeds_is_right(tmp_path):
    box(tmp_path, "alpha-1.0", "Be_Ta-2", "pip-26.0")
    assert shortcoming(Proof(has_box=True, has_packages=True), str(tmp_path), PARCEL) == ""


@pytest.mark.parametrize(
    ("packages", "complaint"),
    [
        (["alpha-1.0"], "be-ta 2 is not there"),
        (["alpha-1.0", "be_ta-3"], "be-ta 2 is not there"),
        (["alpha-1.0", "be_ta-2", "gamma-1"], "gamma is too much"),
    ],
)
def test_a_box_with_another_set_is_not(tmp_path, packages, complaint):
    box(tmp_path, *packages)
    assert complaint in shortcoming(Proof(has_packages=True), str(tmp_path), PARCEL)


def test_a_box_that_is_not_there_is_noticed(tmp_path):
    assert shortcoming(Proof(has_box=True), str(tmp_path), PARCEL) == "it made no box"


def test_a_pip_that_is_missing_or_too_much_is_noticed(tmp_path):
    box(tmp_path)
    assert shortcoming(Proof(has_pip=True), str(tmp_path), PARCEL) == "the box has no pip"
    assert shortcoming(Proof(has_pip=False), str(tmp_path), PARCEL) == ""


def test_a_lock_names_every_package(tmp_path):
    proof = Proof(lock="pylock.toml")
    assert shortcoming(proof, str(tmp_path), PARCEL) == "pylock.toml does not name alpha, be-ta"
    (tmp_path / "pylock.toml").write_text('[[packages]]\nname = "alpha"\n[[packages]]\nname = "Be.Ta"\n')
    assert shortcoming(proof, str(tmp_path), PARCEL) == ""


def test_nothing_asked_is_nothing_missing(tmp_path):
    assert shortcoming(Proof(), str(tmp_path), PARCEL) == ""


def test_a_long_difference_is_told_in_part():
    assert difference({str(number): "1" for number in range(9)}, {}).count(";") == 4
