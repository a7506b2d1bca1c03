"""The rows of Pocket's tasks and the text that its encoder was trained on, in any of its languages.

Row i of a task and split is the same item in every language. Shorter limits give the beginning of longer ones.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from crosswind import catalog
from crosswind.pocket import inference, paraphrase, scenes, world
from crosswind.pocket.draws import Draws
from crosswind.pocket.grammar import Sentence, any_style, tell
from crosswind.pocket.inference import Told
from crosswind.pocket.languages import find
from crosswind.pocket.world import Split

Row = dict[str, Any]

SIZES: Mapping[str, Mapping[Split, int]] = MappingProxyType(
    {
        "nli": MappingProxyType({"train": 8001, "dev": 501, "test": 999}),
        "paws": MappingProxyType({"train": 8000, "dev": 500, "test": 1000}),
        "tags": MappingProxyType({"train": 8000, "dev": 500, "test": 1000}),
    }
)


def rows(task: str, language: str, split: Split, limit: int | None = None) -> Iterator[Row]:
    """The first `limit` rows of a split, all of them if None. Raises ValueError for names that Pocket does not have."""
    if task not in MAKERS:
        raise ValueError(f"{task!r} is not one of Pocket's tasks{catalog.suggestion(task, MAKERS)}")
    if split not in SIZES[task]:
        raise ValueError(f"{split!r} is not a split of {task}{catalog.suggestion(split, SIZES[task])}")
    if limit is not None and limit < 0:
        raise ValueError(f"limit is {limit}, expected a number of rows from 0 on, or None for all {SIZES[task][split]}")
    size = SIZES[task][split]
    return islice(MAKERS[task](find(language).code, split), size if limit is None else min(limit, size))


def nli(language: str, split: Split) -> Iterator[Row]:
    for name, cluster, premise, hypothesis, label in inference.rows(split):
        texts = {"premise": text(premise, language), "hypothesis": text(hypothesis, language)}
        yield {"id": name, "cluster": cluster, **texts, "label": label}


def paws(language: str, split: Split) -> Iterator[Row]:
    for name, cluster, first, second, label in paraphrase.rows(split):
        texts = {"first": text(first, language), "second": text(second, language)}
        yield {"id": name, "cluster": cluster, **texts, "label": label}


def tags(language: str, split: Split) -> Iterator[Row]:
    number = 0
    while True:
        words = sentence(Draws(f"tags {split}", number), language, split).words
        name = f"tags-{split}-{number}"
        yield {
            "id": name,
            "cluster": name,
            "tokens": [word.form for word in words],
            "tags": [word.tag for word in words],
        }
        number += 1


MAKERS: Mapping[str, Callable[[str, Split], Iterator[Row]]] = MappingProxyType({"nli": nli, "paws": paws, "tags": tags})


def text(told: Told, language: str) -> str:
    return tell(told.event, language, told.style).text


def sentence(draws: Draws, language: str, split: Split) -> Sentence:
    """One event of a split with up to four modifiers."""
    event = world.bare(draws, split)
    event = world.modified(draws, event, draws.some(world.open_slots(event), draws.below(5)))
    event = world.deny(event) if draws.chance(0.2) else event
    return tell(event, language, any_style(draws, event))


def sentences(language: str, count: int) -> Iterator[str]:
    """Running text of a language for pre-training: scenes of a few sentences each, other scenes in each language."""
    language = find(language).code
    told = (told for number in range(count) for told in scenes.scene(Draws(f"text {language}", number)))
    return (text(one, language) for one in islice(told, count))


def pairs(first: str, second: str, count: int) -> Iterator[tuple[str, str]]:
    """Sentences with their translations, for pre-training. Both sides come in scenes and in a style of their own."""
    first, second = find(first).code, find(second).code
    made = (
        (told, other)
        for number in range(count)
        for told, other in scenes.translated(Draws(f"pairs {first} {second}", number))
    )
    return ((text(told, first), text(other, second)) for told, other in islice(made, count))
