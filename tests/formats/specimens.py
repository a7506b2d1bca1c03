"""Examples of every format in many scripts, and the numbers with which a perfect model would answer them."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crosswind.formats import CHOOSE, CLASSIFY, MINE, MLM, RETRIEVE, SPAN, SPAN_OR_NULL, TAG, Format
from crosswind.formats.base import UNSCORED, Feature
from crosswind.formats.choose import Choice
from crosswind.formats.classify import Classification
from crosswind.formats.mine import OTHER, OWN, Sentence
from crosswind.formats.mlm import Passage
from crosswind.formats.retrieve import Candidate, Lookup
from crosswind.formats.span import Question, Quote
from crosswind.formats.tag import Tagging
from tests.text.sentences import SENTENCES

CODES = ("en", "tr", "vi", "ru", "ar", "fa", "hi", "ta", "th", "my", "ko", "zh", "ja")
ODD = unicodedata.normalize("NFC", "a𝒳b e\u0323\u0308x 👩🏽 🇩🇪 ﬁ ½ x\u200cy \u0e40ก\u0301")


@dataclass(frozen=True)
class Specimen:
    """Examples of one format with what a task says about them."""

    form: Format[Any]
    labels: tuple[str, ...]
    metric: str
    examples: tuple[Any, ...]


def texts() -> Mapping[str, str]:
    return {code: SENTENCES[code] for code in CODES} | {"odd": ODD}


def classification() -> Specimen:
    labels = ("no", "maybe", "yes")
    seconds = list(texts().values())[::-1]
    pairs = [
        Classification(uid=code, cluster=f"c{code}", first=text, second=seconds[i], label=labels[i % 3])
        for i, (code, text) in enumerate(texts().items())
    ]
    return Specimen(CLASSIFY, labels, "accuracy", tuple(pairs))


def single() -> Specimen:
    examples = [
        Classification(uid=code, cluster=code, first=text, label=str(len(text) % 2)) for code, text in texts().items()
    ]
    return Specimen(CLASSIFY, ("0", "1"), "accuracy", tuple(examples))


def choice() -> Specimen:
    pool = list(texts().values())
    examples = [
        Choice(uid=code, cluster=code, prompt=text, choices=tuple(pool[: 2 + i % 4]), answer=i % (2 + i % 4))
        for i, (code, text) in enumerate(texts().items())
    ]
    return Specimen(CHOOSE, (), "accuracy", tuple(examples))


def tagging() -> Specimen:
    labels = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
    examples = [
        Tagging(uid=code, cluster=code, tokens=tuple(words), tags=tuple(labels[i % 5] for i in range(len(words))))
        for code, words in ((code, text.split()) for code, text in texts().items())
    ]
    return Specimen(TAG, labels, "entity_f1", tuple(examples))


def question() -> Specimen:
    examples = []
    for code, text in texts().items():
        answers = (answer_in(text), Quote(text[:2], 0))
        examples.append(
            Question(uid=code, cluster=f"p{code}", question=text[:8].strip(), context=text, answers=answers)
        )
    return Specimen(SPAN, (), "squad", tuple(examples))


def question_or_null() -> Specimen:
    """Every third question has no answer."""
    asked = question().examples
    examples = tuple(replace(each, answers=()) if i % 3 == 1 else each for i, each in enumerate(asked))
    return Specimen(SPAN_OR_NULL, (), "squad", examples)


def answer_in(text: str) -> Quote:
    """A word between two spaces, or a part where there are none."""
    inner = [word for word in text.split(" ")[1:-1] if all(unicodedata.category(sign)[0] in "LM" for sign in word)]
    answer = inner[-1] if inner else text[8:12]
    return Quote(answer, text.index(f" {answer} ") + 1 if inner else 8)


def lookup() -> Specimen:
    examples = [
        Lookup(uid=code, cluster=code, query=text[:15], candidate=text, candidate_uid=f"c{code}", gold=(f"c{code}",))
        for code, text in texts().items()
    ]
    return Specimen(RETRIEVE, (), "map20", tuple(examples))


def lookup_anywhere() -> Specimen:
    """Two right answers to each query, and one candidate that all examples bring along."""
    wrong = Candidate("wrong", ODD[::-1])
    examples = [
        Lookup(
            uid=code,
            cluster=code,
            query=text[:15],
            candidate=text,
            candidate_uid=f"c{code}",
            gold=(f"c{code}", f"d{code}"),
            others=(Candidate(f"d{code}", text[3:]), wrong)[i % 3 == 0 :],
        )
        for i, (code, text) in enumerate(texts().items())
    ]
    return Specimen(RETRIEVE, (), "map20", tuple(replace(e, gold=names_in(e)) for e in examples))


def names_in(example: Lookup) -> tuple[str, ...]:
    """The right ones among the candidates that an example brings along."""
    return tuple(each.uid for each in example.candidates if each.uid != "wrong")


def mining() -> Specimen:
    """Every third sentence has a translation; one of the other side belongs to none."""
    examples = [Sentence(uid="none", cluster="none", text=ODD[::-1], side=OTHER)]
    for i, (code, text) in enumerate(texts().items()):
        partner = f"{code}-other" if i % 3 == 0 else ""
        examples.append(Sentence(uid=code, cluster=code, text=text, side=OWN, partner=partner))
        if partner:
            examples.append(Sentence(uid=partner, cluster=code, text=text[5:], side=OTHER))
    return Specimen(MINE, (), "pairs_f1", tuple(examples))


def passage() -> Specimen:
    examples = [Passage(uid=code, cluster=code, text=text) for code, text in texts().items()]
    return Specimen(MLM, (), "hidden_words", tuple(examples))


SPECIMENS = {
    "classify": classification,
    "classify-single": single,
    "choose": choice,
    "tag": tagging,
    "span": question,
    "span-or-null": question_or_null,
    "retrieve": lookup,
    "retrieve-anywhere": lookup_anywhere,
    "mine": mining,
    "mlm": passage,
}


def oracle(form: Format[Any], feature: Feature, labels: Sequence[str]) -> Any:
    """What a perfect model would put out for a feature that carries its target."""
    target = feature.target
    match form.name:
        case "classify":
            return np.eye(len(labels))[target] * 9.0
        case "choose":
            return np.eye(len(feature.rows))[target] * 9.0
        case "tag":
            assert isinstance(target, tuple)
            scores_LC = np.zeros((feature.length, len(labels)))
            for position, label in enumerate(target):
                if label != UNSCORED:
                    scores_LC[position, label] = 9.0
            return scores_LC
        case "span" | "span_or_null":
            assert isinstance(target, tuple)
            scores_L2 = np.zeros((feature.length, 2))
            scores_L2[target[0], 0] = scores_L2[target[1], 1] = 9.0
            return scores_L2
        case "mlm":
            return np.tile([0.0, 1.0, 9.0], (feature.units, 1))
    raise AssertionError(form.name)
