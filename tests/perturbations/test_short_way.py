"""The short way leads where the long way leads, or says that it does not know."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosswind.perturbations.sampling import Sampler
from crosswind.perturbations.short_way import ShortWay
from crosswind.perturbations.word_noise import KIND, WordNoise
from crosswind.text.item import Item, plain_field
from crosswind.text.normal import normalise
from tests.perturbations.specimens import RATED
from tests.text.sentences import SENTENCES, languages, texts

NOISES = [found for found in RATED if isinstance(found, WordNoise)]
DATA = Path(os.environ.get("CROSSWIND_DATA", "/nonexistent"))

noises = pytest.mark.parametrize("noise", NOISES, ids=lambda found: found.label)


def both_agree(
    noise: WordNoise, text: str, lang: str, owner: str, level: int, rates: Mapping[str, tuple[float, ...]] | None = None
) -> bool:
    """Whether the short way knew; raises AssertionError where the ways part."""
    sampler = Sampler(noise, level, 1, rates=rates)
    short = ShortWay(sampler, noise, lang, "fixture", "test", "text")(text, owner)
    long = sampler(Item("fixture", "test", owner, {"text": plain_field(text, lang, owner)}))
    assert short is None or short == (long.edits["text"], tuple(op for _, op in long.trace))
    return short is not None


@noises
@settings(deadline=None, max_examples=150)
@given(texts, languages, st.integers(0, 5), st.sampled_from("abc"))
def test_any_text(noise: WordNoise, text: str, lang: str, level: int, owner: str) -> None:
    both_agree(noise, text, lang, owner, level)
    both_agree(noise, text, lang, owner, 1, {KIND: (1.0,)})


@noises
def test_plain_sentences_are_seldom_left_to_the_long_way(noise: WordNoise) -> None:
    known = [
        both_agree(noise, text, lang, str(owner), level)
        for lang, text in SENTENCES.items()
        for owner in range(20)
        for level in (1, 3, 5)
    ]
    assert sum(known) > 0.97 * len(known)


@noises
@pytest.mark.parametrize("text", ["write to @someone now", "see https://example.org/page there", "Donau" * 9])
def test_what_is_out_of_the_ordinary_is_left_to_the_long_way(noise: WordNoise, text: str) -> None:
    assert not both_agree(noise, text, "en", "1", 1, {KIND: (1.0,)})


@noises
@pytest.mark.skipif(not DATA.is_dir(), reason="CROSSWIND_DATA is not set")
def test_real_sentences(noise: WordNoise) -> None:
    codes = {"cmn": "zh", "jpn": "ja", "kor": "ko", "tur": "tr", "tam": "ta", "tha": "th"}
    for path in sorted(DATA.glob("tatoeba/tatoeba.*-eng.*")):
        code = path.suffix.removeprefix(".")
        for number, line in zip(range(150), path.read_text(encoding="utf-8").splitlines(), strict=False):
            both_agree(noise, normalise(line).text, codes.get(code, code[:2]), str(number), 5)
