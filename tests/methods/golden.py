"""What the `adapters` and `peft` libraries compute on tiny random encoders; tools/golden_adapters.py made it."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor
from transformers import AutoConfig, AutoModel, AutoModelForTextEncoding

from crosswind.models.backbone import Encoder
from crosswind.models.families import FAMILIES

FOLDER = Path(__file__).parents[1] / "golden" / "adapters"
GOLDEN = sorted(path.stem for path in FOLDER.glob("*.safetensors"))
# In double precision. Where this was written both sides agreed to 1e-13; mT5 takes the mean of squares in single.
TOLERANCE = 1e-6
Tensors = Mapping[str, Tensor]


@cache
def stored(family: str) -> tuple[dict[str, Any], Tensors]:
    """The configuration of a family's encoder, and all its tensors."""
    with safe_open(FOLDER / f"{family}.safetensors", "pt") as file:
        return json.loads(file.metadata()["config"]), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def case(family: str, name: str) -> dict[str, Tensor]:
    """What was added in one case, and `output`."""
    found = {key.removeprefix(f"{name}/"): tensor for key, tensor in stored(family)[1].items()}
    return {key: tensor for key, tensor in found.items() if f"{name}/{key}" in stored(family)[1]}


def encoder_of(family: str) -> Encoder:
    """Our encoder with the stored weights, to which nothing was added."""
    settings = dict(stored(family)[0])
    config = AutoConfig.for_model(settings.pop("model_type"), **settings)
    kind = FAMILIES[family]
    loader: Any = AutoModelForTextEncoding if kind.text_only else AutoModel
    network = loader.from_config(config, **({"add_pooling_layer": False} if kind.pooler else {}))
    put(network.named_parameters(), case(family, "base"))
    return Encoder(network, config).eval()


def put(tensors: Any, wanted: Tensors, rename: Callable[[str], str] = str) -> None:
    """Give every one of `tensors` its stored value; each has to be there, and in that shape."""
    with torch.no_grad():
        for name, tensor in tensors:
            assert wanted[rename(name)].shape == tensor.shape, name
            tensor.copy_(wanted[rename(name)])


def run(family: str, encoder: Encoder) -> Tensor:
    """What our encoder makes of the stored input at the positions that hold text, in double precision."""
    tensors = stored(family)[1]
    ids, mask = tensors["input_ids"], tensors["attention_mask"]
    with torch.no_grad():
        hidden = encoder.double()(ids, mask, torch.zeros_like(ids) if encoder.family.segments else None)
    return attended(family, hidden)


def attended(family: str, states_BLD: Tensor) -> Tensor:
    """The states at the positions that hold text."""
    return states_BLD[stored(family)[1]["attention_mask"].bool()]


def apart(family: str, encoder: Encoder, name: str) -> float:
    """How far the largest number of ours is from that of a case."""
    wanted = attended(family, case(family, name)["output"])
    return float((run(family, encoder) - wanted).abs().max())


def place(family: str, layer: int, where: str) -> str:
    """The module of a layer that has the library's adapters, after attention or after feed-forward."""
    if family == "mt5":
        return f"encoder.block.{layer}.layer.{int(where == 'feed_forward')}"
    return f"encoder.layer.{layer}." + ("attention.output" if where == "attention" else "output")


def library_name(family: str, adapter: str) -> Callable[[str], str]:
    """From the name of a tensor of our adapters to that of the library's adapter with a name."""

    def rename(own: str) -> str:
        found = re.fullmatch(r"adapters\.layers\.(\d+)\.(attention|feed_forward)\.(down|up)\.(weight|bias)", own)
        assert found is not None, own
        layer, where, side, kind = found.groups()
        linear = "adapter_down.0" if side == "down" else "adapter_up"
        return f"{place(family, int(layer), where)}.adapters.{adapter}.{linear}.{kind}"

    return rename
