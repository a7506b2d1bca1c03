import pytest
from hypothesis import given, settings

from crosswind.perturbations.draws import Draw
from crosswind.perturbations.invisible import MEANINGLESS_JOINERS, Invisible
from crosswind.perturbations.sampling import sample
from crosswind.text.clusters import script
from crosswind.text.edits import apply
from crosswind.text.ignorable import IGNORABLE
from crosswind.text.item import Item, plain_field, token_field
from tests.perturbations.specimens import plain_item, plain_items
from tests.text.sentences import nfc

NAMES = {"\u00ad": "-", "\u2060": "w", "\u200d": "j", "\ufe0f": "v", "\u200b": "s", "\u200c": "n"}
EVERY = {"word": (1.0,)}


def results(text: str, lang: str, **chosen: str) -> list[str]:
    """What can become of a text by one insertion, with a letter in brackets for the sign, in order."""
    item, perturbation = plain_item(nfc(text), lang), Invisible.model_validate(chosen)
    draw = Draw("test", perturbation.label, 1, "fixture", "test")
    options = [option for unit in perturbation.units(item) for option in perturbation.options(item, unit, draw)]
    found = [apply(nfc(text), [edit for _, edit in option.edits]) for option in options]
    return ["".join(f"[{NAMES[sign]}]" if sign in NAMES else sign for sign in result) for result in found]


@pytest.mark.parametrize(
    ("lang", "word", "expected"),
    [
        ("en", "old", "o[-]ld o[w]ld o[j]ld o[v]ld ol[-]d ol[w]d ol[j]d ol[v]d"),
        ("vi", "cũ", "c[-]ũ c[w]ũ c[j]ũ c[v]ũ"),
        ("ru", "но", "н[-]о н[w]о н[j]о н[v]о"),
        ("el", "τί", "τ[-]ί τ[w]ί τ[j]ί τ[v]ί"),
        ("ka", "და", "დ[-]ა დ[w]ა დ[j]ა დ[v]ა"),
        ("he", "אָב", "אָ[-]ב אָ[w]ב אָ[j]ב אָ[v]ב"),
        ("ar", "من", "م[-]ن م[w]ن م[v]ن"),
        ("ur", "پل", "پ[-]ل پ[w]ل پ[v]ل"),
        ("hi", "पुल", "पु[-]ल पु[w]ल पु[v]ल"),
        ("bn", "পার", "পা[-]র পা[w]র পা[v]র"),
        ("ta", "மழை", "ம[-]ழை ம[w]ழை ம[v]ழை"),
        ("ml", "മഴ", "മ[-]ഴ മ[w]ഴ മ[v]ഴ"),
        ("th", "น้ำ", "น้ำ[-] น้ำ[w] น้ำ[v]"),  # one cluster: behind it, and no joiner there
        ("my", "တံတား", "တံ[-]တား တံ[w]တား တံ[v]တား"),
        ("ko", "다리", "다[-]리 다[w]리 다[j]리 다[v]리"),
        ("zh", "桥", "桥[-] 桥[w] 桥[v]"),
        ("ja", "コン", "コ[-]ン コ[w]ン コ[j]ン コ[v]ン"),
        ("hi", "क्ष", ""),  # one cluster of a script with long words
        ("en", "a1b", "a[-]1b a[w]1b a[v]1b a1[-]b a1[w]b"),  # a digit and a selector are an emoji
    ],
)
def test_insertions_by_script(lang: str, word: str, expected: str) -> None:
    assert results(word, lang) == nfc(expected).split()


@pytest.mark.parametrize(
    ("lang", "word", "expected"),
    [
        ("en", "of", "o[s]f o[n]f"),
        ("fa", "پل", "پ[s]ل"),
        ("te", "వల", "వ[s]ల"),
        ("th", "ปิด", "ปิ[s]ด ปิ[n]ด"),
        ("zh", "桥", "桥[s]"),
    ],
)
def test_zero_width_spaces(lang: str, word: str, expected: str) -> None:
    assert results(word, lang, signs="zwsp") == nfc(expected).split()


def test_the_selector_alone() -> None:
    assert results("old", "en", signs="vs") == ["o[v]ld", "ol[v]d"]


@settings(deadline=None)
@given(plain_items())
def test_joiners_stay_out_of_scripts_that_spell_with_them(item: Item) -> None:
    for signs in ("mixed", "zwsp"):
        found = sample(Invisible(signs=signs), item, 1, 1, rates=EVERY)
        for name, edits in found.edits.items():
            text = found.item.fields[name].text
            for start, end, new in edits:
                if new[-1] in "\u200c\u200d":
                    assert {script(text[start]), script(text[end])} <= MEANINGLESS_JOINERS


@settings(deadline=None)
@given(plain_items())
def test_nothing_that_is_seen_changes(item: Item) -> None:
    found = sample(Invisible(), item, 1, 1, rates=EVERY)
    for name, field in item.fields.items():
        assert IGNORABLE.sub("", found.text(name)) == IGNORABLE.sub("", field.text)


def test_signs_belong_to_the_answer_they_stand_in() -> None:
    field = plain_field("die Brücke dort", "de", "1", keep=[(4, 10)])
    found = sample(Invisible(signs="vs"), Item("fixture", "test", "1", {"context": field}), 1, 1, rates=EVERY)
    start, end = found.projection("context").span((4, 10))
    assert IGNORABLE.sub("", found.text("context")[start:end]) == "Brücke"
    assert end - start == 7


def test_spaces_inside_a_token_bear_no_selector() -> None:
    item = Item("fixture", "test", "1", {"tokens": token_field(["New York"], "en", "1")})
    draw = Draw("test", "invisible", 1, "fixture", "test")
    options = Invisible().options(item, Invisible().units(item)[0], draw)
    assert all(edit.start != 3 for option in options for _, edit in option.edits)
