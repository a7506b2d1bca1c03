import pytest

from crosswind.perturbations.sampling import propose
from crosswind.perturbations.space import LEVELS, Space
from crosswind.text.edits import apply
from crosswind.text.item import Field, Item, plain_field, token_field
from tests.perturbations.specimens import plain_item
from tests.perturbations.test_contract import draw_for
from tests.text.sentences import nfc

SPACE = Space()


def results(text: str, lang: str, *kinds: str) -> str:
    """Everything that one slip of some kinds can make of a text."""
    item = plain_item(nfc(text), lang)
    found = [
        apply(item.fields["text"].text, [option.edits[0][1]])
        for unit, options in propose(SPACE, item, draw_for(SPACE))
        for option in options
        if unit.kind in kinds
    ]
    return "|".join(found)


def kinds(field: Field) -> set[str]:
    return {unit.kind for unit in SPACE.units(Item("fixture", "test", "1", {"text": field}))}


@pytest.mark.parametrize(
    ("lang", "text", "joined"),
    [
        ("en", "an old bridge", "anold bridge|an oldbridge"),
        ("en", "it, 12 old,\nbad  one yes.", "it, 12 old,\nbad  oneyes."),
        ("ru", "старый мост", "старыймост"),
        ("ar", "الجسر القديم", "الجسرالقديم"),
        ("he", "גשר ישן", "גשרישן"),
        ("hi", "पुल बंद है", "पुलबंद है|पुल बंदहै"),
        ("ta", "பழைய பாலம்", "பழையபாலம்"),
        ("ko", "오래된 다리는", "오래된다리는"),
        ("ka", "ძველი ხიდი", "ძველიხიდი"),
        ("zh", "老桥 iPhone 上面", ""),
        ("th", "ปิดแล้ว แต่คน", ""),
    ],
)
def test_words_are_joined_over_a_single_space(lang: str, text: str, joined: str) -> None:
    assert results(text, lang, "join") == nfc(joined)


@pytest.mark.parametrize(
    ("lang", "word", "split"),
    [
        ("en", "old", ""),
        ("en", "hill", "h ill|hi ll|hil l"),
        ("de", "über", "ü ber|üb er|übe r"),
        ("el", "πάει", "π άει|πά ει|πάε ι"),
        ("ar", "جسور", "ج سور|جس ور|جسو ر"),
        ("fa", "می‌رود", "م ی‌رود|می‌ رود|می‌ر ود|می‌رو د"),
        ("he", "שָׁלוֹם", "שָׁ לוֹם|שָׁל וֹם|שָׁלוֹ ם"),
        ("hi", "मुश्किल", ""),
        ("hi", "पढ़ाई की", ""),
        ("ta", "பாலம்", ""),
        ("te", "వంతెనలు", "వం తెనలు|వంతె నలు|వంతెన లు"),
        ("ko", "다리", "다 리"),
        ("vi", "đường", ""),
    ],
)
def test_words_are_split_between_clusters(lang: str, word: str, split: str) -> None:
    assert results(word, lang, "split") == nfc(split)


def test_vietnamese_syllables_are_only_joined() -> None:
    assert results("Chiếc cầu cũ", "vi", "syllables") == nfc("Chiếccầu cũ|Chiếc cầucũ")
    assert kinds(plain_field(nfc("Chiếc cầu cũ đường"), "vi", "1")) == {"syllables"}


@pytest.mark.parametrize(
    ("lang", "text", "boundary", "inside"),
    [
        ("zh", "封闭了，走过", "封闭 了，走过|封闭了，走 过", "封 闭了，走过"),
        ("zh", "用iPhone打字", "用 iPhone打字|用iPhone 打字", "用iPhone打 字"),
        ("ja", "コートの上", "コート の上|コートの 上", "コー トの上"),
        ("ja", "もっと", "", "もっ と"),
        ("th", "สะพานเก่า มา", "สะพาน เก่า มา", "สะ พานเก่า มา|สะพา นเก่า มา"),
        ("my", "တံတားဟောင်းကို", "တံတား ဟောင်းကို", "တံ တားဟောင်းကို|တံတားဟောင်း ကို"),
        ("lo", "ເກົ່າປິດ", "ເກົ່າ ປິດ", "ເກົ່າປິ ດ"),
    ],
)
def test_unspaced_scripts_take_spaces_between_and_inside_words(
    lang: str, text: str, boundary: str, inside: str
) -> None:
    assert results(text, lang, "boundary") == nfc(boundary)
    assert results(text, lang, "inside") == nfc(inside)


def test_every_script_has_kinds_of_its_own() -> None:
    assert kinds(plain_field("The bridges were old.", "en", "1")) == {"join", "split"}
    assert kinds(plain_field("那座老桥早就封闭了。", "zh", "1")) == {"boundary", "inside"}
    assert all(whole == 2 * half for half, whole in zip(LEVELS.rates["join"], LEVELS.rates["syllables"], strict=True))
    assert LEVELS.rates["join"] == LEVELS.rates["split"]


def test_tokens_and_frozen_words_stay() -> None:
    assert kinds(token_field(["The", "old", "bridges"], "en", "1")) == set()
    assert results("see @bridge_old now", "en", "join", "split") == ""
    text = "from the old bridge"
    field = plain_field(text, "en", "1", frozen=[(9, 12)])
    assert sorted(unit.span for unit in SPACE.units(Item("f", "test", "1", {"text": field}))) == [
        (0, 4),
        (4, 5),
        (13, 19),
    ]


def test_answers_may_be_split_and_stay_answers() -> None:
    text = "die Donaubrücke da"
    item = Item("f", "test", "1", {"text": plain_field(text, "de", "1", keep=[(4, 9)])})
    found = [
        apply(text, [option.edits[0][1]]) for _, options in propose(SPACE, item, draw_for(SPACE)) for option in options
    ]
    assert "die Donau brücke da" in found
    assert "dieDonaubrücke da" in found
