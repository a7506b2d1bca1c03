"""Trains Pocket's tokenizer and encoder and writes the folder that crosswind ships.

    python tools/pocket_encoder.py --out src/crosswind/pocket/encoder

Masked language modelling on the text of each language, translation language modelling and a contrastive loss on its
sentence pairs with the pivot and on scenes told twice, in the amounts that the language's record allows. The recipe,
the log and the alignment along the way go to training.json. One thread of a CPU needs about a quarter of an
hour; a GPU is used if there is one.
"""

import argparse
import copy
import dataclasses
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from transformers import XLMRobertaConfig, XLMRobertaModel

from crosswind import pocket
from pocket_alignment import alignment
from pocket_corpus import (
    SCENE,
    SPECIAL,
    Amounts,
    Corpus,
    Pair,
    batches,
    chain,
    encode,
    join,
    read,
    sample,
    save,
    train_tokenizer,
)

CHUNKS = 2
FINE_TUNING_DROPOUT = 0.1


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights, given the languages.

    `noise` is the share of lines with a slip in them, `retold` the share of a language's text that comes a second time
    in other words, `opening` the share of steps that have the contrastive loss only.
    """

    steps: int = 7000
    seed: int = 1
    vocabulary: int = 5000
    width: int = 128
    layers: int = 3
    heads: int = 4
    inner: int = 512
    dropout: float = 0.0
    text: int = 20_000
    pairs: int = 20_000
    scenes: int = 8
    learning_rate: float = 2e-3
    warmup: float = 0.05
    decay: float = 0.01
    masked: float = 0.2
    temperature: float = 0.05
    contrast: float = 1.0
    opening: float = 0.15
    noise: float = 0.1
    retold: float = 0.3
    checks: int = 20


Losses = dict[str, Tensor]


class Head(nn.Module):
    """Predicts masked words; its output layer is the embedding table."""

    def __init__(self, encoder: XLMRobertaModel):
        super().__init__()
        width = encoder.config.hidden_size
        self.dense = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(encoder.config.vocab_size))

    def forward(self, hidden_ND: Tensor, table_VD: Tensor) -> Tensor:
        return functional.linear(self.norm(functional.gelu(self.dense(hidden_ND))), table_VD, self.bias)


def pad(lines: Sequence[Sequence[int]], device: torch.device) -> Tensor:
    width = max(map(len, lines))
    return torch.tensor([[*line, *[1] * (width - len(line))] for line in lines], device=device)


def mask(ids_BL: Tensor, share: float, vocabulary: int) -> tuple[Tensor, Tensor]:
    """Ids with words masked, eight in ten by the mask and one by any word, and where they were chosen."""
    chosen_BL = (torch.rand(ids_BL.shape, device=ids_BL.device) < share) & (ids_BL >= len(SPECIAL))
    way_BL = torch.rand(ids_BL.shape, device=ids_BL.device)
    anything_BL = torch.randint(len(SPECIAL), vocabulary - 1, ids_BL.shape, device=ids_BL.device)
    masked_BL = torch.where(chosen_BL & (way_BL < 0.8), vocabulary - 1, ids_BL)
    return torch.where(chosen_BL & (way_BL >= 0.9), anything_BL, masked_BL), chosen_BL


def hidden(encoder: XLMRobertaModel, ids_BL: Tensor) -> Tensor:
    states_BLD: Tensor = encoder(input_ids=ids_BL, attention_mask=(ids_BL != 1).long()).last_hidden_state
    return states_BLD


def pooled(states_BLD: Tensor, ids_BL: Tensor) -> tuple[Tensor, Tensor]:
    """The first token and the mean, both of length one."""
    weights_BL1 = (ids_BL != 1).unsqueeze(-1).to(states_BLD.dtype)
    mean_BD = (states_BLD * weights_BL1).sum(1) / weights_BL1.sum(1)
    return functional.normalize(states_BLD[:, 0], dim=-1), functional.normalize(mean_BD, dim=-1)


class Seen(NamedTuple):
    """What one pass over a batch gives: the loss on its masked words, and both vectors of every line, in order."""

    loss: Tensor
    first: Tensor
    mean: Tensor


def look(encoder: XLMRobertaModel, head: Head, lines: Sequence[list[int]], share: float) -> Seen:
    """One pass with words masked, lines of like length together so that little of it is padding."""
    order = sorted(range(len(lines)), key=lambda index: len(lines[index]))
    size = -(-len(lines) // CHUNKS)
    words, states, vectors = [], [], []
    for start in range(0, len(lines), size):
        ids_BL = pad([lines[index] for index in order[start : start + size]], encoder.device)
        masked_BL, chosen_BL = mask(ids_BL, share, encoder.config.vocab_size)
        states_BLD = hidden(encoder, masked_BL)
        words.append(ids_BL[chosen_BL])
        states.append(states_BLD[chosen_BL])
        vectors.append(torch.stack(pooled(states_BLD, ids_BL)))
    back = torch.tensor(order, device=encoder.device).argsort()
    first_BD, mean_BD = torch.cat(vectors, 1)[:, back]
    words_N = torch.cat(words)
    if not len(words_N):
        return Seen(first_BD.new_zeros(()), first_BD, mean_BD)
    logits_NV = head(torch.cat(states), encoder.embeddings.word_embeddings.weight)
    return Seen(functional.cross_entropy(logits_NV, words_N), first_BD, mean_BD)


def contrast(vectors_BD: Tensor, temperature: float) -> Tensor:
    """Each sentence against its translation; the other half of the batch holds it at the same place."""
    half = len(vectors_BD) // 2
    labels_H = torch.arange(half, device=vectors_BD.device)
    scores_HH = vectors_BD[:half] @ vectors_BD[half:].T / temperature
    return (functional.cross_entropy(scores_HH, labels_H) + functional.cross_entropy(scores_HH.T, labels_H)) / 2


def losses(
    encoder: XLMRobertaModel, head: Head, corpus: Corpus, recipe: Recipe, draws: random.Random, step: int
) -> Losses:
    """What one step learns from.

    The first steps have the contrastive loss alone: languages aligned first share what masked words teach, the reverse
    takes longer. Later it keeps every third step, beside masked words of pairs and of running text.
    """
    pairs = sample(draws, corpus.pairs, recipe.scenes)
    opening = step < recipe.opening * recipe.steps
    found = {}
    if opening or step % 3 == 0:
        found["contrast"] = recipe.contrast * closeness(look(encoder, head, halves(pairs), 0.0), recipe)
    if not opening:
        found["tlm"] = look(encoder, head, [join(*pair) for pair in pairs], recipe.masked).loss
        found["mlm"] = look(encoder, head, passages(sample(draws, corpus.text, recipe.scenes)), recipe.masked).loss
    return found


def passages(lines: list[list[int]]) -> list[list[int]]:
    """Of every other scene two sentences one by one and two joined, of the rest the last before all the others.

    No form that a task has should be strange to the encoder: one sentence, two, or a question and a story.
    """
    scenes = list(batches(lines, SCENE))
    short = [line for one, other, third, last in scenes[::2] for line in (one, other, join(third, last))]
    return short + [join(last, chain(story)) for *story, last in scenes[1::2]]


def halves(pairs: Sequence[Pair]) -> list[list[int]]:
    """The first sides, then the second ones."""
    return [first for first, _ in pairs] + [second for _, second in pairs]


def closeness(sides: Seen, recipe: Recipe) -> Tensor:
    return (contrast(sides.first, recipe.temperature) + contrast(sides.mean, recipe.temperature)) / 2


def train(encoder: XLMRobertaModel, corpus: Corpus, recipe: Recipe, tokenizer: Tokenizer) -> Iterator[dict[str, Any]]:
    """Trains in place and yields the log."""
    draws, head = random.Random(recipe.seed), Head(encoder).to(encoder.device)
    parameters = [*encoder.parameters(), *head.parameters()]
    settings = {"weight_decay": recipe.decay, "betas": (0.9, 0.98), "fused": True}
    optimizer = torch.optim.AdamW(parameters, recipe.learning_rate, **settings)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.learning_rate, recipe.steps, pct_start=recipe.warmup, cycle_momentum=False
    )
    begun, every = time.monotonic(), max(recipe.steps // recipe.checks, 1)
    for step in range(recipe.steps + 1):
        found = losses(encoder, head, corpus, recipe, draws, step)
        if step % every == 0 or step == recipe.steps:
            aligned = alignment(encoder, lambda lines: encode(tokenizer, lines))
            values = {name: round(loss.item(), 3) for name, loss in found.items()}
            yield {"step": step, "seconds": round(time.monotonic() - begun), **values, "alignment": aligned}
        if step == recipe.steps:
            return
        optimizer.zero_grad()
        torch.stack(list(found.values())).sum().backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()


def build(recipe: Recipe) -> XLMRobertaModel:
    config = XLMRobertaConfig(
        vocab_size=recipe.vocabulary,
        hidden_size=recipe.width,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        intermediate_size=recipe.inner,
        hidden_dropout_prob=recipe.dropout,
        attention_probs_dropout_prob=recipe.dropout,
        attn_implementation="eager",  # torch's fused attention is twice as slow on a CPU at these lengths
        max_position_embeddings=514,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
    )
    return XLMRobertaModel(config, add_pooling_layer=False)


def write(folder: Path, encoder: XLMRobertaModel, tokenizer: Tokenizer, record: dict[str, Any]) -> None:
    """The encoder's folder in half precision, the record of its training last."""
    folder.mkdir(parents=True, exist_ok=True)
    config = copy.deepcopy(encoder.config)
    config.architectures, config.dtype = ["XLMRobertaModel"], torch.float16
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = FINE_TUNING_DROPOUT
    config.save_pretrained(folder)
    weights = {name: tensor.half().contiguous().cpu() for name, tensor in encoder.state_dict().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    save(tokenizer, folder)
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def summary(entry: dict[str, Any]) -> str:
    """One line of the log: the losses, and how well the first token finds translations."""
    found = " ".join(f"{code[:5]} {values['first']:.2f}" for code, values in entry["alignment"].items())
    numbers = " ".join(f"{name} {entry[name]:.2f}" for name in ("mlm", "tlm", "contrast") if name in entry)
    return f"{entry['step']:6} {entry['seconds']:5}s {numbers} | {found}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=pocket.ENCODER)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder that gets the encoder as it is at every check")
    for field in dataclasses.fields(Recipe):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    chosen = vars(parser.parse_args())
    folder, threads, keep = (chosen.pop(name) for name in ("out", "threads", "keep"))
    recipe = Recipe(**chosen)
    torch.set_num_threads(threads)
    torch.manual_seed(recipe.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = train_tokenizer(recipe.vocabulary)
    recipe = dataclasses.replace(recipe, vocabulary=tokenizer.get_vocab_size())
    corpus, encoder = (
        read(tokenizer, Amounts(recipe.text, recipe.pairs, recipe.retold, recipe.noise), random.Random(recipe.seed)),
        build(recipe).to(device),
    )
    encoder.train()
    record = {
        "recipe": dataclasses.asdict(recipe),
        "parameters": sum(tensor.numel() for tensor in encoder.parameters()),
        "device": str(device),
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    }
    log = []
    for entry in train(encoder, corpus, recipe, tokenizer):
        log.append(entry)
        print(summary(entry), flush=True)
        write(folder, encoder, tokenizer, record | {"log": log})
        if keep:
            write(keep / f"{entry['step']:05}", encoder, tokenizer, record | {"log": log})


if __name__ == "__main__":
    main()
