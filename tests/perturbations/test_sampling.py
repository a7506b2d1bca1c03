from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

import pytest

from crosswind.perturbations.base import Family, Fixed, Levels, Rated, Rewrite, Rewritten
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.legality import Draft
from crosswind.perturbations.revision import lowest_chrf
from crosswind.perturbations.sampling import ordered, rewritten, sample
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.perturbations.units import MAX_OPTIONS, Option, Promised, Unit, thinned, weights_of
from crosswind.text.edits import Edit
from crosswind.text.item import Field, Item, plain_field, token_field
from crosswind.text.similarity import chrf
from tests.perturbations.specimens import plain_item
from tests.text.sentences import SENTENCES


class Doubled(Rated):
    """Two kinds of unit whose rates cross: words become shouts, spaces become two."""

    family: ClassVar[Family] = "encoding"

    @property
    def levels(self) -> Levels:
        return Levels({"word": (0.0, 0.1, 0.9), "space": (0.5, 0.5, 0.5)}, core=(1,))

    def units(self, item: Item) -> Sequence[Unit]:
        text = item.fields["text"]
        words = [Unit("text", "word", span, index) for index, span in enumerate(text.words)]
        gaps = [place for place, character in enumerate(text.text) if character == " "]
        return words + [Unit("text", "space", (place, place + 1), index) for index, place in enumerate(gaps)]

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
        start, end = unit.span
        if unit.kind == "space":
            return [Option("wide", (("text", Edit(start, end, "  ")),))]
        return [Option("shout", (("text", Edit(end - 1, end, item.fields["text"].text[end - 1] + "!")),))]


class Signed(Fixed):
    """A sign at the end; the level says which."""

    family: ClassVar[Family] = "context"

    @property
    def levels(self) -> Levels:
        return Levels({"whole": (1.0, 1.0)}, core=(1,))

    def option(self, item: Item, level: int, draw: Draw) -> Option | None:
        end = len(item.fields["text"].text)
        return Option("sign", (("text", Edit(end, end, " " + "ab"[level - 1])),)) if end else None


class Reversed(Rewrite):
    """The tokens backwards."""

    family: ClassVar[Family] = "diagnostic"

    @property
    def levels(self) -> Levels:
        return Levels({"whole": (1.0,)}, core=(1,))

    def rewrite(self, item: Item, labels: Sequence[str], level: int, draw: Draw) -> Rewritten:
        field = item.fields["tokens"]
        return Rewritten(item, tuple(field.text[slice(*span)] for span in field.keep)[::-1], tuple(labels)[::-1])


def test_severities_are_nested_when_the_rates_of_kinds_cross() -> None:
    for owner in range(40):
        item = plain_item(SENTENCES["en"], "en", str(owner))
        traces = [sample(Doubled(), item, level, seed=1).trace for level in (1, 2, 3)]
        assert traces[1][: len(traces[0])] == traces[0]
        assert traces[2][: len(traces[1])] == traces[1]


def test_options_are_chosen_in_proportion_to_their_weights_and_then_among_the_rest() -> None:
    options = [Option(op, (), weight) for op, weight in (("a", 0.5), ("b", 0.3), ("c", 0.2))]
    field, unit = plain_field("", "en", "1"), Unit("text", "word", (0, 1), 0)
    orders = Counter[str]()
    for seed in range(3000):
        drawn = ordered(options, field, unit, Draw("test", "any", seed, "fixture", "test"))
        orders["".join(option.op for option in drawn)] += 1
    expected = {"abc": 0.3, "acb": 0.2, "bac": 0.3 * 5 / 7, "bca": 0.3 * 2 / 7, "cab": 0.2 * 5 / 8, "cba": 0.2 * 3 / 8}
    for order, share in expected.items():
        assert orders[order] / 3000 == pytest.approx(share, abs=0.03)


def test_only_what_is_asked_for_is_made() -> None:
    made: list[int] = []

    def make(number: int) -> Option:
        made.append(number)
        return Option(str(number), (), 1 + number)

    promised = Promised(make, range(1, 101))
    item, unit = plain_item("one", "en"), Unit("text", "word", (0, 3), 0)
    draw = Draw("test", "any", 1, "fixture", "test")
    few = thinned(promised, item, unit, draw)
    assert len(few) == MAX_OPTIONS
    assert weights_of(few) == sorted(weights_of(few))
    first = next(ordered(few, item.fields["text"], unit, draw))
    assert made == [int(first.op)]
    assert [option.weight for option in few] == weights_of(few)
    assert [option.op for option in promised[-2:]] == ["98", "99"]
    with pytest.raises(IndexError):
        promised[100]


def test_fixed_perturbations_apply_the_option_of_their_level() -> None:
    item = plain_item("One.", "en")
    assert [sample(Signed(), item, level, seed=1).text("text") for level in (0, 1, 2)] == ["One.", "One. a", "One. b"]
    assert sample(Signed(), plain_item("", "en"), 1, seed=1).trace == ()


def test_a_fixed_option_that_is_illegal_is_barren() -> None:
    item = Item("fixture", "test", "1", {"text": Field("One.", "en", "1", words=(), keep=(), solid=True)})
    kept = Item("fixture", "test", "1", {"text": token_field(["One", "."], "en", "1")})
    assert sample(Signed(), item, 1, seed=1).barren == ()
    assert sample(Signed(), kept, 1, seed=1).text("text") == "One . a"


def test_tagged_words_are_rewritten_and_running_text_is_sampled() -> None:
    words = Item("fixture", "test", "1", {"tokens": token_field(["New York", "is"], "en", "1")})
    found = rewritten(Reversed(), words, ("N", "V"), 1, seed=1)
    assert (found.tokens, found.labels) == (("is", "New York"), ("V", "N"))
    clean = rewritten(Reversed(), words, ("N", "V"), 0, seed=1)
    assert (clean.tokens, clean.labels) == (("New York", "is"), ("N", "V"))
    with pytest.raises(ValueError, match="no level 2"):
        rewritten(Reversed(), words, ("N", "V"), 2, seed=1)
    with pytest.raises(ValueError, match="call sampling"):
        sample(Reversed(), words, 1, seed=1)
    with pytest.raises(ValueError, match="item '1' has running text"):
        sample(Reversed(), plain_item("One.", "en"), 1, seed=1)


def test_rates_must_name_every_kind() -> None:
    with pytest.raises(ValueError, match="each kind"):
        sample(Doubled(), plain_item("One two.", "en"), 1, seed=1, rates={"word": (0.5,)})


def test_levels_refuse_what_is_no_severity() -> None:
    with pytest.raises(ValueError, match="never fall"):
        Levels({"word": (0.5, 0.1)}, core=())
    with pytest.raises(ValueError, match="equally many"):
        Levels({"word": (0.5, 0.6), "space": (0.1,)}, core=())
    with pytest.raises(ValueError, match="core"):
        Levels({"word": (0.5,)})


def test_back_off_leaves_enough_of_the_text() -> None:
    for lang, text in SENTENCES.items():
        for owner in range(12):
            item = plain_item(text, lang, str(owner))
            result = sample(TypoEdit(), item, 5, seed=1)
            words = len(item.fields["text"].words)
            assert len(result.trace) <= max(1, -(-3 * words // 10))
            assert chrf(result.text("text"), text) >= lowest_chrf(text)


def test_an_item_too_short_for_its_noise_ends_unchanged() -> None:
    results = [sample(TypoEdit(), plain_item("桥梁", "zh", str(owner)), 5, seed=1) for owner in range(40)]
    withdrawn = [result for result in results if result.withdrawn]
    assert withdrawn
    assert all(result.text("text") == "桥梁" and not result.trace for result in withdrawn)


def test_given_rates_are_not_backed_off() -> None:
    result = sample(TypoEdit(), plain_item(SENTENCES["en"], "en"), 1, seed=1, rates={"word": (1.0,)})
    assert len(result.trace) == len(TypoEdit().units(result.item)) == 12
    assert result.withdrawn == ()


@pytest.mark.parametrize(
    ("text", "floor"), [("那座老桥", 55), ("다리는", 55), ("橋はもう", 55), ("the 桥 over", 70), ("สะพาน", 70)]
)
def test_the_floor_goes_by_the_script_of_the_text(text: str, floor: float) -> None:
    assert lowest_chrf(text) == floor


def draft(text: str, keep: Sequence[tuple[int, int]] = (), frozen: Sequence[tuple[int, int]] = ()) -> Draft:
    return Draft(plain_field(text, "en", "1", keep, frozen), adds_joiners=False)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("cafe", Edit(3, 4, "e\u0301")),  # not NFC
        ("one two", Edit(3, 4, "\u0301")),  # composes with the letter before
        ("12 ab", Edit(3, 5, "\u0301b")),  # a mark on a space
        ("abc", Edit(1, 2, "b\u200d")),  # a joiner
        ("abc", Edit(1, 2, "\ue000")),  # private use
        ("가나", Edit(1, 2, "\u11a8")),  # a final consonant that the syllable before would take
    ],
)
def test_unsound_text_is_illegal(text: str, edit: Edit) -> None:
    assert not draft(text).legal(edit)


def test_keep_spans_are_not_straddled_and_not_emptied() -> None:
    found = draft("ab cd ef", keep=[(3, 5)])
    assert not found.legal(Edit(2, 4, "x"))
    assert not found.legal(Edit(3, 5, "-"))
    assert found.legal(Edit(3, 5, "x"))
    found.add(Edit(3, 4, ""))
    assert not found.legal(Edit(4, 5, ""))
    assert found.legal(Edit(4, 5, "dd"))


def test_frozen_spans_are_not_touched() -> None:
    found = draft("ab cd ef", frozen=[(3, 5)])
    assert not found.legal(Edit(4, 4, "x"))
    assert not found.legal(Edit(4, 6, "x"))
    assert found.legal(Edit(3, 3, "x"))
    assert found.legal(Edit(5, 6, "x"))


def test_solid_spans_gain_no_white_space() -> None:
    found = Draft(token_field(["New York", "is"], "en", "1"), adds_joiners=False)
    assert not found.legal(Edit(1, 2, "e "))
    assert found.legal(Edit(3, 4, ""))


def test_neighbouring_edits_are_judged_together() -> None:
    found = draft("axq\u0303")
    assert found.legal(Edit(2, 3, ""))
    found.add(Edit(1, 2, ""))
    assert not found.legal(Edit(2, 3, ""))  # now the tilde would fall on the a, and compose with it
