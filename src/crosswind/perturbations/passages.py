"""Sentences of other articles for contexts to be padded with: which there are, and which an item may take.

After Jia and Liang (2017), whose distractors were written by people or made of words. Ours are the dataset's own
sentences, so they read as naturally as the rest in every language, and nobody has to vouch for grammar. One that holds
a right answer is no distractor, and neither is one that says most of what the question says: it may answer it too.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from crosswind.formats.span import Question
from crosswind.perturbations.draws import Draw
from crosswind.text.answers import ARTICLES, mlqa_normal, squad_normal
from crosswind.text.edits import Edit
from crosswind.text.item import Item
from crosswind.text.patterns import pattern
from crosswind.text.resemblance import groups, most_alike
from crosswind.text.stock import Passage, Stock
from crosswind.text.stops import sentence_spans
from crosswind.text.words import BUILTIN

NUM_NEAR = 32  # so many similar ones that some hold no right answer
TRIES = 64  # the same for those that are drawn
FEWEST_WORDS = 5
LONGEST = 400  # characters
MOST_SHARED = 0.6  # of the words of a question
BEGINNING = pattern(r"[\"'“„«‘¿¡(「『]*\p{L}")
EAST_ASIAN = pattern(r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF00-\uFFEF]")


def stocked(examples: Sequence[Question], told: Sequence[Question]) -> Mapping[str, Stock]:
    """The passages of `told` beside every example, those most similar to its question first among them.

    Where `told` has the same items in another language, its question is compared and its answers count as well.
    """
    passages = passages_of(told)
    there = {example.uid: example for example in told}
    twins = [there.get(example.uid, example) for example in examples]
    articles = [article(example) for example in examples]
    barred = list(groups([passage.article for passage in passages], articles))
    near = most_alike([twin.question for twin in twins], [passage.text for passage in passages], barred, NUM_NEAR)
    return {
        example.uid: Stock(
            passages=passages,
            near=tuple(passages[place] for place in own if is_beside(passages[place].text, twin.question)),
            article=name,
            answers=tuple(dict.fromkeys(quote.text for each in (example, twin) for quote in each.answers)),
        )
        for example, twin, name, own in zip(examples, twins, articles, near, strict=True)
    }


def article(example: Question) -> str:
    """What an example's context is taken from; the paragraph itself where nobody says."""
    return example.article or example.cluster


def passages_of(examples: Sequence[Question]) -> tuple[Passage, ...]:
    """Every sentence of their contexts that can stand alone, each once."""
    contexts = {(example.context, article(example)): None for example in examples}
    found = (Passage(text[start:end], name) for text, name in contexts for start, end in sentence_spans(text))
    return tuple(dict.fromkeys(passage for passage in found if stands_alone(passage.text)))


def stands_alone(text: str) -> bool:
    """Whether a sentence is neither a scrap nor a list without end."""
    return bool(BEGINNING.match(text)) and len(text) <= LONGEST and len(words(text)) >= FEWEST_WORDS


def is_beside(text: str, question: str) -> bool:
    """Whether a passage leaves out enough of a question's words to be about something else."""
    asked = words(question)
    return len(asked & words(text)) < MOST_SHARED * max(1, len(asked))


@lru_cache(maxsize=2**15)
def words(text: str) -> frozenset[str]:
    """The words of a text in small letters."""
    return frozenset(text[start:end].lower() for start, end in BUILTIN.words(text, ""))


def padding(item: Item, level: int, language: str, draw: Draw) -> list[tuple[str, Edit]]:
    """What is put behind the context, and at the highest level before it too; nothing where nothing fits."""
    context = item.fields["context"]
    end = len(context.text)
    passages = drawn(item, language, draw) if level <= 2 else similar(item, language)
    found = [passage for _, passage in zip(range(2 if level == 5 else 1), passages, strict=False)]
    edits = [Edit(end, end, gap(context.text, text) + text) for text in found[:1]]
    edits += [Edit(0, 0, text + gap(text, context.text)) for text in found[1:]]
    return [("context", edit) for edit in edits]


def drawn(item: Item, language: str, draw: Draw) -> Iterator[str]:
    """Passages at random, as every question draws them for itself."""
    (name, question), passages = next(iter(item.fields.items())), item.stock.passages
    for attempt in range(TRIES if passages else 0):
        passage = passages[int(draw(question, name, "pick", "sentence", 0, attempt) * len(passages))]
        if passage.article != item.stock.article and is_beside(passage.text, question.text):
            yield from answerless([passage], item, language)


def similar(item: Item, language: str) -> Iterator[str]:
    """The passages most similar to the question."""
    return answerless(item.stock.near, item, language)


def answerless(passages: Sequence[Passage], item: Item, language: str) -> Iterator[str]:
    """The passages that hold no right answer."""
    return (passage.text for passage in passages if not holds_any(passage.text, item.stock.answers, language))


def holds_any(text: str, answers: Sequence[str], language: str) -> bool:
    """Whether an answer stands anywhere in a text as the metrics read it, be it inside a word."""
    told = normal(text, language)
    return any(
        own in whole if own else answer.lower() in text.lower()  # of "%" nothing would be left
        for answer in answers
        for own, whole in zip(normal(answer, language), told, strict=True)
    )


@lru_cache(maxsize=2**15)
def normal(text: str, language: str) -> tuple[str, ...]:
    """A text in the normal forms that answers in a language are compared in."""
    return (squad_normal(text), *([mlqa_normal(text, language)] if language in ARTICLES else []))


def gap(before: str, after: str) -> str:
    """What stands between two texts: nothing where both meet in Han or Kana or their signs, or a space is there."""
    meet = EAST_ASIAN.match(before[-1:]) and EAST_ASIAN.match(after[:1])
    return "" if meet or not before or before[-1:].isspace() else " "
