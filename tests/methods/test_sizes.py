"""How many numbers every method trains in encoders of the usual sizes, without a weight of theirs in memory."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModel

from crosswind import catalog
from crosswind.methods.base import Method
from crosswind.methods.bitfit import Bitfit
from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.full import Full
from crosswind.methods.fusion import Fusion
from crosswind.methods.handover import set_aside
from crosswind.methods.head import Head
from crosswind.methods.language_adapter import LanguageAdapter
from crosswind.methods.lora import Lora
from crosswind.methods.madx import Madx
from crosswind.methods.peft import Peft
from crosswind.models.backbone import Encoder
from crosswind.models.families import FAMILIES
from crosswind.stages import label
from tests.train.conftest import one_thread  # noqa: F401

ROOT = Path(__file__).parents[2]
XLM_R = {"model_type": "xlm-roberta", "vocab_size": 250_002, "max_position_embeddings": 514, "type_vocab_size": 1}
BASE = {"num_hidden_layers": 12, "hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072}
LARGE = {"num_hidden_layers": 24, "hidden_size": 1024, "num_attention_heads": 16, "intermediate_size": 4096}
SIZES: Mapping[str, dict[str, Any]] = {
    "base": XLM_R | BASE,
    "large": XLM_R | LARGE,
    "mbert": BASE | {"model_type": "bert", "vocab_size": 119_547},
    "mdeberta": BASE
    | {
        "model_type": "deberta-v2",
        "vocab_size": 251_000,
        "max_position_embeddings": 512,
        "relative_attention": True,
        "position_buckets": 256,
        "norm_rel_ebd": "layer_norm",
        "share_att_key": True,
        "pos_att_type": ["p2c", "c2p"],
        "position_biased_input": False,
        "type_vocab_size": 0,
    },
}


def shell(size: str) -> Encoder:
    """An encoder that is all shapes."""
    settings = dict(SIZES[size])
    config = AutoConfig.for_model(settings.pop("model_type"), **settings)
    options: Any = {"add_pooling_layer": False} if FAMILIES[config.model_type].pooler else {}
    with torch.device("meta"):
        return Encoder(AutoModel.from_config(config, **options), config)


def count(method: Method, size: str) -> int:
    encoder = shell(size)
    body = list(encoder.parameters())
    with torch.device("meta"):
        method.attach(encoder)
    assert all(tensor.is_meta for tensor in body)
    return sum(tensor.numel() for _, tensor in method.trained(encoder))


# Numbers trained beside the head, in XLM-R base (L = 12, d = 768) and large (L = 24, d = 1024).
TRAINED: list[tuple[Method, int, int]] = [
    (Full(), 277_453_056, 558_840_832),
    (Head(), 0, 0),
    (Bitfit(), 102_144, 271_360),  # L(11d) + d: nine vectors of d and one of 4d in a layer, less what has no bias
    (Bottleneck(), 894_528, 3_171_840),  # L(2db + b + d), b = d / 16
    (Bottleneck(placement="houlsby"), 1_789_056, 6_343_680),
    (Bottleneck(reduction=2), 7_091_712, 25_202_688),
    (LanguageAdapter(), 7_387_776, 25_728_512),  # that with b = d / 2, and 2(2 · d/2 · d/4 + d/4 + d/2) of the coupling
    (LanguageAdapter(invertible="none"), 7_091_712, 25_202_688),
    (Madx(), 894_528, 3_171_840),
    (Madx(stack="paper"), 894_528, 3_171_840),
    (Lora(), 294_912, 786_432),  # L · 2 · r · 2d
    (Lora(targets="all-linear"), 1_327_104, 3_538_944),  # L · r (4 · 2d + 2 · 5d)
    (Lora(variant="dora"), 313_344, 835_584),  # and a size for each of 2d outputs
    (Lora(layers=(1,)), 24_576, 32_768),
    (Peft(), 55_296, 147_456),  # IA3: L(d + d + 4d)
    (Peft(name="ln_tuning", targets="norms"), 36_864, 98_304),  # L · 2 · 2d
    (LanguageAdapter(), 7_387_776, 25_728_512),  # with 2(d²/4 + 3d/4) of the coupling: 296,064 and 525,824
    (LanguageAdapter(invertible="none"), 7_091_712, 25_202_688),
    (Madx(), 894_528, 3_171_840),
]
FUSION = (21_252_096, 75_546_624)  # L(3d² + 2d): queries and keys have biases, values none
ELSEWHERE: set[str] = set()  # methods whose numbers hang on what they are trained on: counted with them


def label_of(value: object) -> str:
    return label(value) if isinstance(value, Method) else ""


@pytest.mark.parametrize(("method", "base", "large"), TRAINED, ids=label_of)
def test_as_many_as_the_formula_says(method: Method, base: int, large: int) -> None:
    assert (count(method, "base"), count(method, "large")) == (base, large)


@pytest.mark.parametrize(("size", "numbers"), [("mbert", 177_262_848), ("mdeberta", 278_218_752)])
def test_other_encoders(size: str, numbers: int) -> None:
    assert count(Full(), size) == numbers


@pytest.mark.parametrize(("size", "numbers"), [("base", FUSION[0]), ("large", FUSION[1])])
def test_attention_over_adapters(size: str, numbers: int) -> None:
    encoder, method = shell(size), Fusion()
    with torch.device("meta"):
        for earlier in (Bottleneck(), Bottleneck(reduction=8)):
            earlier.attach(encoder)
            set_aside(encoder)
        method.attach(encoder)
    assert sum(tensor.numel() for _, tensor in method.trained(encoder)) == numbers


def test_every_method_is_counted() -> None:
    counted = {catalog.name_of(type(method)) for method, _, _ in TRAINED} | {"fusion"}
    missing = catalog.FAMILIES["methods"].keys() - counted - ELSEWHERE
    assert missing == set(), "say in TRAINED how many numbers it trains, or in ELSEWHERE that another file does"


def test_the_guide_quotes_these_numbers() -> None:
    known = {f"{number:,}" for numbers in (FUSION, *(numbers for _, *numbers in TRAINED)) for number in numbers}
    quoted = {
        (path.name, number)
        for path in (ROOT / "tools" / "method_guide" / "methods").glob("*.md")
        for number in re.findall(r"\d{1,3}(?:,\d{3})+", path.read_text(encoding="utf-8"))
        if path.stem not in ELSEWHERE
    }
    assert quoted
    assert [each for each in quoted if each[1] not in known] == []
