"""Every perturbation of the catalogue in every variant, and items to try them on."""

import itertools
import typing
from collections.abc import Iterator, Mapping
from dataclasses import replace

from hypothesis import strategies as st

from crosswind import catalog
from crosswind.perturbations.base import Perturbation, Rated, Rewrite
from crosswind.perturbations.recorded import Recorded
from crosswind.perturbations.typo_native import misspellings
from crosswind.perturbations.xling_pair import XlingPair
from crosswind.text.item import Field, Item, merged, plain_field, token_field
from crosswind.text.stock import Stock
from tests.perturbations.extra_sentences import EXTRA
from tests.perturbations.translated import marked, neighbouring, translated
from tests.text.sentences import SENTENCES, languages, nfc, spans_in, texts


def variants(cls: type[Perturbation]) -> Iterator[Perturbation]:
    """One instance for every combination of the settings that are a choice of words, all others at their default."""
    choices = {
        name: typing.get_args(field.annotation)
        for name, field in cls.model_fields.items()
        if typing.get_origin(field.annotation) is typing.Literal
    }
    for values in itertools.product(*choices.values()):
        yield cls(**dict(zip(choices, values, strict=True)))


ELSEWHERE = (XlingPair, Recorded)  # they take texts from other items: tests/test_xling_pair.py, test_recordings.py
PERTURBATIONS = [
    found
    for name in catalog.FAMILIES["perturbations"]
    if not issubclass(cls := catalog.load("perturbations", name), ELSEWHERE)
    for found in variants(cls)
]
EDITING = [found for found in PERTURBATIONS if not isinstance(found, Rewrite)]  # whatever the labels
REWRITING = [found for found in PERTURBATIONS if isinstance(found, Rewrite)]
RATED = [found for found in PERTURBATIONS if isinstance(found, Rated)]


def plain_item(text: str, lang: str, uid: str = "1") -> Item:
    return Item("fixture", "test", uid, {"text": plain_field(text, lang, uid)})


def misspelt(lang: str, word: str) -> set[tuple[str, str]]:
    """What a word may become by rules of misspelling, with the names of the groups that these belong to."""
    found = misspellings(word, lang, "Hans", None)
    return {(one.rule.op, word[: one.start] + one.new + word[one.end :]) for one in found}


def sentence_items() -> list[Item]:
    """The fixture sentences, each with what lies beside it."""
    items = [plain_item(text, lang, lang) for lang, text in SENTENCES.items()]
    return [replace(item, stock=beside(item)) for item in items]


def beside(item: Item) -> Stock:
    """Phrases in other languages, and words with neighbours in this one and words in another."""
    return replace(translated("text", item.fields["text"]), words=neighbouring(item.fields.values(), ()))


def items_for(perturbation: Perturbation) -> list[Item]:
    """The sentences of all scripts, and those that hold more of what this perturbation changes."""
    more = EXTRA.get(catalog.name_of(type(perturbation)), {})
    return sentence_items() + [plain_item(text, lang, f"{lang} 2") for lang, text in more.items()]


@st.composite
def plain_items(draw: st.DrawFn) -> Item:
    """Two fields of running text, with keep and frozen spans anywhere on cluster edges or off them."""
    fields = {}
    for name in ("first", "second"):
        text, lang = draw(texts), draw(languages)
        keep, frozen = draw(spans_in(text)), draw(spans_in(text, most=1))
        fields[name] = plain_field(text, lang, draw(st.sampled_from("ab")), keep, merged(frozen))
    return Item("fixture", "test", "1", fields, stocked(fields))


def stocked(fields: Mapping[str, Field]) -> Stock:
    """What lies beside an item of whatever text."""
    phrases = {name: marked(field) for name, field in fields.items()}
    return Stock(phrases=phrases, words=neighbouring(fields.values()))


tokens = st.one_of(
    st.sampled_from([word for text in SENTENCES.values() for word in text.split()]),
    st.text(min_size=1, max_size=8).map(nfc).filter(str.strip),
    st.sampled_from(["New York", "10 000", "a", "가 나", "!", "É"]),
)


@st.composite
def token_items(draw: st.DrawFn) -> Item:
    """A tagging item whose joined tokens are NFC, as they are in every dataset."""
    found: list[str] = draw(st.lists(tokens, min_size=1, max_size=8))
    fields = {"tokens": tagging(found, draw(languages))}
    return Item("fixture", "test", "1", fields, stocked(fields))


LABELS = ("O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")
NAMES = {
    "PER": ("Ada", "Li Wei", "Maria de la Cruz"),
    "LOC": ("New York", "Oslo", "دمشق", "가나", "東 京"),
    "ORG": ("Acme", "Banco do Sul"),
}


@st.composite
def tagged_items(draw: st.DrawFn) -> tuple[Item, tuple[str, ...]]:
    """A tagging item with names beside it, and a label for each of its tokens."""
    item = draw(token_items())
    labels = draw(st.tuples(*[st.sampled_from(LABELS)] * len(item.fields["tokens"].keep)))
    return replace(item, stock=Stock(names=NAMES), role="ner"), labels


def tagging(found: list[str], lang: str) -> Field:
    return token_field(found, lang, "1")
