"""Writes tests/golden/adapters/: what the `adapters` and `peft` libraries compute on tiny random encoders.

Ours is held to these numbers. The library pins a version of transformers that crosswind cannot have beside its own, so
this runs once, in an environment of its own, and is the only file here that needs one:

    pip install adapters==1.2.0 transformers==4.51.3 peft==0.21.2 torch==2.13.0 safetensors
    python tools/golden_adapters.py

A file for each family holds the encoder (`base/`), its input, and for each case what was added and what came out.
Weights are single precision and drawn with a large spread, so that a term left out is seen in the first digit; outputs
are computed from them in double precision, so that no digit of theirs hangs on the order of additions.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import adapters
import peft
import torch
import transformers
from adapters.composition import Fuse, Stack
from safetensors.torch import save_file
from torch import Tensor, nn

TARGET = Path(__file__).parents[1] / "tests" / "golden" / "adapters"
WIDTH, VOCABULARY, LONGEST, PAD = 16, 40, 24, 1
SPREAD = 0.3
COMMON: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": LONGEST,
    "pad_token_id": PAD,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
}
RELATIVE: dict[str, Any] = {
    "position_biased_input": False,
    "relative_attention": True,
    "pos_att_type": ["p2c", "c2p"],
    "position_buckets": 8,
    "share_att_key": True,
    "norm_rel_ebd": "layer_norm",
}
T5: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "d_model": WIDTH,
    "d_kv": 8,
    "d_ff": 32,
    "num_layers": 2,
    "num_heads": 2,
    "relative_attention_num_buckets": 8,
    "pad_token_id": PAD,
    "dropout_rate": 0.0,
}
FAMILIES: Mapping[str, tuple[type, type, dict[str, Any]]] = {
    "bert": (transformers.BertConfig, transformers.BertModel, COMMON),
    "xlm-roberta": (transformers.XLMRobertaConfig, transformers.XLMRobertaModel, COMMON | {"type_vocab_size": 1}),
    "deberta-v2": (transformers.DebertaV2Config, transformers.DebertaV2Model, COMMON | RELATIVE),
    "mt5": (transformers.MT5Config, transformers.MT5EncoderModel, T5),
}
QUERIES = {"bert": ["query", "value"], "deberta-v2": ["query_proj", "value_proj"], "mt5": ["q", "v"]}
RANK, ALPHA = 4, 16
MASKED_LM = {"bert": adapters.BertAdapterModel, "xlm-roberta": adapters.XLMRobertaAdapterModel}
Tensors = dict[str, Tensor]


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    versions = {library.__name__: library.__version__ for library in (adapters, transformers, peft, torch)}
    for family, (make_config, make_network, settings) in FAMILIES.items():
        found = golden(family, partial(make_config, **settings), make_network)
        told = {"config": json.dumps({"model_type": family} | settings), "versions": json.dumps(versions)}
        path = TARGET / f"{family}.safetensors"
        save_file({name: tensor.contiguous() for name, tensor in found.items()}, path, metadata=told)
        print(f"{path.name}: {len(found)} tensors, {path.stat().st_size / 1024:.0f} KB")


def golden(family: str, make_config: Callable[[], Any], make_network: Callable[..., nn.Module]) -> Tensors:
    """The encoder, its input, and every case that the library knows for it."""
    options = {} if family in ("deberta-v2", "mt5") else {"add_pooling_layer": False}

    def fresh() -> nn.Module:
        return make_network(make_config(), **options)  # the library writes into a configuration what was added

    network = redrawn(fresh(), seed=1).eval()
    inputs, base = text(), copied(network)
    found = {f"base/{name}": tensor for name, tensor in base.items()} | inputs
    found["base/output"] = hidden(network, inputs)
    for number, (case, add) in enumerate(CASES.items()):
        made = fresh()
        put(made, base)
        found |= run(case, add, made, base, inputs, 10 + number)
    found |= lora(family, fresh(), base, inputs)
    if family in MASKED_LM:
        found |= masked_lm(MASKED_LM[family](make_config()), base, inputs)
    return found


def run(case: str, add: Callable[[Any], None], network: Any, base: Tensors, inputs: Tensors, seed: int) -> Tensors:
    """What one case adds, drawn anew, and what comes out."""
    adapters.init(network)
    add(network)
    network.eval()
    found = drawn_additions(network, base, seed)
    found["output"] = hidden(network, inputs)
    if case == "nice":
        states = torch.randn(2, 5, WIDTH, generator=torch.Generator().manual_seed(seed))
        found |= {"states": states, "inverse": inverted(network, states)}
    return {f"{case}/{name}": tensor for name, tensor in found.items()}


def pfeiffer(network: Any) -> None:
    network.add_adapter("one", adapters.SeqBnConfig(reduction_factor=4))
    network.set_active_adapters("one")


def houlsby(network: Any) -> None:
    network.add_adapter("one", adapters.DoubleSeqBnConfig(reduction_factor=4))
    network.set_active_adapters("one")


def stack(network: Any) -> None:
    """The language's adapter below the task's, of other widths."""
    network.add_adapter("language", adapters.SeqBnConfig(reduction_factor=2))
    network.add_adapter("task", adapters.SeqBnConfig(reduction_factor=4))
    network.set_active_adapters(Stack("language", "task"))


def nice(network: Any) -> None:
    """A language adapter as MAD-X has it: pfeiffer, and the invertible one behind the embeddings."""
    network.add_adapter("language", adapters.SeqBnInvConfig(reduction_factor=2))
    network.set_active_adapters("language")


def fusion(network: Any) -> None:
    """Three adapters of which a layer attends to what it needs."""
    for name in ("first", "second", "third"):
        network.add_adapter(name, adapters.SeqBnConfig(reduction_factor=4))
    setup = Fuse("first", "second", "third")
    network.add_adapter_fusion(setup, adapters.DynamicAdapterFusionConfig())
    network.set_active_adapters(setup)


CASES: Mapping[str, Callable[[Any], None]] = {
    "pfeiffer": pfeiffer,
    "houlsby": houlsby,
    "stack": stack,
    "nice": nice,
    "fusion": fusion,
}


def lora(family: str, network: Any, base: Tensors, inputs: Tensors) -> Tensors:
    """Low-rank updates of queries and values, by peft."""
    put(network, base)
    targets = QUERIES.get(family, QUERIES["bert"])
    config = peft.LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=targets, lora_dropout=0.0)
    wrapped = peft.inject_adapter_in_model(config, network, "one").eval()
    additions = {name: tensor for name, tensor in wrapped.named_parameters() if ".lora_" in name}
    draw(additions, seed=30)
    found = {name: tensor.detach().clone() for name, tensor in additions.items()}
    found["output"] = hidden(wrapped, inputs)
    return {f"lora/{name}": tensor for name, tensor in found.items()}


def masked_lm(network: Any, base: Tensors, inputs: Tensors) -> Tensors:
    """What a head for masked words makes of it all, with the inverse before the tied output embedding."""
    put(network.base_model, base)
    network.add_masked_lm_head("words")
    nice(network)
    network.tie_weights()
    network.eval()
    prefix = network.base_model_prefix + "."
    found = drawn_additions(network, {prefix + name: tensor for name, tensor in base.items()}, seed=40)
    found = {name: tensor for name, tensor in found.items() if "pooler" not in name}
    with torch.no_grad():
        found["output"] = network.double()(**inputs).logits
    return {f"masked_lm/{name}": tensor for name, tensor in found.items()}


def drawn_additions(network: nn.Module, base: Tensors, seed: int) -> Tensors:
    """All parameters that the encoder alone has not, drawn anew."""
    additions = {name: tensor for name, tensor in network.named_parameters() if name not in base}
    draw(additions, seed)
    return {name: tensor.detach().clone() for name, tensor in additions.items()}


def hidden(network: Any, inputs: Tensors) -> Tensor:
    """The last states of the encoder, in double precision, in which it stays."""
    with torch.no_grad(), unrounded():
        found: Tensor = network.double()(**inputs).last_hidden_state
    return found


@contextmanager
def unrounded() -> Iterator[None]:
    """No rounding to single precision, as this version's mT5 has it inside its softmax and the later one has not."""
    rounds = torch.Tensor.float
    torch.Tensor.float = lambda self: self  # type: ignore[method-assign]
    try:
        yield
    finally:
        torch.Tensor.float = rounds  # type: ignore[method-assign]


def inverted(network: Any, states: Tensor) -> Tensor:
    """What the invertible adapter makes of states on the way back."""
    with torch.no_grad():
        found: Tensor = network.double().invertible_adapters["language"](states.double(), rev=True)
    return found


def text() -> Tensors:
    """Three rows of uneven length, padded on the right."""
    generator = torch.Generator().manual_seed(5)
    ids = torch.randint(5, VOCABULARY, (3, 9), generator=generator)
    lengths = torch.tensor([[9], [4], [6]])
    mask = (torch.arange(9)[None] < lengths).long()
    return {"input_ids": torch.where(mask.bool(), ids, PAD), "attention_mask": mask}


def redrawn(network: nn.Module, seed: int) -> nn.Module:
    """All weights drawn anew; what multiplies in a normalisation stays near one."""
    draw(dict(network.named_parameters()), seed)
    return network


def draw(tensors: Mapping[str, Tensor], seed: int) -> None:
    """Normal numbers for every tensor, in the order of names."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in sorted(tensors.items()):
            drawn = SPREAD * torch.randn(tensor.shape, generator=generator)
            scales = name.endswith("weight") and tensor.dim() == 1
            tensor.copy_(1 + drawn if scales else drawn)


def put(network: nn.Module, base: Tensors) -> None:
    """The encoder's weights; a tensor that stands in it under two names is there once."""
    own = dict(network.named_parameters())
    with torch.no_grad():
        for name, tensor in base.items():
            own[name].copy_(tensor)


def copied(network: nn.Module) -> Tensors:
    return {name: tensor.detach().clone() for name, tensor in network.named_parameters()}


if __name__ == "__main__":
    main()
