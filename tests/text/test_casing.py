import unicodedata

import pytest
from hypothesis import given, settings

from crosswind.text.casing import lower, upper
from tests.text.sentences import languages, texts


# As ICU has them, but for the Georgian, which ICU puts in its rare capitals.
@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "fine", "FINE"),
        ("de", "Straße", "STRASSE"),
        ("tr", "ışık iğne", "IŞIK İĞNE"),
        ("az", "ilıq", "İLIQ"),
        ("ru", "ещё", "ЕЩЁ"),
        ("el", "Μαΐου", "ΜΑΪΟΥ"),
        ("el", "μάιος", "ΜΑΪΟΣ"),
        ("el", "άυλος", "ΑΫΛΟΣ"),
        ("el", "γαϊδούρι", "ΓΑΪΔΟΥΡΙ"),
        ("el", "ή", "Ή"),
        ("el", "ή όχι", "Ή ΟΧΙ"),
        ("el", "γη ήταν", "ΓΗ ΗΤΑΝ"),
        ("el", "ΐ", "Ϊ"),
        ("el", "Ἀθῆναι", "ΑΘΗΝΑΙ"),
        ("vi", "cửa", "CỬA"),
        ("ka", "ხიდი web", "ხიდი WEB"),
        ("fr", "œuf ÿ", "ŒUF Ÿ"),
        ("hi", "पुल", "पुल"),
    ],
)
def test_upper(lang: str, text: str, expected: str) -> None:
    assert upper(text, lang) == expected


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("tr", "IŞIK İĞNE", "ışık iğne"),
        ("en", "IT IS", "it is"),
        ("el", "ΟΔΟΣ ΣΑΣ", "οδος σας"),
        ("de", "STRASSE", "strasse"),
        ("ru", "ЕЩЁ", "ещё"),
        ("ka", "ხიდი", "ხიდი"),
    ],
)
def test_lower(lang: str, text: str, expected: str) -> None:
    assert lower(text, lang) == expected


@settings(deadline=None)
@given(texts, languages)
def test_casing_ends_in_nfc(text: str, lang: str) -> None:
    for changed in (upper(text, lang), lower(text, lang)):
        assert unicodedata.is_normalized("NFC", changed)
