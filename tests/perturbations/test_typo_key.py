import unicodedata
from collections import Counter

import pytest

from crosswind.languages import LANGUAGES
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.keyboards import Keyboard, keyboard
from crosswind.perturbations.typo_key import TypoKey, slips
from crosswind.text.clusters import clusters, script, script_of
from crosswind.text.edits import apply
from crosswind.text.item import Item
from crosswind.text.patterns import LETTER, MARK
from tests.perturbations.specimens import plain_item, sentence_items
from tests.text.alphabets import ALPHABETS
from tests.text.sentences import SENTENCES

DRAW = Draw("test", "typo_key", 1, "fixture", "test")


def board(lang: str, written: str) -> Keyboard:
    found = keyboard(lang, written)
    assert found
    return found


def results(text: str, lang: str, op: str, word: int = 0) -> list[str]:
    """What an operation can make of one word of a text, in the order of the options."""
    item = plain_item(text, lang)
    unit = TypoKey().units(item)[word]
    options = [option for option in TypoKey().options(item, unit, DRAW) if option.op == op]
    return [apply(text, [edit for _, edit in option.edits]) for option in options]


@pytest.mark.parametrize(
    ("lang", "sign", "beside"),
    [
        ("en", "g", "f h t v b"),
        ("en", "q", "w a"),
        ("de", "z", "t u h"),  # QWERTZ
        ("de", "y", "x a s"),
        ("de", "ö", "l ä p"),
        ("de", "ß", "p ü"),
        ("fr", "a", "z q é"),  # AZERTY, with accented letters among the digits
        ("fr", "m", "l ù p"),
        ("fr", "î", "û ô"),  # the circumflex is a key of its own
        ("es", "ñ", "l p"),
        ("es", "í", "ú ó"),
        ("pt", "á", "ã"),  # the accents' keys lie one above the other
        ("pl", "ś", "ą ż ź"),  # with AltGr
        ("hu", "í", "y a"),  # beside the left shift key
        ("tr", "ı", "u o k"),
        ("tr", "i", "ş ğ"),
        ("tr", "İ", "Ş Ğ"),
        ("az", "ə", "ı ö"),
        ("vi", "ế", "ấ ố é ễ ệ"),
        ("vi", "đ", "o p"),
        ("yo", "ẹ\u0301", "á"),
        ("ru", "ц", "й у ы"),
        ("ru", "Ц", "Й У Ы"),
        ("bg", "ъ", "й э а о"),
        ("uk", "ї", "х ґ"),
        ("kk", "қ", "ұ ө щ з"),
        ("el", "θ", "υ ι ξ"),
        ("el", "ί", "ό"),
        ("ka", "ქ", "წ ა"),
        ("ka", "შ", "ჭ ძ"),
        ("he", "ש", "ד ז"),
        ("ar", "ب", "ي ل ق ؤ ر"),
        ("ar", "\u064e", "\u064b \u0650"),
        ("fa", "پ", "د و ت ن"),
        ("ur", "ہ", "ی پ ل"),
        ("hi", "क", "र त ग स"),
        ("hi", "ि", "ु ी"),
        ("bn", "ঢ়", "ফ খ ঙ ল শ"),
        ("ta", "க", "ர த ஸ"),
        ("th", "ด", "ก พ อ"),
        ("th", "่", "้"),
        ("my", "တ", "ဆ န"),
        ("ja", "か", "す ん き え お"),
        ("ja", "カ", "ス ン キ エ オ"),
        ("ja", "ば", "じ ぎ ず ぞ び ぱ"),
        ("ja", "ー", "ヘ"),
        ("hy", "ա", "ե ն մ զ յ"),
        ("km", "ក", "ល ម"),
        ("lo", "ກ", "ຫ ດ ປ"),
    ],
)
def test_the_keys_beside_a_key(lang: str, sign: str, beside: str) -> None:
    written = {"ar": "Arab", "fa": "Arab"}.get(lang, script(sign[0]))
    assert set(board(lang, "Kana" if sign == "ー" else written).missed(unicodedata.normalize("NFC", sign))) == set(
        map(unicodedata.normalize, ["NFC"] * 9, beside.split())
    )


@pytest.mark.parametrize(
    ("lang", "word", "missed", "brushed"),
    [
        ("de", "Zug", "Zzg Zig Zjg Zuf Zuh Zut Zuv Zub", "Zuzg Zuig Zujg Zugf Zugh Zugt Zugv Zugb"),
        ("fr", "thé", "tgé tjé tyé tbé tné tha thz", "thgé thjé thyé thbé thné théa théz"),
        ("ru", "щука", "щцка щкка щвка щууа щуеа щуаа", "щуцка щукка щувка щукуа щукеа щукаа"),
        ("he", "שָׁב", "שָׁס שָׁה שָׁג שָׁכ", "שָׁבס שָׁבה שָׁבג שָׁבכ"),
        ("hi", "किताब", "किकाब किचाब किदाब कितैब कितीब किताह किताप", "किताकब किताचब कितादब किताबह किताबप"),
        ("hi", "ख़त", "ख़क ख़च ख़द", "ख़तक ख़तच ख़तद"),
        ("th", "ปู่", "ผู่ หู่ กู่ ปู้", "ปู่ผ ปู่ห ปู่ก"),
        ("th", "แม่", "แท่ แส่ แม้", "แม่ท แม่ส"),
        ("my", "ကို", "ပို ငို ကိူ", "ကိုပ ကိုင"),
        ("ko", "달", "잘 갈 알 덜 딜 댤 들 당 닿 닥 닻 닾", "닭 닳 닲"),
        ("ko", "무", "누 부 쿠 뮤 므 모 머", "뭐 뭅 문 뭌"),
        ("ja", "だめ", "でめ ぢめ ぶめ だる だろ だれ だけ", "だちめ だてめ だぬめ だふめ だめる だめろ だめれ だめけ"),
        ("zh", "那", "把 吗 哈", ""),
        ("zh", "你", "比 米 己 努", "牛"),
    ],
)
def test_slips_by_script(lang: str, word: str, missed: str, brushed: str) -> None:
    assert set(results(word, lang, "substitute")) == set(missed.split())
    assert set(results(word, lang, "insert")) == set(brushed.split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nearly_all_letters_of_a_language_have_neighbours(lang: str) -> None:
    letters = set(unicodedata.normalize("NFC", ALPHABETS[lang])) - {"\u0323"}
    silent = {one for one in letters if not board(lang, script_for(one, lang)).missed(one)}
    assert len(silent) <= 0.08 * len(letters), silent


@pytest.mark.parametrize("lang", [lang for lang in SENTENCES if lang != "ja"])
def test_nearly_all_words_can_be_mistyped(lang: str) -> None:
    item = plain_item(SENTENCES[lang], lang)
    units = TypoKey().units(item)
    silent = [unit for unit in units if not TypoKey().options(item, unit, DRAW)]
    assert units
    assert len(silent) <= 0.25 * len(units), [SENTENCES[lang][slice(*unit.span)] for unit in silent]


def script_for(sign: str, lang: str) -> str:
    """The script whose keyboard a sign is looked for on: that of the language for signs of many scripts."""
    found = script(sign)
    return found if LETTER.match(sign) and sign != "ー" else {"ja": "Kana"}.get(lang, script_of(ALPHABETS[lang]))


def test_signs_give_way_to_signs_and_letters_to_letters() -> None:
    for item in sentence_items():
        text = item.fields["text"].text
        for unit in TypoKey().units(item):
            for option in TypoKey().options(item, unit, DRAW):
                ((_, edit),) = option.edits
                clean, slipped = (unicodedata.normalize("NFD", one) for one in (text[edit.start : edit.end], edit.new))
                if option.op == "substitute" and script_of(text[slice(*unit.span)]) not in {"Hang", "Latn", "Kana"}:
                    assert len(MARK.findall(slipped)) - len(MARK.findall(clean)) in {0, 1, -1}
                    assert len(clusters(edit.new)) == 1 or edit.new == "لا"
                assert not MARK.match(edit.new)


def test_no_word_receives_letters_of_another_script() -> None:
    for item in sentence_items():
        text = item.fields["text"].text
        for unit in TypoKey().units(item):
            word = text[slice(*unit.span)]
            for option in TypoKey().options(item, unit, DRAW):
                ((_, edit),) = option.edits
                added = Counter(LETTER.findall(edit.new)) - Counter(LETTER.findall(word))
                assert {script(letter) for letter in added} <= {script_of(word), "Zzzz"}


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("qqx", "zu", "zy zi zj"),  # unknown languages: the commonest layout of the script
        ("qqx", "це", "цк цн цп"),
        ("qqx", "שב", "שס שה שג שכ"),
        ("hi", "az", "ax aa as"),  # Latin words in other scripts: the American layout
        ("de", "az", "at au ah"),
        ("fr", "az", "aa ae as aé"),
        ("pt-BR", "aç", "al ap"),
        ("sr", "ље", "љк љн љп"),
    ],
)
def test_which_layout_a_word_is_typed_on(lang: str, text: str, expected: str) -> None:
    assert set(results(text, lang, "substitute")) == set(expected.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("刚", "方 航 躺 帮"), ("剛", "方 航 躺 幫"), ("港", "方 航 躺 帮"), ("港，門", "方，門 航，門 躺，門 幫，門")],
)
def test_characters_become_characters_of_the_form_of_the_text(text: str, expected: str) -> None:
    assert set(results(text, "zh", "substitute")) == set(expected.split())


def test_characters_that_cannot_be_read_alone_stay() -> None:
    assert results("长", "zh", "substitute") == results("㐂", "zh", "substitute") == []


@pytest.mark.parametrize(("lang", "text"), [("ja", "日本"), ("ko", "韓國"), ("qqx", "ᏣᎳᎩ"), ("am", "ሰላም")])
def test_words_without_a_keyboard_are_no_units(lang: str, text: str) -> None:
    assert TypoKey().units(plain_item(text, lang)) == []


def test_three_slips_in_five_replace_a_sign_and_places_are_equally_likely() -> None:
    found, weights = slips("bridge", "en", "Hans")
    shares = Counter[tuple[str, int]]()
    for slip, weight in zip(found, weights, strict=True):
        shares[slip.op, slip.start] += weight  # type: ignore[assignment]
    expected = {(op, place): share / 4 for op, share in (("substitute", 0.6), ("insert", 0.4)) for place in range(1, 5)}
    assert shares == pytest.approx(expected)


def test_the_ends_of_long_words_stay() -> None:
    assert {slip.start for slip in slips("bridge", "en", "Hans")[0]} == {1, 2, 3, 4}
    assert {slip.start for slip in slips("old", "en", "Hans")[0]} == {1, 2}
    assert {slip.start for slip in slips("다리", "ko", "Hans")[0]} == {0, 1}
    assert {slip.start for slip in slips("बंद", "hi", "Hans")[0]} == {2}


def test_long_words_have_their_options_thinned() -> None:
    item: Item = plain_item("Donaudampfschifffahrtsgesellschaft", "de")
    assert len(TypoKey().options(item, TypoKey().units(item)[0], DRAW)) == 64
