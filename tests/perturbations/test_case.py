import pytest

from crosswind.perturbations.case import Case
from crosswind.perturbations.sampling import sample
from crosswind.text.item import Item, plain_field
from tests.perturbations.specimens import plain_item
from tests.text.sentences import nfc


@pytest.mark.parametrize(
    ("lang", "clean", "low", "high"),
    [
        ("en", "Ann's McDonald, NATO-led.", "ann's mcdonald, nato-led.", "ANN'S MCDONALD, NATO-LED."),
        ("de", "Die Straße über den Fluss", "die straße über den fluss", "DIE STRASSE ÜBER DEN FLUSS"),
        ("tr", "Işıklı köprü İzmir'de", "ışıklı köprü izmir'de", "IŞIKLI KÖPRÜ İZMİR'DE"),
        ("az", "İlıq su", "ilıq su", "İLIQ SU"),
        ("vi", "Chiếc cầu cũ", "chiếc cầu cũ", "CHIẾC CẦU CŨ"),
        ("ru", "Старый мост ещё", "старый мост ещё", "СТАРЫЙ МОСТ ЕЩЁ"),
        ("uk", "Міст Її", "міст її", "МІСТ ЇЇ"),
        ("kk", "Ескі Көпір", "ескі көпір", "ЕСКІ КӨПІР"),
        ("el", "Η Γέφυρα ή ο Μάιος", "η γέφυρα ή ο μάιος", "Η ΓΕΦΥΡΑ Ή Ο ΜΑΪΟΣ"),
        ("ka", "ძველი ხიდი", "ძველი ხიდი", "ძველი ხიდი"),
        ("ar", "الجسر القديم", "الجسر القديم", "الجسر القديم"),
        ("he", "הגשר הישן", "הגשר הישן", "הגשר הישן"),
        ("hi", "पुराना पुल", "पुराना पुल", "पुराना पुल"),
        ("th", "สะพาน BTS", "สะพาน bts", "สะพาน BTS"),
        ("ko", "다리 KTX", "다리 ktx", "다리 KTX"),
        ("zh", "用iPhone打字", "用iphone打字", "用IPHONE打字"),
        ("qqx", "Mara to Kif", "mara to kif", "MARA TO KIF"),
    ],
)
def test_case_by_script(lang: str, clean: str, low: str, high: str) -> None:
    item = plain_item(nfc(clean), lang)
    assert sample(Case(), item, 1, seed=1).text("text") == nfc(low)
    assert sample(Case(to="upper"), item, 5, seed=1).text("text") == nfc(high)


def test_variants_have_their_own_levels_and_labels() -> None:
    assert Case().levels.severities == (1,)
    assert Case(to="upper").levels.severities == (1, 2, 3, 4, 5)
    assert (Case().label, Case(to="upper").label) == ("case:lower", "case:upper")
    assert Case().id != Case(to="upper").id


def test_an_answer_inside_a_word_is_projected() -> None:
    clean = "in Paris'te"
    field = plain_field(clean, "tr", "1", keep=[(3, 8)])
    found = sample(Case(), Item("fixture", "test", "1", {"context": field}), 1, seed=1)
    start, end = found.projection("context").span((3, 8))
    assert found.text("context")[start:end] == "paris"


def test_an_answer_that_grows_is_projected() -> None:
    field = plain_field("die Straße dort", "de", "1", keep=[(4, 10)])
    found = sample(Case(to="upper"), Item("fixture", "test", "1", {"context": field}), 5, seed=1)
    start, end = found.projection("context").span((4, 10))
    assert found.text("context")[start:end] == "STRASSE"


def test_addresses_keep_their_case() -> None:
    item = plain_item("See https://Example.org Now", "en")
    assert sample(Case(), item, 1, seed=1).text("text") == "see https://Example.org now"
