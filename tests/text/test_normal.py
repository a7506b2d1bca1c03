import unicodedata

import pytest
from hypothesis import given, settings

from crosswind.text.edits import apply
from crosswind.text.normal import normalise
from tests.text.sentences import RAW, raw_texts


@settings(deadline=None)
@given(raw_texts)
def test_the_map_leads_to_nfc(raw: str) -> None:
    for text in (raw, unicodedata.normalize("NFD", raw)):
        found = normalise(text)
        assert found.text == unicodedata.normalize("NFC", text) == apply(text, found.edits)


@pytest.mark.parametrize("code", RAW)
def test_words_keep_their_place_from_decomposed_text(code: str) -> None:
    decomposed = unicodedata.normalize("NFD", RAW[code])
    found = normalise(decomposed)
    place = 0
    for word in decomposed.split():
        place = decomposed.index(word, place)
        start, end = found.span((place, place + len(word)))
        assert found.text[start:end] == unicodedata.normalize("NFC", word)
        place += len(word)


def test_text_in_nfc_needs_no_map() -> None:
    assert normalise("déjà").edits == ()


def test_nukta_letters_grow_and_offsets_move() -> None:
    raw = "\u0958लम मेज़"  # one code point that NFC takes apart
    found = normalise(raw)
    start, end = found.span((raw.index("मे"), len(raw)))
    assert found.text[start:end] == "मेज़"
    assert len(found.text) == len(raw) + 1


def test_an_edge_inside_a_changed_cluster_is_widened() -> None:
    raw = "cafe\u0301 noir"
    found = normalise(raw)
    assert found.text[slice(*found.span((0, 4)))] == "café"
    assert found.text[slice(*found.span((4, 5)))] == "é"
