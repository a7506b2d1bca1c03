"""A question, a context, and an answer inside it: XQuAD, MLQA, TyDi QA and their like.

A long context is read through overlapping windows. `STRIDE` is the distance between window starts, as in the original
BERT code, and not their overlap, which is what Hugging Face tokenizers call `stride`.

A question without an answer teaches the first token. Only where a task has such questions may an answer be withheld:
SPAN always quotes something, SPAN_OR_NULL quotes or gives "".
"""

import heapq
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, NamedTuple

from crosswind.formats.base import Answer, Changed, Encoding, Example, Feature, Format, flagged, in_nfc, shuffle
from crosswind.formats.subwords import Tokenizer, Wrapping
from crosswind.text.item import Field, plain_field
from crosswind.text.normal import normalise
from crosswind.text.words import Segmenter

QUESTION_LIMIT = 64
STRIDE = 128
NUM_BEST = 20
ANSWER_LIMIT = 30
THRESHOLD = 0.0  # how much better than the best answer none at all must be; fixed, since what is scored tunes nothing


@dataclass(frozen=True, slots=True)
class Quote:
    """An answer and the code point at which it starts in the context."""

    text: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Example):
    """`article` names the text that the context is a part of, the same in every language; "" where nobody says."""

    question: str
    context: str
    answers: tuple[Quote, ...]
    article: str = ""


class Context(NamedTuple):
    """A context as sub-words, and the characters that each stands for."""

    ids: Sequence[int]
    offsets: Sequence[tuple[int, int]]


class Candidate(NamedTuple):
    """An answer that might be given, the larger the better: of equal scores the earliest and shortest wins."""

    score: float
    minus_window: int
    minus_start: int
    minus_end: int
    first: int
    last: int


class Quoting(Format[Question]):
    """What all spans have in common: everything but which answer is given in the end."""

    layouts = (("question", "context"),)
    example = Question

    def fields(self, example: Question) -> Mapping[str, str]:
        return {"question": example.question, "context": example.context}

    def field(self, example: Question, name: str, text: str, language: str, cut: Segmenter) -> Field:
        if name == "question":
            return plain_field(text, language, example.uid, segmenter=cut)
        answers = ((quote.start, quote.start + len(quote.text)) for quote in example.answers)
        return plain_field(text, language, example.cluster, keep=answers, segmenter=cut)

    def read_together(self, examples: Sequence[Question]) -> Sequence[Question]:
        """Every question with the answers to all questions about its context, so that all meet one changed context."""
        quotes: dict[tuple[str, str], dict[Quote, None]] = defaultdict(dict)
        for example in examples:
            quotes[example.cluster, example.context] |= dict.fromkeys(example.answers)
        return [replace(example, answers=(*quotes[example.cluster, example.context],)) for example in examples]

    def with_fields(self, example: Question, texts: Mapping[str, str], perturbed: Changed) -> Question:
        projection = perturbed.projection("context")
        spans = dict.fromkeys(projection.span((q.start, q.start + len(q.text))) for q in example.answers)
        answers = tuple(Quote(texts["context"][start:end], start) for start, end in spans)
        return replace(example, question=texts["question"], context=texts["context"], answers=answers)

    def check(self, example: Question, labels: Sequence[str]) -> None:  # noqa: ARG002
        """Raise ValueError where an answer does not stand at its offset."""
        for quote in example.answers:
            found = example.context[quote.start : quote.start + len(quote.text)]
            if quote.start < 0 or found != quote.text:
                raise ValueError(
                    f"example {example.uid!r}: answer {quote.text!r} should start at character {quote.start} of its "
                    f"context, where {found!r} stands; offsets count code points"
                )

    def normalised(self, example: Question) -> Question:
        self.check(example, ())  # offsets are those of the text as it came
        context = normalise(example.context)
        moved = [context.span((quote.start, quote.start + len(quote.text))) for quote in example.answers]
        answers = tuple(Quote(context.text[start:end], start) for start, end in moved)
        return replace(example, question=in_nfc(example.question), context=context.text, answers=answers)

    def agree(self, example: Question, other: Question) -> bool:  # noqa: ARG002
        """Answers are words of a context, so they never agree across languages; the question alone is exchanged."""
        return True

    def paired(self, example: Question, other: Question) -> Question:
        return replace(example, question=other.question)

    def encode(
        self,
        examples: Sequence[Question],
        labels: Sequence[str],
        tokenizer: Tokenizer,
        max_length: int,
    ) -> Encoding:
        if not examples:
            return Encoding()
        for example in examples:
            self.check(example, labels)
        wrapping = Wrapping.of(tokenizer, 2)
        coded = tokenizer([example.question for example in examples], add_special_tokens=False, verbose=False)
        questions: list[list[int]] = coded["input_ids"]
        contexts = read_contexts(tokenizer, examples)
        features = [
            feature
            for index, (example, question) in enumerate(zip(examples, questions, strict=True))
            for feature in window_features(
                index, example, question[:QUESTION_LIMIT], contexts[example.context], wrapping, max_length
            )
        ]
        return Encoding(features, flagged(len(question) > QUESTION_LIMIT for question in questions))

    def decode(
        self,
        example: Question,
        labels: Sequence[str],  # noqa: ARG002
        features: Sequence[Feature],
        outputs: Sequence[Any],
    ) -> Answer:
        home = best_windows(features)
        found = [
            candidate
            for window, (feature, output) in enumerate(zip(features, outputs, strict=True))
            for candidate in candidates(feature, output, window, home)
        ]
        best = heapq.nlargest(2, found)
        return self.given(example, best, outputs) if best else Answer("", 0.0)

    @abstractmethod
    def given(self, example: Question, best: Sequence[Candidate], outputs: Sequence[Any]) -> Answer:
        """The answer where there are candidates: `best` are the first two of them, or the only one."""

    def gold(self, example: Question) -> tuple[str, ...]:
        return tuple(quote.text for quote in example.answers)

    def spell(self, value: Any) -> str:
        return value if isinstance(value, str) else " | ".join(value)


class Span(Quoting):
    """Every question has an answer, so something is always quoted."""

    name = "span"

    def given(self, example: Question, best: Sequence[Candidate], outputs: Sequence[Any]) -> Answer:  # noqa: ARG002
        return Answer(quoted(example, best[0]), best[0].score - best[-1].score)

    def relabel(self, examples: Sequence[Question], draws: Random) -> list[Question]:
        """Every answer becomes a stretch of the same length elsewhere in its context, from a word's beginning."""
        return [requoted(example, [len(quote.text) for quote in example.answers], draws) for example in examples]


class SpanOrNull(Quoting):
    """Some questions have no answer. None is given where the first token, in the window that favours it least, beats
    every answer.
    """

    name = "span_or_null"

    def given(self, example: Question, best: Sequence[Candidate], outputs: Sequence[Any]) -> Answer:
        null = min(float(output_L2[0, 0] + output_L2[0, 1]) for output_L2 in outputs)
        if null - best[0].score > THRESHOLD:
            return Answer("", null - best[0].score)
        runners_up = [null, *(each.score for each in best[1:])]
        return Answer(quoted(example, best[0]), best[0].score - max(runners_up))

    def relabel(self, examples: Sequence[Question], draws: Random) -> list[Question]:
        """Questions exchange how long their answers are, and whether they have one; each then lies anywhere."""
        lengths = [[len(quote.text) for quote in example.answers] for example in examples]
        shuffle(lengths, draws)
        return [requoted(example, own, draws) for example, own in zip(examples, lengths, strict=True)]


def quoted(example: Question, candidate: Candidate) -> str:
    return example.context[candidate.first : candidate.last].strip()


def requoted(example: Question, lengths: Sequence[int], draws: Random) -> Question:
    """A question whose answers are stretches of its context anywhere, as long as `lengths` where there is room."""
    room = len(example.context)
    return replace(example, answers=tuple(elsewhere(example.context, min(each, room), draws) for each in lengths))


def read_contexts(tokenizer: Tokenizer, examples: Sequence[Question]) -> dict[str, Context]:
    """Every distinct context as sub-words; questions on one paragraph share it."""
    texts = list(dict.fromkeys(example.context for example in examples))
    coded = tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    return {
        text: Context(ids, offsets)
        for text, ids, offsets in zip(texts, coded["input_ids"], coded["offset_mapping"], strict=True)
    }


def window_features(
    index: int, example: Question, question: Sequence[int], context: Context, wrapping: Wrapping, max_length: int
) -> Iterator[Feature]:
    """The windows of one question, each with its target if it holds the whole first answer, else the first token."""
    room = max_length - len(wrapping) - len(question)
    if room < 2:
        raise ValueError(
            f"example {example.uid!r}: a question of {len(question)} sub-words leaves no room for its context in "
            f"max_length = {max_length}; raise recipe.max_length"
        )
    before = len(wrapping.gaps[0]) + len(question) + len(wrapping.gaps[1])
    answer = answer_tokens(example, context)
    step = min(STRIDE, room)
    for start in range(0, max(0, len(context.ids) - room) + step, step):
        ids, offsets = context.ids[start : start + room], context.offsets[start : start + room]
        places = tuple((position, first, last) for position, (first, last) in enumerate(offsets, before))
        target = (0, 0)
        if answer is not None and start <= answer[0] and answer[1] < start + room:
            target = (before + answer[0] - start, before + answer[1] - start)
        yield Feature(index, (wrapping.wrap(question, ids),), target, places)


def answer_tokens(example: Question, context: Context) -> tuple[int, int] | None:
    """The first and the last sub-word of the first answer; None where there is no answer or it left no sub-word."""
    if not example.answers:
        return None
    first = example.answers[0].start
    last = first + len(example.answers[0].text)
    inside = [place for place, (start, end) in enumerate(context.offsets) if max(start, first) < min(end, last)]
    return (inside[0], inside[-1]) if inside else None


def best_windows(features: Sequence[Feature]) -> dict[int, int]:
    """For every sub-word of the context, the window in which it has the most context on its poorer side."""
    best: dict[int, tuple[float, int]] = {}
    for window, feature in enumerate(features):
        num_places = len(feature.places)
        for rank in range(num_places):
            score = min(rank, num_places - 1 - rank) + 0.01 * num_places
            if score > best.get(window * STRIDE + rank, (-1.0, 0))[0]:
                best[window * STRIDE + rank] = (score, window)
    return {place: window for place, (_, window) in best.items()}


def candidates(feature: Feature, output_L2: Any, window: int, home: Mapping[int, int]) -> Iterator[Candidate]:
    """Plausible answers in one window: legal pairs among the best starts and the best ends of all positions."""
    starts, ends = ((-output_L2[:, side]).argsort(kind="stable")[:NUM_BEST].tolist() for side in (0, 1))
    place = {position: (rank, first, last) for rank, (position, first, last) in enumerate(feature.places)}
    for start in starts:
        # Windows start STRIDE sub-words apart, or do not overlap: either way this counts sub-words of the context.
        if start not in place or home[window * STRIDE + place[start][0]] != window:
            continue
        for end in ends:
            if end in place and start <= end < start + ANSWER_LIMIT:
                score = float(output_L2[start, 0] + output_L2[end, 1])
                yield Candidate(score, -window, -start, -end, place[start][1], place[end][2])


def elsewhere(context: str, length: int, draws: Random) -> Quote:
    """A stretch of the context with a given length; it may begin anywhere where nothing is spaced."""
    places = range(len(context) - length + 1)
    words = [place for place in places if place == 0 or context[place - 1].isspace()]
    starts = words if len(words) > 2 else places
    start = starts[int(draws.random() * len(starts))]
    return Quote(context[start : start + length], start)


SPAN = Span()
SPAN_OR_NULL = SpanOrNull()
