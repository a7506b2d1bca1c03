"""Features as tensors."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from crosswind.formats.base import UNSCORED, Feature
from crosswind.formats.subwords import Tokens
from crosswind.models.batch import by_length, collate

PAD = 9


def row(*ids: int) -> Tokens:
    return Tokens(ids, (0,) * (len(ids) - 1) + (1,))


def test_rows_are_padded_on_the_right() -> None:
    batch = collate(
        [
            Feature(4, (row(1, 2, 3),), 0),
            Feature(
                7,
                (
                    row(
                        5,
                    ),
                ),
                1,
            ),
        ],
        PAD,
    )
    assert batch.ids_RL.tolist() == [[1, 2, 3], [5, PAD, PAD]]
    assert batch.mask_RL.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert batch.types_RL.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert batch.targets is not None
    assert batch.targets.tolist() == [0, 1]
    assert (batch.widths, batch.examples, batch.units) == ((1, 1), (4, 7), 2)


def test_a_padding_id_inside_the_text_is_text() -> None:
    assert collate([Feature(0, (row(1, PAD, 3),), 0)], PAD).mask_RL.tolist() == [[1, 1, 1]]


def test_features_may_have_several_rows_and_different_numbers_of_them() -> None:
    batch = collate([Feature(0, (row(1), row(2, 3)), 1), Feature(1, (row(4), row(5), row(6)), 2)], PAD)
    assert batch.ids_RL.shape == (5, 2)
    assert batch.widths == (2, 3)
    assert batch.units == 2


def test_targets_by_position_are_filled_up_with_what_no_loss_counts() -> None:
    long = Feature(0, (row(1, 2, 3, 4),), (UNSCORED, 2, UNSCORED, 1), ((1, 0), (3, 1)), units=2)
    short = Feature(1, (row(1, 2),), (UNSCORED, 0), ((1, 0),))
    batch = collate([long, short], PAD)
    assert batch.targets is not None
    assert batch.targets.tolist() == [[UNSCORED, 2, UNSCORED, 1], [UNSCORED, 0, UNSCORED, UNSCORED]]
    assert batch.targets.shape == batch.ids_RL.shape
    assert batch.units == 3


def test_spans_without_any_context_are_still_spans() -> None:
    batch = collate([Feature(0, (row(1, 2),), (0, 0)), Feature(0, (row(1, 2, 3),), (1, 2), ((1, 0, 3),))], PAD)
    assert batch.targets is not None
    assert batch.targets.tolist() == [[0, 0], [1, 2]]
    assert batch.units == 2


def test_a_format_without_targets_has_none() -> None:
    batch = collate([Feature(0, (row(1), row(2)))], PAD)
    assert batch.targets is None
    assert batch.units == 1
    assert batch.to(torch.device("cpu")).targets is None


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 3)), max_size=30),
    st.integers(1, 200),
)
def test_batches_by_length_hold_every_feature_once_and_fit(shapes: list[tuple[int, int]], most: int) -> None:
    features = [Feature(0, (row(*range(length)),) * width) for length, width in shapes]
    batches = list(by_length(features, most))
    assert sorted(index for batch in batches for index in batch) == list(range(len(features)))
    for batch in batches:
        padded = max(features[i].length for i in batch) * sum(len(features[i].rows) for i in batch)
        assert padded <= most or len(batch) == 1
    lengths = [features[index].length for batch in batches for index in batch]
    assert lengths == sorted(lengths)


def test_equal_inputs_have_equal_keys() -> None:
    first, second = Feature(0, (row(1, 2),), 0), Feature(5, (row(1, 2),), 1)
    assert first.key == second.key
    assert first.key != Feature(0, (Tokens((1, 2), (0, 0)),)).key  # other segments, other input
    with pytest.raises(AttributeError):
        first.example = 3  # type: ignore[misc]
