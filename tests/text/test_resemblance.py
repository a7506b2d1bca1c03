"""Which texts are most alike: against a plain count, and on cases that can be seen."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crosswind.text.resemblance import groups, most_alike
from tests.text.sentences import SENTENCES

NOBODY = np.zeros(0, np.int64)


def plainly(queries: Sequence[str], texts: Sequence[str], length: int) -> list[list[float]]:
    """Cosines by the definition."""

    def runs(text: str) -> Counter[str]:
        spaced = f" {' '.join(text.lower().split())} "
        return Counter(spaced[i : i + length] for i in range(len(spaced) - length + 1))

    documents = [runs(text) for text in texts]
    frequency = Counter(run for document in documents for run in document)

    def vector(counts: Counter[str]) -> dict[str, float]:
        known = {run: n * (math.log((1 + len(texts)) / (1 + frequency[run])) + 1) for run, n in counts.items()}
        known = {run: weight for run, weight in known.items() if run in frequency}
        size = math.sqrt(sum(weight**2 for weight in known.values())) or 1.0
        return {run: weight / size for run, weight in known.items()}

    vectors = [vector(document) for document in documents]
    return [
        [sum(weight * each.get(run, 0.0) for run, weight in own.items()) for each in vectors]
        for own in map(vector, map(runs, queries))
    ]


words = st.lists(st.text("abc d", max_size=12), min_size=1, max_size=8)


@given(words, words, st.integers(1, 9))
def test_similarity_is_the_cosine_of_weighted_counts(queries: list[str], texts: list[str], count: int) -> None:
    found = most_alike(queries, texts, [NOBODY] * len(queries), count)
    for own, cosines in zip(found, plainly(queries, texts, 3), strict=True):
        rounded = [round(cosine, 9) for cosine in cosines]
        order = sorted((i for i in range(len(texts)) if rounded[i] > 0), key=lambda i: (-rounded[i], i))
        assert own == order[:count]


def test_dense_scripts_are_compared_by_two_signs() -> None:
    queries, texts = ["桥何时封闭？"], ["那座老桥早就封闭了。", "人们从上面走过。"]
    assert most_alike(queries, texts, [NOBODY], 5) == [[0]]
    assert [round(each, 9) for each in plainly(queries, texts, 2)[0]] != [0, 0]


def test_every_sentence_is_most_like_itself_and_next_like_its_beginning() -> None:
    texts = [*SENTENCES.values(), *(text[: len(text) // 2] for text in SENTENCES.values())]
    for place, own in enumerate(most_alike(list(SENTENCES.values()), texts, [NOBODY] * len(SENTENCES), 2)):
        assert own == [place, place + len(SENTENCES)]


def test_barred_texts_are_left_out() -> None:
    texts = ["the old bridge", "the old bridge", "an old bridge", "zzz"]
    barred = list(groups(["a", "b", "a", "c"], ["a", "c", "d"]))
    assert [each.tolist() for each in barred] == [[0, 2], [3], []]
    assert most_alike(["old bridge"] * 3, texts, barred, 2) == [[1], [0, 1], [0, 1]]


def test_nothing_is_like_nothing() -> None:
    assert most_alike(["a"], [], [NOBODY], 3) == [[]]
    assert most_alike([], ["a"], [], 3) == []
    assert most_alike([""], ["abc"], [NOBODY], 3) == [[]]
