"""Which layer of an encoder a probe means."""

import pytest

from crosswind.formats.probe import Layer, Probe


@pytest.mark.parametrize(
    ("layer", "depth", "expected"),
    [
        (None, 12, 12),
        (1, 12, 1),
        (12, 12, 12),
        ("xtreme", 12, 8),
        ("xtreme", 24, 14),
        ("xtreme", 3, 2),
        ("xtreme", 6, 4),
        ("xtreme", 22, 13),
        ("xtreme", 1, 1),
    ],
)
def test_layers_are_counted_from_one(layer: Layer, depth: int, expected: int) -> None:
    assert Probe(layer).layer_of(depth) == expected


def test_a_layer_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="layer 13 is asked for, but the encoder has 12"):
        Probe(13).layer_of(12)
