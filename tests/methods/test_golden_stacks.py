"""Several adapters in one encoder compute what the `adapters` library does: one above the other, and fused."""

import re
from collections.abc import Callable

import pytest

from crosswind.methods.adapters import EARLIER, adapter_slot, adapters_of
from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.fusion import Fusion
from crosswind.models.backbone import Encoder
from tests.methods.golden import GOLDEN, TOLERANCE, apart, case, encoder_of, library_name, place, put
from tests.train.conftest import one_thread  # noqa: F401

every = pytest.mark.parametrize("family", GOLDEN)
FUSED = ("first", "second", "third")


def add(encoder: Encoder, family: str, slot: str, adapter: str, reduction: int, stored: str) -> None:
    """A slot with the weights of one of the library's adapters."""
    made = adapter_slot(encoder, Bottleneck(reduction=reduction), "pfeiffer", reduction)
    adapters_of(encoder).add(slot, made)
    rename = library_name(family, adapter)
    put(made.named_parameters(), case(family, stored), lambda own: rename(f"adapters.layers.{own}"))


@every
def test_a_task_adapter_on_a_language_adapter(family: str) -> None:
    encoder = encoder_of(family)
    add(encoder, family, "below", "language", 2, "stack")
    add(encoder, family, "above", "task", 4, "stack")
    assert apart(family, encoder, "stack") <= TOLERANCE
    adapters_of(encoder).activate(("above", "below"))
    assert apart(family, encoder, "stack") > 0.1


def fusion_name(family: str) -> Callable[[str], str]:
    """From the name of one of our tensors of attention to the library's."""

    def rename(own: str) -> str:
        found = re.fullmatch(r"adapters\.layers\.(\d+)\.feed_forward\.(query|key|value)\.(weight|bias)", own)
        assert found is not None, own
        layer, linear, kind = found.groups()
        return f"{place(family, int(layer), 'feed_forward')}.adapter_fusion_layer.{','.join(FUSED)}.{linear}.{kind}"

    return rename


@every
def test_attention_over_adapters(family: str) -> None:
    encoder, method = encoder_of(family), Fusion()
    for number, name in enumerate(FUSED):
        add(encoder, family, f"{EARLIER}{number}", name, 4, "fusion")
    method.attach(encoder)
    wanted = case(family, "fusion")
    put(method.trained(encoder), wanted, fusion_name(family))
    assert len(list(method.trained(encoder))) == sum("adapter_fusion_layer" in name for name in wanted)
    assert apart(family, encoder, "fusion") <= TOLERANCE
    assert apart(family, encoder, "base") > 0.1
