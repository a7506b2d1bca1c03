from collections import Counter

import pytest
from tokenizers.normalizers import NFKC

from crosswind.perturbations.draws import Draw
from crosswind.perturbations.homoglyph import Homoglyph
from crosswind.perturbations.sampling import sample
from crosswind.text.edits import apply
from tests.perturbations.specimens import items_for, plain_item
from tests.text.sentences import nfc

DRAW = Draw("test", "homoglyph", 1, "fixture", "test")


def results(text: str, lang: str, **settings: str) -> list[str]:
    """What can become of a text by one exchange, in order."""
    item, perturbation = plain_item(nfc(text), lang), Homoglyph.model_validate(settings)
    options = [option for unit in perturbation.units(item) for option in perturbation.options(item, unit, DRAW)]
    return [apply(nfc(text), [edit for _, edit in option.edits]) for option in options]


@pytest.mark.parametrize(
    ("lang", "word", "expected"),
    [
        ("en", "cat", "сat cαt cаt"),
        ("en", "milk", "mіlk"),
        ("de", "für", "fϋr"),
        ("fr", "ça", "ҫa çα çа"),
        ("tr", "ılık", "ιlık ılιk"),
        ("az", "mən", "mәn məո"),
        ("pl", "łąk", "łᾳk"),
        ("vi", "lâu", "lâυ lâս"),
        ("ru", "мост", "ʍост ᴍост мoст мοст мօст мᴏст мᴑст моcт моᴄт мосτ мосᴛ"),
        ("uk", "її", "ïї ϊї їï їϊ"),
        ("el", "νά", "vά ѵά ᴠά νá"),
        ("te", "వల", "వಲ"),
        ("ml", "പണം", ""),  # the letter bears a mark
        ("ml", "മണ", "മண"),
        ("ta", "பழம்", "பഴம்"),
        ("th", "พบ", "ພบ พບ"),
        ("ja", "カニ", "力ニ カ二"),
        ("ja", "へや", "ヘや"),
        ("hi", "पुल", ""),
        ("bn", "সেতু", ""),
        ("ko", "다리", ""),
        ("zh", "力口", ""),
        ("ka", "ხიდი", ""),
        ("my", "ဝ", ""),
        ("ar", "جسر", ""),
        ("he", "סוס", ""),
        ("en", "a", ""),  # one cluster
    ],
)
def test_exchanges_across_scripts(lang: str, word: str, expected: str) -> None:
    assert results(word, lang) == nfc(expected).split()


@pytest.mark.parametrize(
    ("lang", "word", "expected"),
    [
        ("ar", "مكتبة", ["مکتبة", "مكتبۃ"]),
        ("ar", "كيلو", ["کيلو", "كیلو"]),
        ("ar", "كتابه", ["کتابه", "كتابہ"]),
        ("ar", "مهم", ["مھم"]),
        ("ar", "على", ["علی"]),  # the yeh without dots that Persian has at the end of words
        ("ar", "علي", []),  # with dots it is another word
        ("fa", "زندگی", ["زندگى"]),
        ("fa", "بین", ["بين"]),
        ("ur", "بھی", ["بهی", "بھى"]),
        ("ur", "کہ", ["كہ", "که"]),
        ("he", "סוס", []),
        ("en", "cat", []),
    ],
)
def test_exchanges_within_arabic_script(lang: str, word: str, expected: list[str]) -> None:
    assert results(word, lang, alike="within") == expected


def test_letters_share_their_weight_among_look_alikes() -> None:
    item = plain_item("cat", "en")
    weights = Counter[int]()
    for option in Homoglyph().options(item, Homoglyph().units(item)[0], DRAW):
        weights[option.edits[0][1].start] += option.weight  # type: ignore[assignment]
    assert weights == pytest.approx({0: 1, 1: 1})


@pytest.mark.parametrize("alike", ["across", "within"])
def test_no_normalisation_undoes_an_exchange(alike: str) -> None:
    perturbation = Homoglyph.model_validate({"alike": alike})
    changed = 0
    for item in items_for(perturbation):
        clean = item.fields["text"].text
        text = sample(perturbation, item, 1, 1, rates={"word": (1.0,)}).text("text")
        differing = [place for place, (old, new) in enumerate(zip(clean, text, strict=True)) if old != new]
        folded = NFKC()
        assert all(folded.normalize_str(text[place]) == text[place] for place in differing)
        changed += len(differing)
    assert changed > 5


def test_addresses_and_handles_stay() -> None:
    assert results("@example https://example.org", "en") == []
