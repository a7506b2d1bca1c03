"""Words of many languages in one sentence, from dictionaries: CoSDA's code-switching (Qin et al. 2020), for training.

Their code lowers the case of every sentence, draws from a global generator, and does not say how many words changed.
Here case is kept, a word's draw hangs on its example and place alone, and what was drawn in vain is counted. As there,
the language is drawn before the word is looked up, so fewer words change than are drawn. Codemix, for tests, asks the
text's own translation first; a dictionary that is taken at its word mistakes senses, so nobody vouches for labels.
"""

from collections.abc import Mapping, Sequence

from pydantic import Field

from crosswind.perturbations.base import Levels
from crosswind.perturbations.codemix import spaced
from crosswind.perturbations.dictionary import Dictionary, PocketLexicon, Translations, folded
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.lexical import Lexical, Words
from crosswind.perturbations.mixed import Mixed
from crosswind.perturbations.units import Option, Places, Unit, thinned
from crosswind.perturbations.word_noise import is_frozen
from crosswind.tasks.base import Task
from crosswind.text.casing import cased_like
from crosswind.text.edits import Edit, Span
from crosswind.text.item import Field as Text
from crosswind.text.item import Item

KIND = "word"


class Codeswitch(Mixed, Lexical):
    """In a share `ratio` of the texts each word is, with a chance of `cross`, put into a language drawn for it.

    All `languages` are equally likely, and so are a dictionary's translations; a word that it lacks stays. Where no
    language is named, all of the task's are meant that the dictionary has. `dictionary` is a folder of files named by
    two languages; Pocket's own words where there is none. Of an answer of several words none changes: an answer is put
    into another language whole or not at all.
    """

    ratio: float = Field(1.0, ge=0, le=1, description="share of the texts that are mixed at all")
    cross: float = Field(0.5, ge=0, le=1, description="chance of a word to be drawn")

    @property
    def levels(self) -> Levels:
        """One, which is `cross`."""
        return Levels({KIND: (self.cross,)}, core=(1,))

    @property
    def known(self) -> Dictionary:
        """The dictionary that is asked."""
        return self.dictionary or PocketLexicon()

    @property
    def places(self) -> Mapping[str, str]:
        """Where the dictionary's files lie."""
        return self.known.places

    def guests(self, language: str, spoken: tuple[str, ...]) -> tuple[str, ...]:
        """The languages whose words go into a text."""
        others = [each for each in self.languages or spoken if each != language]
        return tuple(each for each in others if self.known.has(language, each))

    def lacking(self, language: str, spoken: tuple[str, ...] = ()) -> str:
        lacking = [each for each in self.languages if each != language and not self.known.has(language, each)]
        if lacking:
            return f"its dictionary does not translate {language} into {' or '.join(lacking)}"
        if not self.languages and not spoken:
            return "with which languages is the text mixed? Name them, as languages = en"
        if not self.guests(language, spoken):
            return f"its dictionary translates {language} into none of its languages"
        return ""

    def only(self, task: Task, language: str) -> "Codeswitch":
        """As far as it bears on texts in one language, with its languages named: other pairs cannot change them."""
        guests = self.guests(language, tuple(task.languages))
        narrowed = self.dictionary and self.dictionary.only(language, guests)
        return self.model_copy(update={"languages": guests, "dictionary": narrowed})

    def words(self, language: str, spoken: tuple[str, ...], places: Mapping[str, str]) -> Mapping[str, Words]:
        """What the dictionary has in each of the other languages."""
        return {
            guest: Translations(self.known.pairs(language, guest, places)).found
            for guest in self.guests(language, spoken)
        }

    def units(self, item: Item) -> Sequence[Unit]:
        """Every word, but for those that are a part of an answer."""
        if not item.stock.words:
            return Places({})
        return Places(
            {(name, KIND): [span for span in text.words if is_free(text, span)] for name, text in self.targets(item)}
        )

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
        """The translations into the language that is drawn for the word; none in a text that is left alone."""
        field = item.fields[unit.field]
        asked = self.languages or item.stock.words
        guests = [guest for guest in asked if guest in item.stock.words and guest != field.lang]
        if not guests or draw(field, unit.field, "pick", "text", 0) >= self.ratio:
            return []
        guest = guests[int(draw(field, unit.field, "pick", unit.kind, unit.index) * len(guests))]
        word = field.text[slice(*unit.span)]
        found = item.stock.words[guest].get(folded(word), ())
        options = [
            Option(guest, ((unit.field, Edit(*unit.span, spaced(field, unit.span, cased_like(word, other, guest)))),))
            for other in found
            if other and folded(other) != folded(word)
        ]
        return thinned(options, item, unit, draw)


def is_free(text: Text, span: Span) -> bool:
    """Whether a word may change: outside all that is frozen, and a part of no answer unless it is the whole of it."""
    parts = () if text.solid else (kept for kept in text.keep if kept[0] < span[1] and span[0] < kept[1])
    return not is_frozen(text, span) and all(span[0] <= start and end <= span[1] for start, end in parts)
