import subprocess
import sys
from importlib.metadata import files

import pytest

from crosswind.perturbations.romanize import Romanize, romanized, uroman
from crosswind.perturbations.sampling import propose, sample
from crosswind.text.item import Item, plain_field, token_field
from tests.perturbations.specimens import plain_item
from tests.perturbations.test_contract import draw_for
from tests.text.sentences import SENTENCES, nfc

ROMANIZE, FAST = Romanize(), Romanize(romanizer="anyascii")


def whole(text: str, lang: str, by: Romanize = ROMANIZE) -> str:
    return sample(by, plain_item(nfc(text), lang), 5, seed=1).text("text")


@pytest.mark.parametrize(
    ("lang", "text", "expected", "fast"),
    [
        ("ru", "Чёрный мост, ещё", "Chyornyy most, yeshchyo", "Chernyy most, eshche"),
        ("uk", "Об'їзд Києва", "Ob'yizd Kyieva", "Ob'izd Kiieva"),
        ("bg", "Ъгълът", "Ugulut", "'g'l't"),
        ("kk", "Қазақ тілі", "Qazaq tili", "Qazaq tili"),
        ("el", "Παλιά γέφυρα", "Palia gefyra", "Palia gefyra"),
        ("ar", "الجسر القديم", "aljsr alqdym", "ljsr lqdym"),
        ("fa", "می‌گذرند", "migzrnd", "mygdhrnd"),
        ("ur", "پرانا پل", "prana pl", "prn pl"),
        ("he", "שָׁלוֹם גשר", "shalom gshr", "sahlvom gsr"),
        ("he", "צה״ל ג׳ורג", "tshl jvrg", "tshl g'vrg"),
        ("hi", "यह एक लंबा वाक्य है।", "yah ek lambaa vaakya hai।", "yh ek lmba vaky hai।"),
        ("bn", "মানুষ পার", "maanuss paar", "manus par"),
        ("pa", "ਪੁਰਾਣਾ ਪੁਲ", "puraannaa pul", "purana pul"),
        ("gu", "જૂનો પુલ", "juuno pul", "juno pul"),
        ("ta", "பழைய பாலம்", "palaiya paalam", "plaiy palm"),
        ("te", "పాత వంతెన", "paata vamtena", "pat vmten"),
        ("ml", "പഴയ പാലം", "palllaya paalam", "ply palm"),
        ("th", "สะพาน", "saphaan", "saphan"),
        ("my", "တံတား", "tantaa", "tmta"),
        ("ka", "ძველი ხიდი", "dzveli xidi", "dzveli khidi"),
        ("ko", "오래된 다리는", "oraedoen darineun", "olaedoen dalineun"),
        ("zh", "东京", "dongjing", "dongjing"),
        ("ja", "コンクリート", "konkuriito", "konkurito"),
    ],
)
def test_words_by_script(lang: str, text: str, expected: str, fast: str) -> None:
    assert (whole(text, lang), whole(text, lang, FAST)) == (expected, fast)


@pytest.mark.parametrize("text", ["Die Straße, đường 12 Ọjà", "ª º ʼn", "12 ٣ ½ 😀"])
def test_latin_words_and_numbers_stay(text: str) -> None:
    assert whole(nfc(text), "qqx") == nfc(text)


def test_unspaced_words_are_set_apart_from_what_they_touch() -> None:
    assert whole("桥，有3只猫", "zh") == "qiao，you 3 zhi  mao"
    assert whole("用iPhone打", "zh") == "yong iPhone da"
    assert whole("ปิด แล้ว", "th") == "pit laeua"


def test_chinese_numerals_are_read_and_not_counted() -> None:
    words = ["一起", "十分", "第二", "三百", "什么", "二〇", "兩個", "参加"]
    assert [romanized(word, "zh", "uroman") for word in words] == [
        "yiqi", "shifen", "dier", "sanbai", "shenme", "erling", "liangge", "canjia",
    ]  # fmt: skip
    assert romanized("12月", "zh", "uroman") == "12yue"


def test_what_is_read_by_its_context_stays() -> None:
    assert whole("人々はコートを着る", "ja") == "人々 ha  kooto  o 着 ru"
    assert whole("大韓民國은 나라다", "ko") == "大韓民國eun narada"


def test_capitals_stay_capitals() -> None:
    assert romanized("ЩИ", "ru", "uroman") == "SHCHI"
    assert romanized("Щи", "ru", "uroman") == "Shchi"
    assert romanized("ΜΟΥΣΕΙΟ", "el", "uroman") == "MOUSEIO"
    assert romanized("ЮЖНЫЙ", "ru", "anyascii") == "YUZHNYY"


@pytest.mark.parametrize(("by", "text"), [(ROMANIZE, "ь"), (FAST, "ь"), (ROMANIZE, "𠮷𠮷")])
def test_letters_that_no_romanizer_knows_make_no_option(by: Romanize, text: str) -> None:
    item = plain_item(text, "ru")
    assert [list(options) for _, options in propose(by, item, draw_for(by))] == [[]]


def test_tokens_stay_tokens() -> None:
    tokens = ["那座", "老桥", "早就", "U.S.", "३.५वीं", "가 나", "。"]
    item = Item("fixture", "test", "1", {"tokens": token_field(tokens, "zh", "1")})
    assert sample(ROMANIZE, item, 5, seed=1).text("tokens") == "nazuo laoqiao zaojiu U.S. ३.५viim ga na 。"


def test_answers_take_the_spaces_of_their_words_along() -> None:
    item = Item("fixture", "test", "1", {"text": plain_field("老桥早就封闭了", "zh", "1", keep=[(4, 6)])})
    perturbed = sample(ROMANIZE, item, 5, seed=1)
    left, right = perturbed.projection("text").span((4, 6))
    assert perturbed.text("text")[left:right].strip() in {"fengbi", "封闭"}


def test_uroman_reads_a_word_alike_whatever_it_read_before() -> None:
    read = uroman()
    words = [(word, lang) for lang, text in SENTENCES.items() for word in text.split()]
    forth = {word: read(*word) for word in words}
    assert {word: read(*word) for word in reversed(words)} == forth


def test_the_romanizers_are_loaded_when_a_word_is_romanized() -> None:
    code = (
        "import sys; from crosswind.perturbations.romanize import *\n"
        "from crosswind.text.item import *\n"
        "item = Item('f', 'test', '1', {'text': plain_field('мост', 'ru', '1')})\n"
        "units = Romanize().units(item)\n"
        "assert units and not {'uroman', 'anyascii'} & set(sys.modules)\n"
        "Romanize(romanizer='anyascii').options(item, units[0], None)\n"
        "assert 'anyascii' in sys.modules and 'uroman' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_uroman_asks_for_is_said_where_it_is_used() -> None:
    licence = files("uroman")
    assert licence is not None
    text = next(path for path in licence if path.name == "LICENSE.txt").read_text()
    assert ROMANIZE.acknowledgement.rstrip(".") in text
    assert FAST.acknowledgement == ""
