"""Every metric on examples worked out by hand, and sums that add up."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswind.evaluate.base import points
from crosswind.evaluate.metrics import METRICS
from crosswind.evaluate.tagging import runs
from crosswind.formats.mlm import Guesses
from crosswind.formats.tag import UPOS, entities
from crosswind.text.answers import mlqa_normal, squad_normal, token_f1

every = pytest.mark.parametrize("name", sorted(METRICS))


def score(name: str, *pairs: tuple[object, object], language: str = "en") -> dict[str, float]:
    """The scores of some (gold, answer) pairs."""
    metric = METRICS[name]
    return metric.scores(metric.totals([metric.measure(gold, answer, language) for gold, answer in pairs]))


def test_accuracy() -> None:
    assert score("accuracy", ("a", "a"), ("b", "a"), ("c", "c"), ("c", "C")) == {"accuracy": 50.0}


def test_accuracy_with_f1_of_the_label_1() -> None:
    pairs = [("1", "1"), ("1", "1"), ("1", "0"), ("0", "1"), ("0", "0")]  # 2 hits of 3 found and 3 gold
    assert score("accuracy_f1", *pairs) == {"accuracy": 60.0, "f1": pytest.approx(100 * 2 / 3)}
    assert score("accuracy_f1", ("0", "0")) == {"accuracy": 100.0, "f1": 0.0}


def test_tag_accuracy_counts_words_and_not_sentences() -> None:
    found = score("tag_accuracy", (("A", "B", "C"), ("A", "B", "X")), (("A",), ("X",)), ((), ()))
    assert found == {"accuracy": 50.0}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O O", []),
        ("B-PER I-PER O", [("PER", 0, 1)]),
        ("B-PER B-PER", [("PER", 0, 0), ("PER", 1, 1)]),
        ("I-PER I-PER", [("PER", 0, 1)]),
        ("O I-PER", [("PER", 1, 1)]),
        ("B-PER I-LOC I-LOC", [("PER", 0, 0), ("LOC", 1, 2)]),
        ("I-PER B-PER I-PER", [("PER", 0, 0), ("PER", 1, 2)]),
        ("B-PER O I-PER", [("PER", 0, 0), ("PER", 2, 2)]),
        ("B-X-Y I-X-Y", [("X-Y", 0, 1)]),
        ("B-PER", [("PER", 0, 0)]),
        ("", []),
    ],
)
def test_entities_are_read_leniently(tags: str, expected: list[tuple[str, int, int]]) -> None:
    assert list(entities(tags.split())) == expected


def conlleval(tags: list[str]) -> list[tuple[str, int, int]]:
    """Chunks as the published scripts decide on them: by pairs of neighbouring tags."""
    chunks, begin = [], 0
    padded = ["O", *tags, "O"]
    for place, (before, now) in enumerate(itertools.pairwise(padded)):
        (old, _, old_kind), (new, _, new_kind) = before.partition("-"), now.partition("-")
        ends = old in "BI" and (new in "BO" or old_kind != new_kind)
        starts = new == "B" or (new == "I" and (old == "O" or old_kind != new_kind))
        if ends:
            chunks.append((old_kind, begin, place - 1))
        if starts:
            begin = place
    return chunks


@given(st.lists(st.sampled_from(["O", "B-X", "I-X", "B-Y", "I-Y"]), max_size=12))
def test_entities_are_those_of_conlleval(tags: list[str]) -> None:
    assert list(entities(tags)) == conlleval(tags)


def test_entity_f1_is_micro_over_sentences() -> None:
    pairs = [
        (("B-PER", "I-PER", "O", "B-LOC"), ("B-PER", "I-PER", "O", "O")),  # 1 hit of 1 found and 2 gold
        (("O", "B-LOC"), ("B-LOC", "I-LOC")),  # another edge: no hit, 1 found, 1 gold
        (("O",), ("O",)),
    ]
    whole = {"f1": pytest.approx(100 * 2 * 1 / (2 + 3)), "precision": 50.0, "recall": pytest.approx(100 / 3)}
    assert score("entity_f1", *pairs) == whole
    assert score("entity_f1", (("O",), ("O",))) == {"f1": 0.0, "precision": 0.0, "recall": 0.0}
    assert score("entity_f1", (("B-X", "O"), ("I-X", "O"))) == {"f1": 100.0, "precision": 100.0, "recall": 100.0}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("NOUN NOUN VERB", [("NOUN", 0, 1), ("VERB", 2, 2)]),
        ("NUM NOUN", [("NUM", 0, 0), ("NOUN", 1, 1)]),  # one first letter, two types
        ("CCONJ SCONJ", [("CCONJ", 0, 0), ("SCONJ", 1, 1)]),
        ("SYM SYM X X", [("SYM", 0, 0), ("SYM", 1, 1), ("X", 2, 3)]),  # a letter S stands alone
        ("X SCONJ SCONJ X", [("X", 0, 0), ("SCONJ", 1, 1), ("SCONJ", 2, 2), ("X", 3, 3)]),
        ("INTJ INTJ", [("INTJ", 0, 1)]),
        ("DET O O DET", [("DET", 0, 0), ("DET", 3, 3)]),
        ("", []),
    ],
)
def test_runs_are_read_as_the_official_evaluator_does(tags: str, expected: list[tuple[str, int, int]]) -> None:
    assert list(runs(tags.split())) == expected


def prefixed(tags: list[str]) -> list[tuple[str, int, int]]:
    """Runs as a reader of IOBES chunks sees them: first letter the prefix, whole tag the type."""
    chunks, begin = [], 0
    for place, (old, new) in enumerate(itertools.pairwise(["O", *tags, "O"])):
        apart = old != new or old[0] == "S"
        if apart and old != "O":
            chunks.append((old, begin, place - 1))
        if apart:
            begin = place
    return chunks


@given(st.lists(st.sampled_from(["O", *UPOS]), max_size=12))
def test_runs_are_those_between_boundaries(tags: list[str]) -> None:
    assert list(runs(tags)) == prefixed(tags)


def test_run_f1_with_honest_scores_beside_it() -> None:
    gold, found = ("NOUN", "NOUN", "VERB", "SYM", "SYM"), ("NOUN", "VERB", "VERB", "SYM", "SYM")
    assert score("run_f1", (gold, found)) == {
        "f1": 50.0,  # both have 4 runs: N(0-1) V(2) S S, and N(0) V(1-2) S S
        "precision": 50.0,
        "recall": 50.0,
        "accuracy": 80.0,
        "macro_f1": pytest.approx(100 * (2 / 3 + 2 / 3 + 1) / 3),
    }
    merged = score("run_f1", (("X", "X", "X", "X"), ("X", "X", "X", "VERB")))
    assert (merged["f1"], merged["accuracy"]) == (0.0, 75.0)  # one wrong word costs a run of four
    assert merged["macro_f1"] == pytest.approx(100 * (6 / 7 + 0) / 2)  # a tag that is only ever wrong counts
    assert score("run_f1", (("X", "X"), ("X", "O")))["macro_f1"] == pytest.approx(100 * 2 / 3)


def test_run_f1_wants_parts_of_speech() -> None:
    with pytest.raises(ValueError, match="'B-PER' is no part of speech"):
        METRICS["run_f1"].measure(("B-PER",), ("NOUN",), "en")
    with pytest.raises(ValueError, match="'O' is no part of speech"):
        METRICS["run_f1"].measure(("O",), ("NOUN",), "en")


def test_pairs_f1() -> None:
    pairs = [("a", "a"), ("b", "c"), ("d", ""), ("", "e"), ("f", "f")]  # 2 hits of 4 found and 4 gold
    assert score("pairs_f1", *pairs) == {"f1": 50.0, "precision": 50.0, "recall": 50.0}
    assert score("pairs_f1", ("a", "a"), ("", "b"), ("", "c"), ("d", "")) == {
        "f1": pytest.approx(40.0),
        "precision": pytest.approx(100 / 3),
        "recall": 50.0,
    }


@pytest.mark.parametrize("name", ["tag_accuracy", "entity_f1", "run_f1"])
def test_a_word_without_an_answer_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="2 gold tags got 1"):
        METRICS[name].measure(("O", "O"), ("O",), "en")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The  Old-Bridge, (a) an!", "oldbridge"),
        ("theatre anthem", "theatre anthem"),
        ("Der Zug", "der zug"),
        ("那座“桥”。", "那座“桥”。"),  # only ASCII punctuation goes
        ("$1,000.50", "100050"),
        ("the a an", ""),
        ("A\u00a0B\tC", "b c"),
        ("É'a", "éa"),
    ],
)
def test_squad_normaliser(text: str, normal: str) -> None:
    assert squad_normal(text) == normal


@pytest.mark.parametrize(
    ("language", "text", "normal"),
    [
        ("en", "The “Old–Bridge”, (a)!", "oldbridge"),  # punctuation of every script goes, before articles
        ("es", "Unas casas de la «Ría» el", "casas de ría"),
        ("de", "Der Zug, den die Damen", "zug damen"),
        ("vi", "Những chiếc cầu của làng là", "cầu làng"),
        ("ar", "الجبال والجبل", "جب و جبل"),  # the article's letters go from inside words too
        ("hi", "वह पुल।", "वह पुल"),
        ("zh", "那座“桥”A1 b。", "那 座 桥 a1 b"),
        ("zh", "a the", "a the"),
        ("en", "那座", "那座"),  # only Chinese is cut into characters
        ("zh", "㐀丁", "㐀 丁"),  # U+3400 lies outside the range, so it only stands apart by its neighbour
        ("zh", "龥龦龧", "龥 龦龧"),  # which ends at U+9FA5
        ("es", "un.", ""),
        ("en", "a_b", "ab"),
        ("en", "€5 + 3", "€5 3"),
    ],
)
def test_mlqa_normaliser(language: str, text: str, normal: str) -> None:
    assert mlqa_normal(text, language) == normal


def test_mlqa_names_its_languages() -> None:
    with pytest.raises(ValueError, match="language 'fr'; it has them for ar, de, en, es, hi, vi, zh"):
        METRICS["mlqa"].measure(("x",), "x", "fr")


def test_mlqa_scores_in_the_language_of_the_context() -> None:
    assert score("mlqa", (("der Fluss",), "Fluss"), language="de") == {"f1": 100.0, "em": 100.0}
    assert score("squad", (("der Fluss",), "Fluss"), language="de") == {"f1": pytest.approx(200 / 3), "em": 0.0}
    assert score("mlqa", (("长江大桥",), "长江桥"), language="zh") == {"f1": pytest.approx(600 / 7), "em": 0.0}


@pytest.mark.parametrize("name", ["squad", "mlqa"])
def test_no_answer_is_never_right(name: str) -> None:
    assert score(name, (("the",), ""))["em"] == 100.0
    assert score(name, (("the",), None), (("x",), "x")) == {"f1": 50.0, "em": 50.0}


def test_token_f1() -> None:
    assert token_f1("old stone bridge", "old bridge over") == pytest.approx(2 * (2 / 3) * (2 / 3) / (4 / 3))
    assert token_f1("b b", "b") == pytest.approx(2 / 3)
    assert token_f1("b", "c") == token_f1("", "") == token_f1("", "b") == 0.0


def test_squad_takes_the_best_gold_for_each_score() -> None:
    golds = ("the old bridge", "bridge over the river")
    assert score("squad", (golds, "Old bridge!")) == {"f1": 100.0, "em": 100.0}
    assert score("squad", (golds, "over river bridge")) == {"f1": 100.0, "em": 0.0}
    found = score("squad", (golds, "old"), (("x",), ""))
    assert found == {"f1": pytest.approx(100 * (2 * 1 * 0.5 / 1.5) / 2), "em": 0.0}


def test_squad_where_a_side_normalises_to_nothing() -> None:
    assert score("squad", (("the",), "a")) == {"f1": 0.0, "em": 100.0}
    assert score("squad", (("the",), "bridge")) == {"f1": 0.0, "em": 0.0}
    assert score("squad", ((), "")) == {"f1": 100.0, "em": 100.0}  # without any gold, SQuAD 2.0's rule
    assert score("squad", ((), "x")) == {"f1": 0.0, "em": 0.0}


def test_average_precision() -> None:
    ranked = ("a", "x", "b", "y")
    assert score("map20", (("a", "b"), ranked)) == {"map": pytest.approx(100 * (1 / 1 + 2 / 3) / 2)}
    assert score("map20", (("y",), ranked)) == {"map": 25.0}
    assert score("map20", (("z",), ranked)) == {"map": 0.0}
    assert score("map20", ((), ranked)) == {"map": 0.0}
    assert score("map20", (("a",), ("x", "a", "a"))) == {"map": 50.0}  # counted once


def test_average_precision_reads_twenty_and_divides_by_what_fits() -> None:
    names = tuple(f"c{i}" for i in range(40))
    assert score("map20", (names, names)) == {"map": 100.0}  # 40 right answers, 20 places
    assert score("map20", (names[:30], names[30:] + names[:30])) == {
        "map": pytest.approx(100 * sum(hit / (10 + hit) for hit in range(1, 11)) / 20)
    }
    assert score("map20", (("c20",), names)) == {"map": 0.0}


def test_reciprocal_rank() -> None:
    ranked = ("a", "b", "c", "d")
    assert score("rr20", (("c",), ranked), (("a",), ranked), (("z",), ranked), (("a",), ())) == {
        "mrr": pytest.approx(100 * (1 / 3 + 1) / 4)
    }
    assert score("rr20", (("d", "b"), ranked)) == {"mrr": 50.0}  # the first of several
    names = tuple(f"c{i}" for i in range(40))
    assert score("rr20", (("c19",), names), (("c20",), names)) == {"mrr": pytest.approx(100 / 20 / 2)}
    assert score("rr20", (("c",), ranked))["mrr"] == score("map20", (("c",), ranked))["map"]  # one right answer


def test_first_hit() -> None:
    assert score("first_hit", (("a", "b"), ("b", "c")), (("a",), ("c", "a")), (("a",), ())) == {
        "accuracy": pytest.approx(100 / 3)
    }


def test_nothing_scores_nothing() -> None:
    assert points(0.0, 0.0) == 0.0
    for metric in METRICS.values():
        assert set(metric.scores(dict.fromkeys(metric.sums, 0.0)).values()) == {0.0}


words = st.lists(st.sampled_from(["B-X", "I-X", "O", "a", "the", "b"]), min_size=1, max_size=6).map(tuple)
parts = st.lists(st.sampled_from(UPOS), min_size=1, max_size=6).map(tuple)
guesses = st.integers(1, 4).flatmap(
    lambda hidden: st.builds(Guesses, st.integers(0, hidden), st.floats(0.0, 30.0), st.just(hidden))
)
SIDES: dict[str, Any] = {
    "accuracy": st.tuples(st.sampled_from("ab"), st.sampled_from("ab")),
    "accuracy_f1": st.tuples(st.sampled_from("01"), st.sampled_from("01")),
    "tag_accuracy": words.flatmap(lambda gold: st.tuples(st.just(gold), st.permutations(gold).map(tuple))),
    "entity_f1": words.flatmap(lambda gold: st.tuples(st.just(gold), st.permutations(gold).map(tuple))),
    "run_f1": parts.flatmap(lambda gold: st.tuples(st.just(gold), st.permutations(gold).map(tuple))),
    "pairs_f1": st.tuples(st.sampled_from(["", "a", "b"]), st.sampled_from(["", "a", "b"])),
    "squad": st.tuples(words, words.map(" ".join)),
    "mlqa": st.tuples(words, words.map(" ".join)),
    "map20": st.tuples(words, words),
    "rr20": st.tuples(words, words),
    "first_hit": st.tuples(words, words),
    "cases_passed": st.tuples(words, words.map(" ".join)),
    "hidden_words": st.tuples(st.sampled_from("ab"), guesses),
}


def test_every_metric_is_drawn_for() -> None:
    assert SIDES.keys() == METRICS.keys()


@every
@given(data=st.data())
def test_scores_of_a_union_come_from_the_summed_totals(name: str, data: st.DataObject) -> None:
    metric = METRICS[name]
    first, second = (data.draw(st.lists(SIDES[name], min_size=1, max_size=5)) for _ in range(2))

    def totals(pairs: list[Any]) -> dict[str, float]:
        return metric.totals([metric.measure(*pair, "en") for pair in pairs])

    one, other, both = totals(first), totals(second), totals(first + second)
    assert both == pytest.approx({key: one[key] + other[key] for key in metric.sums})
    scores = metric.scores(both)
    assert metric.main == next(iter(scores))
    assert all(0.0 <= value <= 100.0 + 1e-9 for value in scores.values())
    if metric.sums[-1] == "n":  # the main score is a mean: between those of its parts
        ends = sorted((metric.scores(one)[metric.main], metric.scores(other)[metric.main]))
        assert ends[0] - 1e-9 <= scores[metric.main] <= ends[1] + 1e-9


def test_totals_of_nothing_are_zeros() -> None:
    for metric in METRICS.values():
        assert metric.totals([]) == dict.fromkeys(metric.sums, 0.0)


@every
@given(data=st.data())
def test_gold_scores_everything(name: str, data: st.DataObject) -> None:
    metric = METRICS[name]
    gold, _ = data.draw(SIDES[name])
    text = name in {"squad", "mlqa", "cases_passed"}
    answer = gold[0] if text else tuple(dict.fromkeys(gold)) if name == "map20" else gold
    if text and not squad_normal(answer):
        return  # exactly right, but no words that could overlap
    row = metric.measure(gold, answer, "en")
    scores = metric.scores(metric.totals([row]))
    something = any(row) and (name != "entity_f1" or row[2] > 0)
    assert scores[metric.main] == pytest.approx(100.0 if something else 0.0)
