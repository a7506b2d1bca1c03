"""How far languages are from a source, by what a study says, by dials and by kinship."""

from pathlib import Path

import pytest

from crosswind.languages import LANGUAGES
from crosswind.remoteness import BRANCH, OF_NOBODY, LanguageDistance, family, measured
from crosswind.study import StudyError
from crosswind.study_file import load_study
from tests.small_study import small_file

TABLE = '\n[language_distance]\nname = "as the crow flies"\nvalues = {{ zhelnik = 0.5, {other} = 0.25 }}\n'


def test_dials_that_differ_are_counted_and_words_by_their_share() -> None:
    found = measured("solvane", ["solvane", "dormeli", "taruvik", "brudnar", "taruvik~order=SOV"])
    assert found.values == pytest.approx(
        {"dormeli": 0.6 / 8, "taruvik": 1 / 8, "brudnar": 3 / 8, "taruvik~order=SOV": 2 / 8}
    )
    assert "dials" in found.name


def test_languages_of_one_stock_share_their_words() -> None:
    found = measured("taruvik", ["taruvik~order=SOV", "zhelnik"])
    assert found.values == pytest.approx({"taruvik~order=SOV": 1 / 8, "zhelnik": 2 / 8})
    assert family("taruvik~order=SOV") == "taruvik"


def test_how_much_an_encoder_has_read_is_no_distance() -> None:
    assert measured("solvane", ["taruvik", "quenzo"]).values["quenzo"] == pytest.approx(1 / 8)


def test_kin_are_nearer_than_strangers() -> None:
    found = measured("en", ["de", "hi", "tr", "eu", "ko", "gn"])
    assert found.values == pytest.approx({"de": 1 / 3, "hi": 2 / 3, "tr": 1, "eu": 1, "ko": 1})
    assert found.unknown == ("gn",)


def test_languages_without_family_are_no_family() -> None:
    assert len({family("eu"), family("ko"), family("ht"), family("gn")}) == 4
    assert family("de") == family("hi") == "Indo-European"


def test_every_language_with_kin_has_a_branch() -> None:
    families = [own.family for own in LANGUAGES.values() if own.family not in OF_NOBODY]
    assert {own.code for own in LANGUAGES.values() if families.count(own.family) > 1} == set(BRANCH)


def test_a_study_may_say_it_better() -> None:
    given = LanguageDistance(name="mine", values={"de": 0.25})
    found = measured("en", ["en", "de", "fr"], given)
    assert (found.name, dict(found.values), found.unknown) == ("mine", {"de": 0.25}, ("fr",))


def test_a_study_names_a_distance(tmp_path: Path) -> None:
    path = small_file(tmp_path)
    ids = load_study(path).model_dump(exclude={"language_distance"})
    path.write_text(path.read_text() + TABLE.format(other="solvane"), encoding="utf-8")
    study = load_study(path)
    assert study.language_distance is not None
    assert study.language_distance.values["zhelnik"] == 0.5
    assert study.model_dump(exclude={"language_distance"}) == ids


def test_a_language_that_no_target_has_is_said(tmp_path: Path) -> None:
    path = small_file(tmp_path)
    path.write_text(path.read_text() + TABLE.format(other="zhelnick"), encoding="utf-8")
    with pytest.raises(StudyError, match=r"no target has a language 'zhelnick'.*zhelnik"):
        load_study(path)
