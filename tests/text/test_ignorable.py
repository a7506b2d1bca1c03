"""The answer to hidden characters: a text that had none gets its ids back, whatever was hidden in it."""

import io
from functools import cache

import pytest
import sentencepiece
from hypothesis import given, settings
from tokenizers.normalizers import BertNormalizer

from crosswind.perturbations.invisible import Invisible
from crosswind.perturbations.sampling import sample
from crosswind.text.ignorable import IGNORABLE, without_ignorables
from tests.perturbations.specimens import plain_item
from tests.text.sentences import SENTENCES, languages, nfc, texts


@cache
def toy() -> sentencepiece.SentencePieceProcessor:
    """A small vocabulary of pieces, behind the normaliser of XLM-R."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([*SENTENCES.values()] * 20),
        model_writer=model,
        vocab_size=600,
        hard_vocab_limit=False,
        character_coverage=1.0,
        normalization_rule_name="nmt_nfkc",
        minloglevel=2,
    )
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


@pytest.mark.parametrize("signs", ["mixed", "vs", "zwsp"])
@pytest.mark.parametrize("lang", SENTENCES)
def test_ids_are_those_of_the_clean_text(lang: str, signs: str) -> None:
    clean = SENTENCES[lang]
    perturbation = Invisible(signs=signs)  # type: ignore[arg-type]
    hidden = sample(perturbation, plain_item(clean, lang), 1, 1, rates={"word": (1.0,)}).text("text")
    assert toy().encode(hidden) != toy().encode(clean)
    if lang == "fa":  # the one with joiners of its own
        assert without_ignorables(hidden) == without_ignorables(clean) != clean
    else:
        assert without_ignorables(clean) == clean
        assert toy().encode(without_ignorables(hidden)) == toy().encode(clean)
        bert = BertNormalizer(lowercase=False)
        assert bert.normalize_str(without_ignorables(hidden)) == bert.normalize_str(clean)


@settings(deadline=None)
@given(texts, languages)
def test_a_text_that_had_none_is_restored(text: str, lang: str) -> None:
    clean = nfc(IGNORABLE.sub("", text))
    for signs in ("mixed", "vs", "zwsp"):
        hidden = sample(Invisible(signs=signs), plain_item(clean, lang), 1, 1, rates={"word": (1.0,)}).text("text")
        assert without_ignorables(hidden) == clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u00adb\u2060c\u200dd\ufe0fe\u200bf\u200cg\U000e0061h\u034fi\u202ej", "abcdefghij"),
        ("\u0600١", "\u0600١"),  # a format character that is seen
        ("ᅟᅡ\u3164", "ᅟᅡ\u3164"),  # letters, if blank ones
        ("e\u200d\u0301", "é"),
    ],
)
def test_what_goes_and_what_stays(text: str, expected: str) -> None:
    assert without_ignorables(text) == expected
