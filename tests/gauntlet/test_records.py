import pytest

from crosswind.gauntlet.records import applied, digest, distance, entry, read, written
from crosswind.perturbations.sampling import sample
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.text.edits import Edit
from tests.perturbations.specimens import plain_item
from tests.text.sentences import SENTENCES


@pytest.mark.parametrize("lang", SENTENCES)
def test_records_come_back_as_they_were_and_give_the_same_text(lang: str) -> None:
    item = plain_item(SENTENCES[lang], lang)
    perturbed = sample(TypoEdit(), item, 5, seed=1)
    for with_text in (False, True):
        line = written(entry(perturbed, "rate", "B", None, with_text=with_text))
        assert line.isascii()
        assert line.endswith("}\n")
        found = read(line, "line 1")
        assert written(found) == line
        assert applied(found.fields["text"], SENTENCES[lang], "line 1") == perturbed.text("text")
        assert (found.fields["text"].text == perturbed.text("text")) == with_text


def test_keys_stand_in_one_order() -> None:
    line = written(
        entry(sample(TypoEdit(), plain_item("The old bridge", "en"), 5, 1), "rate", "B", {"x": 1}, with_text=True)
    )
    keys = ["id", "scale", "class", "fields", "sha", "edits", "target", "ops", "stats"]
    places = [line.index(f'"{key}": ') for key in keys]
    assert places == sorted(places)


def test_edits_are_refused_on_another_text() -> None:
    found = read(
        written(entry(sample(TypoEdit(), plain_item("A bridge", "en"), 5, 1), "rate", "B", None, with_text=False)), "x"
    )
    with pytest.raises(ValueError, match="file:3: was made for another text"):
        applied(found.fields["text"], "A ridge", "file:3")


def test_what_is_no_record_is_refused_with_its_place() -> None:
    for line in (
        "{}",
        "[]",
        "{",
        '{"id": "1", "scale": "rate", "class": "B", "fields": {"a": 1}, "ops": {}, "stats": {}}',
    ):
        with pytest.raises(ValueError, match="file:9: is no record"):
            read(line, "file:9")


def test_distance_counts_clusters() -> None:
    assert distance("किताब", [Edit(0, 2, "की")]) == 1
    assert distance("abc", [Edit(0, 1, ""), Edit(2, 3, "xyz")]) == 4
    assert digest("a") == "ca978112ca1bbdca"
