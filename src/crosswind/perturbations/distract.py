"""More text that says nothing of what is asked: odds and ends behind a sentence, strange sentences beside a context.

The stress tests of Naik et al. (2018) add true statements to a hypothesis and Jia and Liang (2017) sentences to a
paragraph; both write English. What we add needs no translation, or is the dataset's own text.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from crosswind.formats.base import Example, Format
from crosswind.formats.span import Question, Quoting
from crosswind.perturbations.base import Family, Fixed, Levels
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.passages import padding, stocked
from crosswind.perturbations.units import Option
from crosswind.tasks.base import Split, Task
from crosswind.text.edits import Edit
from crosswind.text.item import Field, Item
from crosswind.text.stock import Stock

LEVELS = Levels({"whole": (1.0,) * 5})
NUM_TOKENS = (1, 1, 2, 2, 3)
HOSTS = ("example.com", "example.net", "example.org")  # kept free for the like, so nobody's
DIGITS = "0123456789"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CONSONANTS, VOWELS = "bdklmnprstvz", "aeiou"


class Distract(Fixed):
    """Links, handles and numbers behind a text, one at the lowest level, three at the highest; sentences by a context.

    Behind which text: the last one of an item (the hypothesis, the query, the words), or the prompt of choices. Where
    two texts are compared for being the same, both get the same. Words that are put behind tagged ones are not scored.

    A context gets a sentence of another article without a right answer in it: at levels 1 and 2 any, at 3 and 4 the one
    most similar to the question, at 5 the two most similar, one of them in front. `language` has the sentences in that
    language, where the dataset exists in it.
    """

    family: ClassVar[Family] = "context"
    adds_joiners: ClassVar[bool] = True
    suits_any_text: ClassVar[bool] = True

    language: str = ""

    @property
    def levels(self) -> Levels:
        """Five; a level's text begins with that of the level below, but for contexts."""
        return LEVELS

    @property
    def variant(self) -> str:
        """The language of the sentences, empty for that of the context."""
        return self.language

    def unsuited(self, task: Task, language: str) -> str:
        """Sentences in another language need contexts, and the dataset in that language."""
        if self.language and not isinstance(task.format, Quoting):
            return "it has no contexts that could get a sentence"
        if self.language == language:
            return "its own sentences are in that language"
        if self.language and not task.has(self.language, "test"):
            return f"there are no sentences in {self.language}"
        return ""

    def wanted(self, task: Task, language: str, split: Split) -> tuple[tuple[str, Split], ...]:  # noqa: ARG002
        """The same split in the language of the sentences."""
        return ((self.language, split),) if self.language else ()

    def stocks(
        self, form: Format[Any], examples: Sequence[Example], pools: Sequence[Sequence[Example]]
    ) -> Mapping[str, Stock]:
        """The sentences of all contexts, for formats that have some."""
        if not isinstance(form, Quoting):
            return {}
        told = pools[0] if self.language else examples
        return stocked(cast("Sequence[Question]", examples), cast("Sequence[Question]", told))

    def option(self, item: Item, level: int, draw: Draw) -> Option | None:
        """All that is added at a level, as one."""
        targets = dict(self.targets(item))
        if "context" in targets:
            edits = padding(item, level, self.language or targets["context"].lang, draw)
            return Option("sentence", tuple(edits)) if edits else None
        names = places(item, list(targets))
        if not names:
            return None
        last = names[-1]
        tokens = [token(targets[last], last, number, draw) for number in range(NUM_TOKENS[level - 1])]
        return Option("noise", tuple((name, behind(targets[name], tokens)) for name in names))


def places(item: Item, names: Sequence[str]) -> Sequence[str]:
    """The fields that get odds and ends, all of them the same."""
    if item.role == "pawsx":
        return names
    return ["prompt"] if "prompt" in names else names[-1:]


def behind(field: Field, tokens: Sequence[str]) -> Edit:
    """Tokens put behind a text."""
    end = len(field.text)
    has_gap = field.text[-1:].isspace() and not field.solid  # a word may end in a space of its own
    return Edit(end, end, " " * bool(end and not has_gap) + " ".join(tokens))


def token(field: Field, name: str, number: int, draw: Draw) -> str:
    """One that people leave behind their sentences and that says nothing: a link, a handle, a number of a machine."""

    def pick(signs: Sequence[str], place: int) -> str:
        return signs[int(draw(field, name, "pick", "noise", number, place) * len(signs))]

    match pick(("link", "handle", "number"), 0):
        case "link":
            return f"https://{pick(HOSTS, 1)}/" + "".join(pick(LETTERS + DIGITS, place) for place in range(2, 8))
        case "handle":
            syllables = (pick(CONSONANTS, place) + pick(VOWELS, place + 1) for place in (1, 3, 5))
            return f"@{''.join(syllables)}_{pick(DIGITS, 7)}"
    return "0x" + "".join(pick(DIGITS + LETTERS[:6], place) for place in range(1, 9))
