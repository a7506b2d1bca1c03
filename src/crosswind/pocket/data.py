"""The rows of Pocket's tasks and the text that its encoder was trained on, in any of its languages.

Row i of a task and split is the same item in every language. Shorter limits give the beginning of longer ones.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from types import MappingProxyType
from typing import Any

from crosswind import catalog
from crosswind.pocket import causes, concepts, inference, owning, paraphrase, questions, retrieval, scenes, world
from crosswind.pocket.draws import SEED, Draws, Universe
from crosswind.pocket.grammar import Sentence, Word, any_style, tell
from crosswind.pocket.inference import Told
from crosswind.pocket.languages import LANGUAGES, PIVOT, find
from crosswind.pocket.lexicon import TAGS, lexicon
from crosswind.pocket.world import Event, Split

Row = dict[str, Any]
Sizes = Mapping[Split, int]


def sizes(train: int, dev: int, test: int) -> Sizes:
    return MappingProxyType({"train": train, "dev": dev, "test": test})


SIZES: Mapping[str, Sizes] = MappingProxyType(
    {
        "nli": sizes(8001, 501, 999),
        "paws": sizes(8000, 500, 1000),
        "copa": sizes(8000, 500, 1000),
        "tags": sizes(8000, 500, 1000),
        "ner": sizes(8000, 500, 1000),
        "qa": sizes(8000, 400, 800),
        "tatoeba": MappingProxyType({"test": 400}),
        "lareqa": sizes(8000, 150, 150),
        "bucc": MappingProxyType({"dev": 400, "test": 800}),
        "tense": sizes(8000, 500, 1000),
        "owning": sizes(8000, 500, 1000),
        "text": sizes(8000, 500, 1000),
    }
)


def rows(
    task: str, language: str, split: Split, limit: int | None = None, seed: int = SEED, size: float = 1.0
) -> Iterator[Row]:
    """The first `limit` rows of a split, all of them if None. Raises ValueError for names that Pocket does not have.

    Another `seed` gives other events told in the same words; `size` is the share of the world's concepts they draw on.
    """
    if task not in MAKERS:
        raise ValueError(f"{task!r} is not one of Pocket's tasks{catalog.suggestion(task, MAKERS)}")
    if split not in SIZES[task]:
        raise ValueError(f"{split!r} is not a split of {task}{catalog.suggestion(split, SIZES[task])}")
    if limit is not None and limit < 0:
        raise ValueError(f"limit is {limit}, expected a number of rows from 0 on, or None for all {SIZES[task][split]}")
    if not 0 < size <= 1:
        raise ValueError(f"size is {size}, expected a share of the world above 0 and at most 1")
    count = SIZES[task][split]
    made = MAKERS[task](find(language).code, split, Universe(seed, size))
    return islice(made, count if limit is None else min(limit, count))


def nli(language: str, split: Split, universe: Universe) -> Iterator[Row]:
    for name, cluster, premise, hypothesis, label in inference.rows(split, universe):
        texts = {"premise": text(premise, language), "hypothesis": text(hypothesis, language)}
        yield {"id": name, "cluster": cluster, **texts, "label": label}


def paws(language: str, split: Split, universe: Universe) -> Iterator[Row]:
    for name, cluster, first, second, label in paraphrase.rows(split, universe):
        texts = {"first": text(first, language), "second": text(second, language)}
        yield {"id": name, "cluster": cluster, **texts, "label": label}


def copa(language: str, split: Split, universe: Universe) -> Iterator[Row]:
    for name, cluster, premise, link, choices, answer in causes.rows(split, universe):
        prompt, _ = paragraph([sentence_of(premise, language), tell_word(link, language)])
        texts = [text(choice, language) for choice in choices]
        yield {"id": name, "cluster": cluster, "prompt": prompt, "choices": texts, "answer": answer}


def tags(language: str, split: Split, universe: Universe) -> Iterator[Row]:
    number = 0
    while True:
        words = sentence(universe.draws(f"tags {split}", number), language, split).words
        name = f"tags-{split}-{number}"
        forms, tagged = [word.form for word in words], [word.tag for word in words]
        yield {"id": name, "cluster": name, "tokens": forms, "tags": tagged}
        number += 1


def ner(language: str, split: Split, universe: Universe) -> Iterator[Row]:
    number = 0
    while True:
        draws = universe.draws(f"names {split}", number)
        event = naming(draws, split)
        words = tell(event, language, any_style(draws, event)).words
        name = f"names-{split}-{number}"
        forms, tagged = [word.form for word in words], [entity(event, word.parts[0]) for word in words]
        yield {"id": name, "cluster": name, "tokens": forms, "tags": tagged}
        number += 1


def naming(draws: Draws, split: Split) -> Event:
    """An event full of names, often in a town."""
    event = world.bare(draws, split, named=0.7)
    event = world.modified(draws, event, draws.some(world.open_slots(event), draws.below(4)))
    return world.write(event, "place", draws.within(concepts.TOWNS)) if draws.chance(0.4) else event


def entity(event: Event, part: str) -> str:
    """The BIO tag of the word that says a part of an event."""
    role, _, piece = part.partition(".")
    if part == "place":
        return "B-LOC" if event.place in concepts.TOWNS else "O"
    if piece not in {"noun", "surname"}:
        return "O"
    kind = (event.agent if role == "agent" else event.patient).kind
    sort = {"name": "PER", "firm": "ORG"}.get(kind)
    return "O" if sort is None else f"{'B' if piece == 'noun' else 'I'}-{sort}"


def qa(language: str, split: Split, universe: Universe) -> Iterator[Row]:
    for name, cluster, item in questions.rows(split, universe):
        told = [sentence_of(each, language) for each in item.scene]
        first, last = told[item.where].place_of(item.parts)
        context, starts = paragraph(told)
        answer = context[starts[item.where] + first : starts[item.where] + last]
        yield {
            "id": name,
            "cluster": cluster,
            "context": context,
            "question": text(item.question, language),
            "answer": answer,
            "start": starts[item.where] + first,
        }


def tatoeba(language: str, split: Split, universe: Universe) -> Iterator[Row]:
    for name, cluster, first, second in retrieval.sentences(split, universe):
        texts = {"query": text(first, language), "candidate": text(second, PIVOT)}
        yield {"id": name, "cluster": cluster, **texts, "candidate_id": name, "gold": [name], "others": []}


def bucc(language: str, split: Split, universe: Universe) -> Iterator[Row]:
    for name, cluster, told, side, partner in retrieval.mixed(split, universe):
        own = text(told, language if side == "own" else PIVOT)
        yield {"id": name, "cluster": cluster, "text": own, "side": side, "partner": partner}


def lareqa(language: str, split: Split, universe: Universe) -> Iterator[Row]:
    others = [code for code in LANGUAGES if code != language] if split == "test" else []
    for name, cluster, question, answer in retrieval.answers(split, universe):
        pool = {f"{name}-{code}": text(answer, code) for code in (language, *others)}
        (own, candidate), *more = pool.items()
        yield {
            "id": name,
            "cluster": cluster,
            "query": text(question, language),
            "candidate": candidate,
            "candidate_id": own,
            "gold": list(pool),
            "others": [list(each) for each in more],
        }


def tense(language: str, split: Split, universe: Universe) -> Iterator[Row]:
    number = 0
    while True:
        draws = universe.draws(f"tense {split}", number)
        event = scenes.opening(draws, split)
        name = f"tense-{split}-{number}"
        told = text(Told(event, any_style(draws, event)), language)
        yield {"id": name, "cluster": name, "text": told, "label": event.tense}
        number += 1


def raw(language: str, split: Split, universe: Universe) -> Iterator[Row]:
    """Statements about the split's own events: what a test split asks of is in no text to train on.

    There are no questions, since one that names no participant fits the events of any split.
    """
    number = 0
    while True:
        draws = universe.draws(f"text {split}", number)
        event = scenes.opening(draws, split)
        name = f"text-{split}-{number}"
        yield {"id": name, "cluster": name, "text": text(Told(event, any_style(draws, event)), language)}
        number += 1


def owns(language: str, split: Split, universe: Universe) -> Iterator[Row]:
    for name, cluster, scene, claim, label in owning.rows(split, universe):
        story, _ = paragraph([sentence_of(told, language) for told in scene])
        yield {"id": name, "cluster": cluster, "story": story, "claim": text(claim, language), "label": label}


MAKERS: Mapping[str, Callable[[str, Split, Universe], Iterator[Row]]] = MappingProxyType(
    {
        "nli": nli,
        "paws": paws,
        "copa": copa,
        "tags": tags,
        "ner": ner,
        "qa": qa,
        "tatoeba": tatoeba,
        "lareqa": lareqa,
        "bucc": bucc,
        "tense": tense,
        "owning": owns,
        "text": raw,
    }
)


def text(told: Told, language: str) -> str:
    return sentence_of(told, language).text


def sentence_of(told: Told, language: str) -> Sentence:
    return tell(told.event, language, told.style)


def tell_word(concept: str, language: str) -> Sentence:
    """A word that stands alone."""
    return Sentence((Word(lexicon(language).form(concept), TAGS[concept], (concept,)),), find(language).spaced)


def paragraph(told: Sequence[Sentence]) -> tuple[str, list[int]]:
    """Sentences as running text, and where each begins. Unspaced scripts set a space only where no stop does."""
    gaps = [" " * (one.spaced or one.words[-1].tag != "PUNCT") for one in told[:-1]]
    pieces = [one.text + gap for one, gap in zip(told, [*gaps, ""], strict=True)]
    return "".join(pieces), [0, *accumulate(map(len, pieces))][:-1]


def sentence(draws: Draws, language: str, split: Split) -> Sentence:
    """One event of a split with up to four modifiers, now and then a question."""
    event = scenes.opening(draws, split)
    if draws.chance(0.1):
        event = scenes.asked(event, draws.pick(scenes.answerable(event)))
    return tell(event, language, any_style(draws, event))


def sentences(language: str, count: int) -> Iterator[str]:
    """Running text of a language for pre-training: scenes of a few sentences each, other scenes in each language."""
    language = find(language).code
    told = (told for number in range(count) for told in scenes.scene(Draws(f"text {language}", number)))
    return (text(one, language) for one in islice(told, count))


def pairs(first: str, second: str, count: int) -> Iterator[tuple[str, str]]:
    """Sentences with their translations, in scenes, for pre-training; of a language with itself, scenes told twice."""
    first, second = find(first).code, find(second).code
    tell_twice = scenes.retold if first == second else scenes.translated
    made = (
        (told, other) for number in range(count) for told, other in tell_twice(Draws(f"pairs {first} {second}", number))
    )
    return ((text(told, first), text(other, second)) for told, other in islice(made, count))
