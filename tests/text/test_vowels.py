import pytest

from crosswind.text.vowels import vowelled
from tests.text.sentences import nfc


def marked(word: str, lang: str) -> str:
    marks = vowelled(word, lang)
    return nfc("".join(letter + marks.get(place, "") for place, letter in enumerate(word)))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("الشمس", "الشّمس"),  # the article before a letter of the sun, and one of the moon
        ("القمر", "الْقمر"),
        ("اللغة", "اللّغَة"),
        ("الناس", "النَّاس"),
        ("الذي", "الذي"),  # no article, or perhaps none
        ("التزام", "التزَام"),
        ("الف", "الف"),
        ("الكترونية", "الكترونيَة"),
        ("كتاب", "كتَاب"),
        ("جامعات", "جَامعَات"),
        ("مدينة", "مدينَة"),
        ("حياة", "حيَاة"),
        ("كتبوا", "كتبوا"),  # alifs that no vowel goes with, or another one
        ("شكرا", "شكرا"),
        ("بالبيت", "بالبيت"),
        ("للاجتماع", "للاجتمَاع"),
        ("الاقتصاد", "الاقتصَاد"),
        ("وبالاقتصاد", "وبالاقتصَاد"),
        ("مائة", "مائَة"),
        ("القرآن", "الْقرآن"),
        ("كَتَبَ", "كَتَبَ"),  # marked already
    ],
)
def test_arabic(word: str, expected: str) -> None:
    assert marked(nfc(word), "ar") == nfc(expected)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("דבר", "דּבר"),
        ("בבית", "בּבית"),
        ("פסטיבל", "פסטיבל"),  # f in foreign words
        ("ג'ורג'", "ג'ורג'"),
        ("ספרים", "ספרִים"),
        ("תלמידים", "תּלמידִים"),
        ("חיים", "חיים"),  # chayim: the vowel stands elsewhere
        ("ירושלים", "ירושלים"),
        ("השמים", "השמים"),
        ("עברית", "עברִית"),
        ("ערבית", "ערבִית"),
        ("הבית", "הבית"),
        ("בעיית", "בּעיית"),
        ("שָׁלוֹם", "שָׁלוֹם"),
    ],
)
def test_hebrew(word: str, expected: str) -> None:
    assert marked(nfc(word), "he") == nfc(expected)


@pytest.mark.parametrize("lang", ["fa", "ur", "en", "qqx"])
def test_other_languages_have_other_rules(lang: str) -> None:
    assert vowelled("كتاب", lang) == vowelled("ספרים", lang) == {}
