"""Our methods compute what the libraries do that they come from, number by number."""

from typing import Any

import pytest
import torch

from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.lora import Lora
from tests.methods.golden import FOLDER, GOLDEN, TOLERANCE, apart, case, encoder_of, library_name, put
from tests.train.conftest import one_thread  # noqa: F401

every = pytest.mark.parametrize("family", GOLDEN)


def test_every_family_that_the_library_knows_is_there() -> None:
    assert GOLDEN == ["bert", "deberta-v2", "mt5", "xlm-roberta"]
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 400_000


@every
def test_the_encoder_alone(family: str) -> None:
    assert apart(family, encoder_of(family), "base") <= TOLERANCE


@pytest.mark.parametrize("placement", ["pfeiffer", "houlsby"])
@every
def test_bottleneck(family: str, placement: Any) -> None:
    method, encoder = Bottleneck(placement=placement, reduction=4), encoder_of(family)
    method.attach(encoder)
    wanted = case(family, placement)
    put(method.trained(encoder), wanted, library_name(family, "one"))
    assert len(list(method.trained(encoder))) == len(wanted) - 1  # nothing that the library has is left over
    assert apart(family, encoder, placement) <= TOLERANCE
    assert apart(family, encoder, "base") > 0.1


@every
def test_lora(family: str) -> None:
    method, encoder = Lora(rank=4, alpha=16, dropout=0), encoder_of(family)
    method.attach(encoder)
    wanted = case(family, "lora")
    put(method.trained(encoder), wanted, lambda own: own.removeprefix("network.").replace(".crosswind.", ".one."))
    assert len(list(method.trained(encoder))) == len(wanted) - 1
    assert apart(family, encoder, "lora") <= TOLERANCE
    assert apart(family, encoder, "base") > 0.1


@every
def test_lora_is_a_sum_of_matrices(family: str) -> None:
    """The formula of the paper on plain weights, without the library."""
    encoder, wanted = encoder_of(family).double(), case(family, "lora")
    weights = dict(encoder.network.named_parameters())
    with torch.no_grad():
        for name, down in wanted.items():
            if ".lora_A." in name:
                up = wanted[name.replace(".lora_A.", ".lora_B.")]
                weights[name.replace("lora_A.one.", "")].add_(16 / 4 * up.double() @ down.double())
    assert apart(family, encoder, "lora") <= TOLERANCE
