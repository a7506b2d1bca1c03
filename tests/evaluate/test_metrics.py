"""Every metric on examples worked out by hand, and sums that add up."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswind.evaluate.metrics import METRICS, entities, points, squad_normal, token_f1

every = pytest.mark.parametrize("name", sorted(METRICS))


def score(name: str, *pairs: tuple[object, object]) -> dict[str, float]:
    """The scores of some (gold, answer) pairs."""
    metric = METRICS[name]
    rows = [metric.measure(gold, answer) for gold, answer in pairs]
    return metric.scores({key: sum(row[i] for row in rows) for i, key in enumerate(metric.sums)})


def test_accuracy() -> None:
    assert score("accuracy", ("a", "a"), ("b", "a"), ("c", "c"), ("c", "C")) == {"accuracy": 50.0}


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
    assert score("entity_f1", *pairs) == {"f1": pytest.approx(100 * 2 * 1 / (2 + 3))}
    assert score("entity_f1", (("O",), ("O",))) == {"f1": 0.0}
    assert score("entity_f1", (("B-X", "O"), ("I-X", "O"))) == {"f1": 100.0}


@pytest.mark.parametrize("name", ["tag_accuracy", "entity_f1"])
def test_a_word_without_an_answer_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="2 gold tags got 1"):
        METRICS[name].measure(("O", "O"), ("O",))


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
    assert score("squad", ((), "")) == {"f1": 0.0, "em": 100.0}


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


def test_first_hit() -> None:
    assert score("first_hit", (("a", "b"), ("b", "c")), (("a",), ("c", "a")), (("a",), ())) == {
        "accuracy": pytest.approx(100 / 3)
    }


def test_nothing_scores_nothing() -> None:
    assert points(0.0, 0.0) == 0.0
    for metric in METRICS.values():
        assert set(metric.scores(dict.fromkeys(metric.sums, 0.0)).values()) == {0.0}


words = st.lists(st.sampled_from(["B-X", "I-X", "O", "a", "the", "b"]), min_size=1, max_size=6).map(tuple)
SIDES: dict[str, Any] = {
    "accuracy": st.tuples(st.sampled_from("ab"), st.sampled_from("ab")),
    "tag_accuracy": words.flatmap(lambda gold: st.tuples(st.just(gold), st.permutations(gold).map(tuple))),
    "entity_f1": words.flatmap(lambda gold: st.tuples(st.just(gold), st.permutations(gold).map(tuple))),
    "squad": st.tuples(words, words.map(" ".join)),
    "map20": st.tuples(words, words),
    "first_hit": st.tuples(words, words),
}


@every
@given(data=st.data())
def test_scores_of_a_union_come_from_the_summed_totals(name: str, data: st.DataObject) -> None:
    metric = METRICS[name]
    first, second = (data.draw(st.lists(SIDES[name], min_size=1, max_size=5)) for _ in range(2))

    def totals(pairs: list[Any]) -> dict[str, float]:
        rows = [metric.measure(*pair) for pair in pairs]
        return {key: sum(row[i] for row in rows) for i, key in enumerate(metric.sums)}

    one, other, both = totals(first), totals(second), totals(first + second)
    assert both == pytest.approx({key: one[key] + other[key] for key in metric.sums})
    scores = metric.scores(both)
    assert metric.main in scores
    assert all(0.0 <= value <= 100.0 + 1e-9 for value in scores.values())
    if metric.sums[-1] == "n":  # a mean: between those of its parts
        for key, value in scores.items():
            ends = sorted((metric.scores(one)[key], metric.scores(other)[key]))
            assert ends[0] - 1e-9 <= value <= ends[1] + 1e-9


@every
@given(data=st.data())
def test_gold_scores_everything(name: str, data: st.DataObject) -> None:
    metric = METRICS[name]
    gold, _ = data.draw(SIDES[name])
    answer = {"squad": gold[0] if name == "squad" else None, "map20": tuple(dict.fromkeys(gold))}.get(name, gold)
    if name == "squad" and not squad_normal(str(answer)):
        return
    row = metric.measure(gold, answer)
    scores = metric.scores(dict(zip(metric.sums, row, strict=True)))
    assert scores[metric.main] == pytest.approx(100.0 if any(row) and (name != "entity_f1" or row[2]) else 0.0)
