"""A question, a context, and an answer inside it: XQuAD, MLQA, TyDi QA and their like.

A long context is read through overlapping windows. `STRIDE` is the distance between window starts, as in the original
BERT code; Hugging Face tokenizers call the overlap `stride`, so the two are converted here and nowhere else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crosswind.formats.base import Answer, Changed, Encoding, Example, Feature, Format, Tokenizer, Tokens
from crosswind.text.item import Field, plain_field

QUESTION_LIMIT = 64
STRIDE = 128
NUM_BEST = 20
ANSWER_LIMIT = 30


@dataclass(frozen=True, slots=True)
class Quote:
    """An answer and the code point at which it starts in the context."""

    text: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Example):
    question: str
    context: str
    answers: tuple[Quote, ...]


class Span(Format[Question]):
    name = "span"
    example = Question

    def fields(self, example: Question) -> Mapping[str, str]:
        return {"question": example.question, "context": example.context}

    def field(self, example: Question, name: str, text: str, language: str) -> Field:
        if name == "question":
            return plain_field(text, language, example.uid)
        answers = ((quote.start, quote.start + len(quote.text)) for quote in example.answers)
        return plain_field(text, language, example.cluster, keep=answers)

    def with_fields(self, example: Question, texts: Mapping[str, str], perturbed: Changed) -> Question:
        projection = perturbed.projection("context")
        spans = dict.fromkeys(projection.span((q.start, q.start + len(q.text))) for q in example.answers)
        answers = tuple(Quote(texts["context"][start:end], start) for start, end in spans)
        return replace(example, question=texts["question"], context=texts["context"], answers=answers)

    def encode(
        self,
        examples: Sequence[Question],
        labels: Sequence[str],
        tokenizer: Tokenizer,
        max_length: int,
    ) -> Encoding:
        features: list[Feature] = []
        truncated = 0
        for index, example in enumerate(examples):
            check_answers(example)
            question, cut = short_question(tokenizer, example.question)
            features.extend(window_features(tokenizer, index, example, question, max_length))
            truncated += cut
        return Encoding(features, truncated)

    def decode(
        self,
        example: Question,
        labels: Sequence[str],
        features: Sequence[Feature],
        outputs: Sequence[Any],
    ) -> Answer:
        home = best_windows(features)
        found = [
            (score, -window, -start, (first, last))
            for window, (feature, output) in enumerate(zip(features, outputs, strict=True))
            for score, start, first, last in candidates(feature, output, window, home)
        ]
        if not found:
            return Answer("", 0.0)
        found.sort(reverse=True)
        score, _, _, (first, last) = found[0]
        gap = score - found[1][0] if len(found) > 1 else 0.0
        return Answer(example.context[first:last].strip(), float(gap))

    def gold(self, example: Question) -> tuple[str, ...]:
        return tuple(quote.text for quote in example.answers)

    def spell(self, value: Any) -> str:
        return value if isinstance(value, str) else " | ".join(value)


def check_answers(example: Question) -> None:
    """Raise ValueError where an answer does not stand at its offset."""
    for quote in example.answers:
        found = example.context[quote.start : quote.start + len(quote.text)]
        if found != quote.text:
            raise ValueError(
                f"example {example.uid!r}: answer {quote.text!r} should start at character {quote.start} of its context, "
                f"where {found!r} stands; offsets count code points of NFC text"
            )


def short_question(tokenizer: Tokenizer, question: str) -> tuple[str, bool]:
    """The question cut to its first sub-words, and whether it was cut."""
    coded = tokenizer(question, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    offsets = coded["offset_mapping"]
    if len(offsets) <= QUESTION_LIMIT:
        return question, False
    return question[: offsets[QUESTION_LIMIT - 1][1]], True


def window_features(
    tokenizer: Tokenizer, index: int, example: Question, question: str, max_length: int
) -> Iterator[Feature]:
    """The windows of one question, each with its target if it holds the whole first answer, else the first token."""
    around = len(tokenizer(question, "", verbose=False)["input_ids"])
    room = max_length - around
    if room < 2:
        raise ValueError(
            f"example {example.uid!r}: a question of {around} sub-words leaves no room for its context in "
            f"max_length = {max_length}; raise recipe.max_length"
        )
    coded = tokenizer(
        question,
        example.context,
        truncation="only_second",
        max_length=max_length,
        stride=max(0, room - min(STRIDE, room)),
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        return_token_type_ids=True,
    )
    for window in range(len(coded["input_ids"])):
        row = Tokens(tuple(coded["input_ids"][window]), tuple(coded["token_type_ids"][window]))
        places = tuple(
            (position, *coded["offset_mapping"][window][position])
            for position, part in enumerate(coded.sequence_ids(window))  # type: ignore[attr-defined]
            if part == 1
        )
        yield Feature(index, (row,), answer_target(example, places), places)


def answer_target(example: Question, places: Sequence[tuple[int, ...]]) -> tuple[int, int]:
    """The positions of the first answer's first and last sub-word, or (0, 0) if the window does not hold all of it."""
    if not example.answers or not places:
        return (0, 0)
    first = example.answers[0].start
    last = first + len(example.answers[0].text)
    inside = [position for position, start, end in places if start < last and end > first and end > start]
    holds = places[0][1] <= first and places[-1][2] >= last
    return (inside[0], inside[-1]) if inside and holds else (0, 0)


def best_windows(features: Sequence[Feature]) -> dict[tuple[int, int], int]:
    """For every sub-word of the context, the window in which it has the most context on its poorer side."""
    best: dict[tuple[int, int], tuple[float, int]] = {}
    for window, feature in enumerate(features):
        num_places = len(feature.places)
        for rank, (_, start, end) in enumerate(feature.places):
            score = min(rank, num_places - 1 - rank) + 0.01 * num_places
            if score > best.get((start, end), (-1.0, 0))[0]:
                best[start, end] = (score, window)
    return {place: window for place, (_, window) in best.items()}


def candidates(
    feature: Feature, output_L2: Any, window: int, home: Mapping[tuple[int, int], int]
) -> Iterator[tuple[float, int, int, int]]:
    """Plausible answers in one window: score, start position, first and last character."""
    place = {position: (start, end) for position, start, end in feature.places}
    positions = np.array(sorted(place))
    if not len(positions):
        return
    starts, ends = (positions[np.argsort(-output_L2[positions, side], kind="stable")[:NUM_BEST]] for side in (0, 1))
    for start in starts.tolist():
        if home[place[start]] != window:
            continue
        for end in ends.tolist():
            if start <= end < start + ANSWER_LIMIT:
                score = float(output_L2[start, 0] + output_L2[end, 1])
                yield score, start, place[start][0], place[end][1]


SPAN = Span()
