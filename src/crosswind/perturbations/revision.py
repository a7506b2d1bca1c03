"""What has been done to an item so far, field by field, and what became of the units that were to be edited."""

from collections.abc import Iterable, Sequence

from crosswind.perturbations.base import Perturbed
from crosswind.perturbations.legality import Draft
from crosswind.perturbations.units import Option, Unit
from crosswind.text.edits import Edit
from crosswind.text.item import Item
from crosswind.text.patterns import LETTER, pattern
from crosswind.text.similarity import chrf_after, chrf_at_least

LOWEST_CHRF = 70.0
LOWEST_CHRF_DENSE = 55.0  # where a word is one or two signs, equal noise takes a larger share of the n-grams
DENSE = pattern(r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]")


class Revision:
    """The state of changing one item: a draft for each field that was touched, and the units by what became of them."""

    __slots__ = ("adds_joiners", "barren", "drafts", "item", "taken", "withdrawn")

    def __init__(self, item: Item, adds_joiners: bool) -> None:
        self.item = item
        self.adds_joiners = adds_joiners
        self.drafts: dict[str, Draft] = {}
        self.taken: list[tuple[Unit, Option]] = []
        self.barren: list[Unit] = []
        self.withdrawn: list[Unit] = []

    def edit(self, unit: Unit, options: Iterable[Option]) -> None:
        """Change a unit by the first of its options that is legal."""
        for option in options:
            if self.take(option):
                self.taken.append((unit, option))
                return
        self.barren.append(unit)

    def take(self, option: Option) -> bool:
        """Apply all edits of an option, or none where one of them is illegal; returns whether it was applied."""
        for done, (name, edit) in enumerate(option.edits):
            draft = self.draft(name)
            if not draft.legal(edit):
                self.withdraw(Option(option.op, option.edits[:done]))
                return False
            draft.add(edit)
        return True

    def withdraw(self, option: Option) -> None:
        """Undo an option that was applied."""
        for name, edit in reversed(option.edits):
            self.drafts[name].remove(edit)

    def fits(self, option: Option) -> bool:
        """Whether an option is legal, leaving everything as it is."""
        if not self.take(option):
            return False
        self.withdraw(option)
        return True

    def draft(self, name: str) -> Draft:
        """The draft of a field, begun when it is first asked for."""
        found = self.drafts.get(name)
        if found is None:
            found = self.drafts[name] = Draft(self.item.fields[name], self.adds_joiners)
        return found

    def back_off(self) -> None:
        """Withdraw the latest units of every field until enough of its text is left; an item may end unchanged."""
        for name, draft in self.drafts.items():
            units = [unit for unit, _ in self.taken if unit.field == name]
            words = len(draft.field.words)
            while units and is_too_much(draft.field.text, words, draft.edits, len(units)):
                last = units.pop()
                place = next(place for place, (unit, _) in enumerate(self.taken) if unit == last)
                self.withdraw(self.taken.pop(place)[1])
                self.withdrawn.append(last)

    def perturbed(self) -> Perturbed:
        """The result, checked as a whole."""
        edits: dict[str, tuple[Edit, ...]] = dict.fromkeys(self.item.fields, ())
        for name, draft in self.drafts.items():
            assert draft.is_sound(), f"unsound text in {self.item.uid!r}"
            edits[name] = tuple(draft.edits)
        trace = tuple([(unit, option.op) for unit, option in self.taken])
        return Perturbed(self.item, edits, trace, tuple(self.barren), tuple(self.withdrawn))


def is_too_much(clean: str, words: int, edits: Sequence[Edit], units: int) -> bool:
    """Whether more than 30 % of a text's words are edited (and more than one), or its chrF is below the floor."""
    if units > 1 and units > -(-3 * words // 10):
        return True
    least = chrf_at_least(clean, edits)
    if least >= LOWEST_CHRF:
        return False
    floor = lowest_chrf(clean)
    return least < floor and chrf_after(clean, edits) < floor


def lowest_chrf(text: str) -> float:
    """The floor under chrF: lower where most letters are Han, Kana or Hangul."""
    dense = len(DENSE.findall(text))
    return LOWEST_CHRF_DENSE if 2 * dense > len(LETTER.findall(text)) else LOWEST_CHRF
