"""The short way of plain text through noise in words: the edits of sampling.Sampler in a third of its time.

Plain is running text in NFC, cut by the builtin segmenter, without spans to keep or to freeze. It needs no item, no
field and no draft, and edits of different words seldom touch. What is out of the ordinary (an address, a first choice
that is illegal, edits beside each other, words with more slips than an option may have) is left to the long way, so
that only the ordinary has to be right here; a test holds both ways to the same edits.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from crosswind.perturbations.draws import PER_BLOCK, FieldDraw, fraction
from crosswind.perturbations.legality import Draft, is_sound, outward
from crosswind.perturbations.revision import is_too_much
from crosswind.perturbations.sampling import Sampler, draws
from crosswind.perturbations.units import MAX_OPTIONS
from crosswind.perturbations.word_noise import KIND, Ways, WordNoise, is_long_enough
from crosswind.text.edits import Edit
from crosswind.text.item import Field, has_address_signs
from crosswind.text.memo import Memo
from crosswind.text.words import Cut, han_model, only_word, pieces_by, words_between_spaces

Stretch = tuple[int, tuple[int, ...], tuple[str, ...]]  # how many words, where the longer ones begin, and those
Change = tuple[Edit, str]  # and what was done
Changed = tuple[tuple[Edit, ...], tuple[str, ...]]  # edits, sorted, and what was done, in order of acceptance

UNCHANGED: Changed = ((), ())


class ShortWay:
    """A sampler's noise for plain texts in one language, as if each were the field `name` of an item of its own."""

    def __init__(self, sampler: Sampler, noise: WordNoise, lang: str, dataset: str, split: str, name: str) -> None:
        self.noise = noise
        self.lang = lang
        self.name = name
        self.stretches = stretches_of(pieces_by(han_model(lang)))
        self.ways: Memo[str, Ways] = Memo(lambda word: noise.ways(word, lang), 2**15)
        self.draw = draws(*sampler.key, dataset, split)
        self.limit = sampler.thresholds[KIND].bits if sampler.thresholds else 0
        self.backs_off = sampler.backs_off

    def __call__(self, text: str, owner: str) -> Changed | None:
        """What happens to a text in NFC; None where the long way has to be asked."""
        if has_address_signs(text):
            return None
        words, longer = words_of(text, self.stretches)
        draw = self.draw.begin(self.lang, owner, self.name)
        hits = draw.below(self.limit, KIND, len(longer))
        if not hits:
            return UNCHANGED
        edits: list[Edit] = []
        ops: list[str] = []
        for _, index in sorted(hits):
            change = self.change(text, *longer[index], index, draw)
            if change is None:
                return None
            edits.append(change[0])
            ops.append(change[1])
        if len(edits) > 1 and not self.are_legal(text, edits):
            return None
        while edits and self.backs_off and is_too_much(text, words, sorted(edits), len(edits)):
            edits.pop()
            ops.pop()
        return tuple(sorted(edits)), tuple(ops)

    def change(self, text: str, start: int, word: str, index: int, draw: FieldDraw) -> Change | None:
        """The first choice for a word; None where it is illegal, or there are none or too many to choose from."""
        ways, _, bounds = self.ways[word]
        if not 0 < len(ways) <= MAX_OPTIONS:
            return None
        chosen = bisect_right(bounds, bounds[-1] * fraction(draw.block("option", KIND, index, 0)[0]))
        op, left, right, new, place, strays = self.noise.slip(word, self.lang, *ways[chosen])
        if strays:
            share = fraction(draw.block("pick", KIND, index, place // PER_BLOCK)[place % PER_BLOCK])
            new += strays[int(share * len(strays))]
        edit = Edit(start + left, start + right, new)
        return (edit, op) if self.is_legal(text, edit) else None

    def is_legal(self, text: str, edit: Edit) -> bool:
        """Whether the text around an edit is as sound as it was."""
        start, end, new = edit
        if new.isascii() and text[start - 1 : start].isascii() and text[end : end + 1].isascii():
            return True  # nothing composes with these
        low, high = outward(text, start, end)
        return is_sound(text[low:high], text[low:start] + new + text[end:high], self.noise.adds_joiners)

    def are_legal(self, text: str, edits: Sequence[Edit]) -> bool:
        """Whether edits that are legal one by one are so together, in their order."""
        if not any(interact(text, first, second) for first, second in pairwise(sorted(edits))):
            return True
        draft = Draft(Field(text, self.lang, "", ()), self.noise.adds_joiners)
        for edit in edits:
            if not draft.legal(edit):
                return False
            draft.add(edit)
        return True


def interact(text: str, first: Edit, second: Edit) -> bool:
    """Whether what one of two edits does to the text could depend on the other."""
    low, _ = outward(text, second.start, second.end)
    _, high = outward(text, first.start, first.end)
    return first.end >= low or high >= second.start


def words_of(text: str, stretches: Memo[str, Stretch]) -> tuple[int, list[tuple[int, str]]]:
    """How many words a text has, and the longer ones with their places."""
    words, longer, start = 0, [], 0
    for stretch in text.split(" "):
        count, places, found = stretches[stretch]
        words += count
        for place, word in zip(places, found, strict=True):
            longer.append((start + place, word))
        start += len(stretch) + 1
    return words, longer


@cache
def stretches_of(cut: Cut) -> Memo[str, Stretch]:
    """What stands between two spaces; most of it is met again."""

    def stretch(text: str) -> Stretch:
        if word := only_word(text):
            return (1, (0,), (word,)) if len(word) > 1 or is_long_enough(word) else (1, (), ())
        words = words_between_spaces(text, cut)
        longer = [(start, end) for start, end in words if is_long_enough(text[start:end])]
        return len(words), tuple([start for start, _ in longer]), tuple([text[start:end] for start, end in longer])

    return Memo(stretch, 2**17)
