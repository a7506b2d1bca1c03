"""What tokenizers do to changed text before they cut it: keep the change, fold it into something, or undo it.

Two families are looked at through the normalisers that their tokenizers are built with: XLM-R's (SentencePiece's rule
set nmt_nfkc, as the library itself runs it and as the HF library does) and multilingual BERT's, cased. A change that a
normaliser undoes is no perturbation of the models behind it.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache

import pytest
import sentencepiece
from tokenizers import Regex
from tokenizers.normalizers import BertNormalizer, Normalizer, Precompiled, Replace, Sequence

from tests.text.sentences import SENTENCES

CHARSMAP = 2  # the field of SentencePiece's NormalizerSpec that holds the rules


@cache
def library() -> sentencepiece.SentencePieceNormalizer:
    """SentencePiece's own, as the slow tokenizers used it."""
    return sentencepiece.SentencePieceNormalizer(
        rule_name="nmt_nfkc", add_dummy_prefix=False, escape_whitespaces=False, remove_extra_whitespaces=False
    )


@cache
def fast() -> Normalizer:
    """What the HF library puts before XLM-R's vocabulary."""
    rules = dict(protobuf(library().serialized_normalizer_spec()))[CHARSMAP]
    return Sequence([Precompiled(rules), Replace(Regex(" {2,}"), " ")])


@cache
def bert() -> Normalizer:
    """What the HF library puts before multilingual BERT's cased vocabulary."""
    return BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=False)


def protobuf(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a message that are numbers or bytes, by their number."""
    rest = iter(message)

    def number() -> int:
        value = shift = 0
        for byte in rest:
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        return value

    for first in rest:
        if first & 7 == 2:
            yield first >> 3, bytes(next(rest) for _ in range(number()))
        else:
            number()


SAME = None

# A changed text; what XLM-R's normaliser makes of it; what BERT's does. SAME: it keeps every character.
ROWS = {
    "zero-width space": ("a\u200bb", "a b", "ab"),
    "zero-width non-joiner": ("a\u200cb", "a b", "ab"),
    "byte order mark": ("a\ufeffb", "a b", "ab"),
    "left-to-right mark": ("a\u200eb", "a b", "ab"),
    "right-to-left mark": ("a\u200fb", "a b", "ab"),
    "arabic letter mark": ("a\u061cb", "a b", "ab"),
    "zero-width joiner": ("a\u200db", SAME, "ab"),
    "word joiner": ("a\u2060b", SAME, "ab"),
    "soft hyphen": ("a\u00adb", SAME, "ab"),
    "bidi embedding": ("a\u202ab", SAME, "ab"),
    "bidi override": ("a\u202eb", SAME, "ab"),
    "bidi isolate": ("a\u2066b", SAME, "ab"),
    "tag letter": ("a\U000e0061b", SAME, "ab"),
    "invisible times": ("a\u2062b", SAME, "ab"),
    "emoji selector": ("a\ufe0fb", SAME, SAME),
    "first selector": ("a\ufe00b", SAME, SAME),
    "ideographic selector": ("a\U000e0100b", SAME, SAME),
    "grapheme joiner": ("a\u034fb", SAME, SAME),
    "hangul filler": ("a\u3164b", "a\u1160b", SAME),  # folded, but into another filler
    "backspace": ("ax\x08b", "axb", "axb"),
    "delete": ("ax\x7fb", "axb", "axb"),
    "next line": ("a\x85b", SAME, "ab"),
    "no-break space": ("a\u00a0b", "a b", "a b"),
    "thin space": ("a\u2009b", "a b", "a b"),
    "narrow no-break space": ("a\u202fb", "a b", "a b"),
    "ideographic space": ("a\u3000b", "a b", "a b"),
    "ogham space": ("a\u1680b", "a b", "a b"),
    "full-width letter": ("ｗ", "w", SAME),
    "full-width digit": ("５", "5", SAME),
    "mathematical letter": ("𝐰", "w", SAME),
    "circled letter": ("ⓦ", "w", SAME),
    "ligature": ("ﬁ", "fi", SAME),
    "roman numeral": ("Ⅳ", "IV", SAME),
    "superscript": ("m²", "m2", SAME),
    "long s": ("ſ", "s", SAME),
    "arabic presentation form": ("ﻛ", "ك", SAME),
    "arabic ligature": ("ﻻ", "لا", SAME),
    "half-width kana": ("ｶ", "カ", SAME),
    "Cyrillic for Latin": ("а", SAME, SAME),
    "Greek for Latin": ("ο", SAME, SAME),
    "Armenian for Latin": ("օ", SAME, SAME),
    "small capital": ("ᴡ", SAME, SAME),
    "overlay": ("a\u0336", SAME, SAME),
    "tashkeel": ("كَتَبَ", SAME, SAME),
    "tatweel": ("كـتب", SAME, SAME),
    "niqqud": ("שָׁלוֹם", SAME, SAME),
    "Persian yeh": ("ی", SAME, SAME),
    "Persian kaf": ("ک", SAME, SAME),
    "hamza": ("أ", SAME, SAME),
    "teh marbuta": ("ة", SAME, SAME),
    "Arabic digit": ("١", SAME, SAME),
    "Persian digit": ("۱", SAME, SAME),
    "Devanagari digit": ("१", SAME, SAME),
    "Thai digit": ("๑", SAME, SAME),
    "Persian joiner": ("می\u200cخواهم", "می خواهم", "میخواهم"),
    "Hindi joiner": ("क्\u200dष", SAME, "क्ष"),
    "Malayalam chillu": ("ന്\u200d", SAME, "ന്"),
    "sara am": ("นำ", "น\u0e4d\u0e32", SAME),
    "sara am in two": ("น\u0e4d\u0e32", SAME, SAME),
    "Han": ("中国", SAME, " 中  国 "),
    "space in Han": ("中 国", SAME, " 中   国 "),
    "full-width comma": ("，", ",", SAME),
    "full-width question mark": ("？", "?", SAME),
    "ellipsis": ("…", "...", SAME),
    "ideographic full stop": ("。", SAME, SAME),
    "half-width full stop": ("｡", "。", SAME),
    "Georgian capital": ("ᲐᲑ", SAME, SAME),
    "two spaces": ("a  b", "a b", SAME),  # SentencePiece makes them one later, and BERT splits at them
}


@pytest.mark.parametrize(("text", "xlmr", "mbert"), ROWS.values(), ids=ROWS)
def test_what_becomes_of_a_change(text: str, xlmr: str | None, mbert: str | None) -> None:
    assert fast().normalize_str(text) == (text if xlmr is SAME else xlmr)
    assert bert().normalize_str(text) == (text if mbert is SAME else mbert)
    if "  " not in text:
        assert library().normalize(text) == fast().normalize_str(text)


def test_what_xlmr_splits_bert_joins() -> None:
    apart = [name for name, (_, xlmr, mbert) in ROWS.items() if xlmr == "a b" and mbert == "ab"]
    assert {"zero-width space", "zero-width non-joiner"} <= set(apart)


DECOMPOSED = {
    "Vietnamese": ("ệ", "ẹ"),
    "Vietnamese sentence": ("Tiếng Việt rất đẹp", "Tiêng Viẹt rât đẹp"),
    "Hangul": ("한국", unicodedata.normalize("NFD", "한국")),
    "Kana": ("が", "か\u3099"),
    "half-width Kana": ("ｶﾞ", "カ\u3099"),
}


@pytest.mark.parametrize(("composed", "broken"), DECOMPOSED.values(), ids=DECOMPOSED)
def test_the_hf_library_loses_what_is_not_composed(composed: str, broken: str) -> None:
    """Two bugs of the HF library (huggingface/tokenizers 2116 and 2334): why every text here is NFC.

    When this fails they are mended. Then NFD is a perturbation like any other for XLM-R, and this file should say so.
    """
    decomposed = unicodedata.normalize("NFD", composed)
    assert library().normalize(decomposed) == unicodedata.normalize("NFKC", composed)
    assert fast().normalize_str(decomposed) == broken
    assert bert().normalize_str(decomposed) == decomposed


@pytest.mark.parametrize("lang", SENTENCES)
def test_both_libraries_agree_on_composed_sentences(lang: str) -> None:
    assert library().normalize(SENTENCES[lang]) == fast().normalize_str(SENTENCES[lang])


@pytest.mark.parametrize("lang", ["vi", "ko", "ja", "bn"])
def test_and_not_on_decomposed_ones(lang: str) -> None:
    decomposed = unicodedata.normalize("NFD", SENTENCES[lang])
    assert library().normalize(decomposed) != fast().normalize_str(decomposed)
