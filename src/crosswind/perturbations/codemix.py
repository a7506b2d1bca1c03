"""Words and short phrases in another language: what bilinguals write, and what tells meanings from spellings.

A translation comes from the item's own parallel version where it has one, aligned word by word by the pre-trained
encoder: the idea of Tan and Joty (2021), who search for the worst mixture where a share of the words is drawn here.
Dictionaries mistake senses, so they only fill gaps, and only if a study says so.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, field_validator, model_validator

from crosswind import catalog
from crosswind.perturbations.applicability import PARALLEL, RETRIEVAL
from crosswind.perturbations.base import Levels
from crosswind.perturbations.dictionary import LEXICON, refusal
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.mixed import Mixed
from crosswind.perturbations.phrases import SOURCES, Source, differs
from crosswind.perturbations.units import Option, Places, Unit, thinned
from crosswind.perturbations.word_noise import is_frozen
from crosswind.tasks.base import Task
from crosswind.text.edits import Edit, Span
from crosswind.text.item import Field as Text
from crosswind.text.item import Item
from crosswind.text.patterns import pattern
from crosswind.text.words import UNSPACED

KIND = "phrase"
LEVELS = Levels({KIND: (0.10, 0.20, 0.30, 0.40, 0.50)})
ALIGNED_ONLY = frozenset({"pawsx"})  # names and senses carry the label there, and a dictionary blurs both
HAVE_VERSIONS = frozenset({*PARALLEL, "lareqa"})
PAIRED = frozenset(RETRIEVAL) - HAVE_VERSIONS
INSIDE = pattern(r"[\p{L}\p{M}\p{N}]")


class Codemix(Mixed):
    """A share of a text's phrases, one to three words each, in one of `languages`: the one that the task is learned in
    where none is named. Never more than half: mixed further, a text is a translation into a language that models know
    better.

    `sources` are asked in this order: "aligned" (the item's parallel version), "confirmed" (what a dictionary knows and
    that version has too), "dictionary" (all that it knows: nobody vouches for the label). `dictionary` is a folder of
    files named by two languages, or "lexicon" for Pocket's own words. `floor` is the lowest cosine of aligned words,
    `layer` the encoder's layer that aligns them, two thirds of the way up where none is named.

    Where Tan and Joty keep their search from going back in the translation at each step, all phrases of a text stand in
    its order here, so that any of them go together; and none is exempt, since offsets follow reading, not the eye.
    """

    highest_rate: ClassVar[float] = 0.5

    sources: Annotated[tuple[Source, ...], BeforeValidator(catalog.as_names), Field(min_length=1)] = ("aligned",)
    floor: float = Field(0.5, ge=0.0, le=1.0)
    layer: int | None = Field(None, ge=1)

    @field_validator("sources")
    @classmethod
    def stand_in_order(cls, value: tuple[Source, ...]) -> tuple[Source, ...]:
        return tuple(source for source in SOURCES if source in value)

    @model_validator(mode="after")
    def are_both_there(self) -> "Codemix":
        asked = [source for source in self.sources if source != "aligned"]
        if asked and self.dictionary is None:
            raise refusal(
                f"the source {asked[0]!r} needs a dictionary: the folder of one, or {LEXICON!r} for Pocket's words"
            )
        if self.dictionary is not None and not asked:
            raise refusal('a dictionary serves the sources "confirmed" and "dictionary"; name one of them too')
        return self

    @property
    def levels(self) -> Levels:
        """10, 20, 30, 40 and 50 % of the phrases."""
        return LEVELS

    @property
    def places(self) -> Mapping[str, str]:
        """Where the dictionary's files lie."""
        return self.dictionary.places if self.dictionary else {}

    @property
    def is_vouched_for(self) -> bool:
        """Not where words come from a dictionary unconfirmed."""
        return "dictionary" not in self.sources

    def units(self, item: Item) -> Sequence[Unit]:
        """Every stretch of the text that another language has something else for."""
        return Places({(name, KIND): self.stretches(item, name) for name, _ in self.targets(item)})

    def stretches(self, item: Item, name: str) -> list[Span]:
        """The stretches of one text that can change, in its order."""
        field = item.fields[name]
        spans = {phrase.span for phrase in item.stock.phrases.get(name, ()) if differs(field, phrase)}
        return sorted(span for span in spans if not is_frozen(field, span))

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
        """Each of the translations; of several languages all are equally likely."""
        field = item.fields[unit.field]
        phrases = item.stock.phrases[unit.field]
        found = [phrase for phrase in phrases if phrase.span == unit.span and differs(field, phrase)]
        share = Counter(phrase.language for phrase in found)
        options = [
            Option(
                f"{phrase.source} {phrase.language}",
                ((unit.field, Edit(*unit.span, spaced(field, unit.span, phrase.text))),),
                1 / share[phrase.language],
            )
            for phrase in found
        ]
        return thinned(options, item, unit, draw)

    # What a study has for it

    def guests(self, task: Task, language: str) -> tuple[str, ...]:
        """The languages whose words go into a text of a task; never the one in which its translation is the answer."""
        barred = {language, task.source} if task.role in PAIRED else {language}
        return tuple(each for each in self.languages or (task.source,) if each not in barred)

    def usable(self, task: Task, language: str, guest: str) -> tuple[Source, ...]:
        """The sources that have words of a language for a text of a task."""
        has_version = task.role in HAVE_VERSIONS and (guest in task.languages or guest in task.originals)
        has_words = self.dictionary is not None and self.dictionary.has(language, guest)
        there = {"aligned": has_version, "confirmed": has_version and has_words, "dictionary": has_words}
        only = {"aligned"} if task.role in ALIGNED_ONLY else set(SOURCES)
        return tuple(source for source in self.sources if there[source] and source in only)

    def unsuited(self, task: Task, language: str) -> str:
        """Why a text of a task in a language cannot be mixed."""
        guests = self.guests(task, language)
        if not guests and task.role in PAIRED:
            return f"the other side of its pairs is in {task.source}, so words of {task.source} would be the answer"
        if not guests:
            return f"the text is in {language} already"
        if not any(self.usable(task, language, guest) for guest in guests):
            return f"{' or '.join(self.sources)} words of {' or '.join(guests)} are not to be had: {self.missing(task)}"
        return ""

    def missing(self, task: Task) -> str:
        """What would have to be there."""
        if task.role in ALIGNED_ONLY and "aligned" not in self.sources:
            return "names and senses carry its label, so it takes aligned phrases only"
        needs = [] if self.sources == ("dictionary",) else ["its items have no version in that language"]
        return " and ".join([*needs, *(["no dictionary has this pair"] if self.dictionary is not None else [])])

    def only(self, task: Task, language: str) -> "Codemix":
        """As far as it bears on the texts of a task in a language: other pairs' dictionaries cannot change them."""
        if self.dictionary is None:
            return self
        return self.model_copy(update={"dictionary": self.dictionary.only(language, self.guests(task, language))})


def spaced(field: Text, span: Span, new: str) -> str:
    """A phrase with a space on each side where it would run into a letter, unless neither script knows spaces."""
    before, after = field.text[: span[0]][-1:], field.text[span[1] :][:1]
    return " " * runs_into(before, new[0]) + new + " " * runs_into(new[-1], after)


def runs_into(left: str, right: str) -> bool:
    """Whether two neighbouring characters would look like one word."""
    together = INSIDE.match(left) and INSIDE.match(right)
    return bool(together) and not (UNSPACED.match(left) and UNSPACED.match(right))
