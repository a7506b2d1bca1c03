import unicodedata

import pytest

from crosswind.text.hangul import keys_of, syllable_of


@pytest.mark.parametrize(
    ("syllable", "keys"),
    [
        ("가", "ㄱㅏ"),
        ("한", "ㅎㅏㄴ"),
        ("과", "ㄱㅗㅏ"),
        ("닭", "ㄷㅏㄹㄱ"),
        ("없", "ㅇㅓㅂㅅ"),
        ("꽤", "ㄲㅗㅐ"),
        ("뷁", "ㅂㅜㅔㄹㄱ"),
    ],
)
def test_syllables_are_typed_jamo_by_jamo(syllable: str, keys: str) -> None:
    assert keys_of(syllable) == keys
    assert syllable_of(keys) == syllable


def test_every_syllable_comes_back() -> None:
    syllables = [chr(code) for code in range(0xAC00, 0xD7A4)]
    assert [syllable_of(keys_of(one)) for one in syllables] == syllables
    assert all(unicodedata.name(one).startswith("HANGUL SYLLABLE") for one in syllables)


@pytest.mark.parametrize("text", ["", "ㄱ", "ㅏ", "가나", "a", "漢", "\u1100\u1161"])
def test_what_is_no_syllable_has_no_keys(text: str) -> None:
    assert keys_of(text) == ""


@pytest.mark.parametrize("keys", ["", "ㄱ", "ㅏㄱ", "ㄱㄱㅏ", "ㄱㅏㅏ", "ㄱㅏㄱㄱㄱ", "ㄱㅏㄸ"])
def test_keys_that_write_no_syllable_write_nothing(keys: str) -> None:
    assert syllable_of(keys) == ""
