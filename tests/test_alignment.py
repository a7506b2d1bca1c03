"""Words of two languages linked by an encoder: the rule on made-up vectors, and what Pocket's own encoder finds."""

from collections.abc import Callable, Iterator
from itertools import accumulate, islice
from pathlib import Path

import numpy as np
import pytest
import torch

from crosswind import alignment, pocket
from crosswind.alignment import Aligner, by_word, middle_layer, mutual
from crosswind.models.backbone import load_encoder, load_tokenizer, local
from crosswind.models.batch import by_length
from crosswind.perturbations.links import Link
from crosswind.pocket import inference
from crosswind.pocket.draws import WHOLE
from crosswind.pocket.grammar import align, tell
from crosswind.text.item import Field, plain_field
from tests.text.sentences import SENTENCES
from tests.tiny import ENCODERS


def test_words_are_linked_where_each_is_nearest_to_the_other() -> None:
    first = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    second = np.array([[0.0, 1.0], [0.6, 0.8]])
    assert mutual(first, second) == [Link(1, 1, 0.96), Link(2, 0, 1.0)]


def test_a_word_without_a_vector_and_a_text_without_words_have_no_links() -> None:
    assert mutual(np.zeros((1, 2)), np.array([[1.0, 0.0]])) == []
    assert mutual(np.zeros((0, 2)), np.array([[1.0, 0.0]])) == []


def test_a_word_is_the_mean_of_its_sub_words_and_shares_those_that_reach_over_its_edge() -> None:
    hidden = np.array([[9.0, 9.0], [2.0, 0.0], [0.0, 2.0], [0.0, 4.0], [9.0, 9.0]])
    offsets = [(0, 0), (0, 3), (3, 6), (6, 9), (0, 0)]
    found = by_word(hidden, offsets, [(0, 6), (6, 8), (8, 9), (20, 22)])
    np.testing.assert_allclose(found[0], np.array([1.0, 1.0]) / np.sqrt(2))
    np.testing.assert_allclose(found[1:3], [[0.0, 1.0], [0.0, 1.0]])
    assert not found[3].any()


def test_the_layer_is_two_thirds_of_the_way_up() -> None:
    assert [middle_layer(depth) for depth in (1, 3, 6, 12, 24)] == [1, 2, 4, 8, 16]


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    encoder = load_encoder(local(pocket.ENCODER)).eval()
    encoder.end_at(middle_layer(len(encoder.layers)))
    return Aligner(encoder, load_tokenizer(local(pocket.ENCODER)), torch.device("cpu"), 2048)


def told(code: str, count: int) -> Iterator[tuple[Field, Field, set[tuple[int, int]]]]:
    """Sentences of a spaced language with their translations, and the words that say the same, by number."""
    for name, _, one, *_ in islice(inference.rows("test", WHOLE), count):
        first, second = (tell(one.event, each, one.style) for each in (code, pocket.PIVOT))
        fields = [plain_field(each.text, language, name) for each, language in ((first, code), (second, pocket.PIVOT))]
        words = [
            {end: number for number, end in enumerate(accumulate(map(len, each.pieces)))} for each in (first, second)
        ]
        numbers = [{words[side][end]: number for number, (_, end) in enumerate(fields[side].words)} for side in (0, 1)]
        yield (
            fields[0],
            fields[1],
            {(numbers[0][i], numbers[1][j]) for i, j in align(first, second) if first.words[i].tag != "PUNCT"},
        )


def test_pockets_encoder_links_words_that_say_the_same(aligner: Aligner) -> None:
    firsts, seconds, gold = zip(*told("zhelnik", 60), strict=True)
    links = list(aligner.links(firsts, seconds))
    found = [{(link.word, link.other) for link in own} for own in links]
    right = sum(len(one & other) for one, other in zip(found, gold, strict=True))
    assert right / sum(map(len, found)) > 0.95
    assert right / sum(map(len, gold)) > 0.9
    assert all(len({link.word for link in own}) == len({link.other for link in own}) == len(own) for own in links)


def test_links_do_not_depend_on_what_is_run_together(aligner: Aligner, monkeypatch: pytest.MonkeyPatch) -> None:
    firsts, seconds, _ = zip(*told("brudnar", 40), strict=True)
    together = list(aligner.links(firsts, seconds))
    monkeypatch.setattr(alignment, "SLICE", 7)
    small = Aligner(aligner.encoder, aligner.tokenizer, aligner.device, 64)
    assert [[link[:2] for link in own] for own in small.links(firsts, seconds)] == [
        [link[:2] for link in own] for own in together
    ]


def test_a_text_is_run_once_however_many_items_share_it(aligner: Aligner, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    monkeypatch.setattr(
        alignment, "by_length", lambda features, most: runs.append(len(features)) or by_length(features, most)
    )
    first, second, _ = next(told("zhelnik", 1))
    found = list(aligner.links([first] * 3, [second] * 3))
    assert runs == [2]
    assert found[0] == found[2] != []


@pytest.mark.parametrize("family", ENCODERS)
def test_every_family_gives_a_vector_to_every_word(family: str, tiny_encoder: Callable[[str], Path]) -> None:
    folder = local(tiny_encoder(family))
    encoder = load_encoder(folder).eval()
    encoder.end_at(1)
    aligner = Aligner(encoder, load_tokenizer(folder), torch.device("cpu"), 512)
    fields = [plain_field(text, code, code) for code, text in SENTENCES.items()]
    for field, vectors_WD in zip(fields, aligner.vectors(fields), strict=True):
        assert vectors_WD.any(1).all(), field.lang
        np.testing.assert_allclose(np.linalg.norm(vectors_WD, axis=1), 1)
    english, *_ = aligner.links(fields, fields)
    assert [(link.word, link.other) for link in english] == [(each, each) for each in range(len(fields[0].words))]


def test_links_are_read_as_they_were_written(tmp_path: Path) -> None:
    one, other = plain_field("the old bridge", "en", "1"), plain_field("die alte Brücke", "de", "1")
    links = {("a", "first"): [Link(0, 0, 0.5), Link(2, 2, 0.75)], ("b", "first"): []}
    alignment.write(tmp_path / "links.parquet", dict.fromkeys(links, one), dict.fromkeys(links, other), links)
    assert dict(alignment.read(tmp_path / "links.parquet")) == {("a", "first"): [Link(0, 0, 0.5), Link(2, 2, 0.75)]}
