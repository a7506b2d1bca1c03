"""Words hidden anew in every epoch: how many, behind what, and what that hangs on."""

from collections import Counter
from dataclasses import replace

import pytest
import torch

from crosswind.formats.base import UNSCORED, Feature
from crosswind.formats.mlm import with_hidden
from crosswind.formats.subwords import Tokens
from crosswind.models.batch import collate
from crosswind.models.heads import MlmHead
from crosswind.models.model import Model
from crosswind.objectives.base import Step
from crosswind.objectives.erm import Erm
from crosswind.recipe import Recipe
from crosswind.train.loop import train
from crosswind.train.masked import Masked, Vocabulary
from crosswind.train.rows import OneTask
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import FIRST_WORD, PAD, VOCABULARY, WIDTH, recipe, setting, tiny_encoder

MASK, SPECIAL = 4, range(FIRST_WORD)
WORDS = tuple(range(FIRST_WORD, VOCABULARY))


def passage(example: int, length: int = 20) -> Feature:
    """A text of as many words between two special tokens, with one word hidden as an evaluation has it."""
    draws = torch.Generator().manual_seed(example)
    words = torch.randint(FIRST_WORD, VOCABULARY, (length,), generator=draws).tolist()
    row = Tokens((0, *words, 2), (0,) * (length + 2))
    whole = Feature(example, (row,), places=tuple((place,) for place in range(1, length + 1)))
    return with_hidden(whole, {1: MASK})


DATA = [passage(example) for example in range(300)]


def rows(features: list[Feature] = DATA, seed: int = 1, depth: int = 0) -> Masked:
    return Masked(features, Vocabulary(MASK, WORDS), seed, depth)


def whole(feature: Feature) -> tuple[int, ...]:
    (row,) = feature.rows
    return tuple(true if true != UNSCORED else shown for shown, true in zip(row.ids, row.hidden, strict=True))


def test_words_are_hidden_as_in_bert() -> None:
    kinds: Counter[str] = Counter()
    for feature in rows().at(range(len(DATA)), 0):
        (row,) = feature.rows
        hidden = [(shown, true) for shown, true in zip(row.ids, row.hidden, strict=True) if true != UNSCORED]
        assert len(hidden) == feature.units == 3
        assert not {token for pair in hidden for token in pair} & (set(SPECIAL) - {MASK})
        kinds.update("mask" if shown == MASK else "seen" if shown == true else "other" for shown, true in hidden)
    assert kinds["mask"] / kinds.total() == pytest.approx(0.8, abs=0.04)
    assert kinds["other"] / kinds.total() == pytest.approx(0.1, abs=0.03)
    assert kinds["seen"] / kinds.total() == pytest.approx(0.1, abs=0.03)


def test_every_epoch_hides_others_of_the_same_text() -> None:
    first, second = rows().at(range(50), 0), rows().at(range(50), 1)
    assert sum(one.rows != other.rows for one, other in zip(first, second, strict=True)) > 45
    assert [*map(whole, first)] == [*map(whole, second)] == [whole(feature) for feature in DATA[:50]]
    seen = {place for epoch in range(60) for place, true in enumerate(hidden_in(epoch)) if true != UNSCORED}
    assert seen == set(range(1, 21))


def hidden_in(epoch: int) -> tuple[int, ...]:
    return rows().at([0], epoch)[0].rows[0].hidden


def test_what_is_hidden_hangs_on_the_row_alone() -> None:
    together = rows().at(range(20), 3)
    assert [rows().at([place], 3)[0] for place in range(19, -1, -1)][::-1] == together
    assert rows(DATA[5:]).at([2], 3) == [together[7]]
    for other in (rows(seed=2), rows(depth=1)):
        assert other.at(range(20), 3) != together


def model(seed: int = 0) -> Model:
    from crosswind.methods.full import Full

    head = MlmHead(WIDTH, VOCABULARY, 0.0, torch.Generator().manual_seed(seed))
    return Model(tiny_encoder(), head, Full())


@pytest.mark.parametrize("size", [1, 3])
def test_gradients_do_not_depend_on_microbatches(size: int) -> None:
    features = rows([*DATA[:5], passage(5, 3), passage(6, 11)]).at(range(7), 0)
    one, other = model().train(), model().train()
    Erm().update(one, [collate(features, PAD)], Step(0, 1.0))
    parts = [collate(features[start : start + size], PAD) for start in range(0, 7, size)]
    Erm().update(other, parts, Step(0, 1.0))
    for (name, whole_tensor), (_, tensor) in zip(one.learned(), other.learned(), strict=True):
        assert whole_tensor.grad is not None, name
        torch.testing.assert_close(tensor.grad, whole_tensor.grad, rtol=1e-4, atol=1e-6)


def test_the_word_embeddings_learn_from_both_ends() -> None:
    features = rows().at(range(3), 0)
    found = model()
    found.loss(collate(features, PAD)).backward()  # type: ignore[no-untyped-call]
    gradient = found.encoder.words.weight.grad
    assert gradient is not None
    read = {token for feature in features for token in feature.rows[0].ids}
    unread = [token for token in WORDS if token not in read]
    assert unread
    assert all(gradient[token].abs().max() > 0 for token in unread)  # type: ignore[index,operator]


def test_training_names_hidden_words_it_could_not_name_before(tmp_path: object) -> None:
    """Every text says one word again and again, so whoever reads the others knows the hidden one."""
    row = [Tokens((0, *(word,) * 12, 2), (0,) * 14) for word in WORDS]
    texts = [Feature(i, (each,), places=tuple((p,) for p in range(1, 13))) for i, each in enumerate(row)]
    found = model()
    data = OneTask(rows([with_hidden(text, {3: MASK}) for text in texts]))
    settings = recipe(steps=60, batch=16, learning_rate=0.02, max_length=16)
    train(found, data, Erm(), settings, 1, 0, None, setting(tmp_path))  # type: ignore[arg-type]
    batch = collate([with_hidden(text, {7: MASK}) for text in texts], PAD)
    told = found.eval().head.summary(found(batch), batch)
    assert told[:, 1].mean() > 0.9


def test_lengths_are_those_of_the_texts() -> None:
    assert rows([passage(1, 3), passage(2, 9)]).lengths == [5, 11]
    assert OneTask(rows()).updates(Recipe(epochs=2, batch=30)) == 20
    assert replace(DATA[0], example=1) != DATA[0]
