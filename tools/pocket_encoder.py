"""Trains Pocket's tokenizer and encoder and writes the folder that crosswind ships.

    python tools/pocket_encoder.py --out src/crosswind/pocket/encoder

Masked language modelling on the text of each language, translation language modelling and a contrastive loss on its
sentence pairs with the pivot, in the amounts that the language's record allows. The recipe, the log and the alignment
along the way go to training.json. One thread of a CPU needs about twenty minutes; a GPU is used if there is one.
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
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor, nn
from torch.nn import functional
from transformers import XLMRobertaConfig, XLMRobertaModel

from crosswind import pocket

START, PAD, END, UNKNOWN, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
SPECIAL = (START, PAD, END, UNKNOWN)
# letters that only noise brings should meet a piece of their own, as they do in a tokenizer trained on the web
ALPHABET = [chr(code) for code in range(0x21, 0x7F)] + [chr(code) for code in range(0x391, 0x3CA) if code != 0x3A2]
ALPHABET += [chr(code) for code in range(0x410, 0x450)]
SCENE = 4
CHUNKS = 2
FINE_TUNING_DROPOUT = 0.1


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights, given the languages.

    `noise` is the share of lines with a slip in them, `opening` the share of steps that have the contrastive loss only.
    """

    steps: int = 4000
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
    checks: int = 16


Losses = dict[str, Tensor]


class Corpus(NamedTuple):
    """Scenes of encoded sentences: running text by language, and pairs with the pivot."""

    text: dict[str, list[list[int]]]
    pairs: dict[str, list[tuple[list[int], list[int]]]]


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


def train_tokenizer(recipe: Recipe) -> Tokenizer:
    """Sub-words over all languages, rarer ones raised to the square root of their share."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    trainer = trainers.UnigramTrainer(
        vocab_size=recipe.vocabulary - 1,
        special_tokens=list(SPECIAL),
        unk_token=UNKNOWN,
        initial_alphabet=ALPHABET,
        show_progress=False,
    )
    lines = (
        line
        for code, language in pocket.LANGUAGES.items()
        for line in pocket.sentences(code, int(5000 * language.resource**0.5))
    )
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(MASK, lstrip=True, special=True, normalized=False)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}",
        pair=f"{START} $A {END} {END} $B {END}",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in (START, END)],
    )
    return tokenizer


def noisy(line: str, draws: random.Random, share: float) -> str:
    """The line, now and then with one slip of the hand in it: a letter doubled, dropped, or swapped with the next."""
    if draws.random() >= share or len(line) < 4:
        return line
    at = draws.randrange(1, len(line) - 1)
    slips = (
        line[:at] + line[at] + line[at:],
        line[:at] + line[at + 1 :],
        line[:at] + line[at + 1] + line[at] + line[at + 2 :],
    )
    return draws.choice(slips)


def encode(tokenizer: Tokenizer, lines: Sequence[str]) -> list[list[int]]:
    return [encoding.ids for encoding in tokenizer.encode_batch(list(lines))]


def read(tokenizer: Tokenizer, recipe: Recipe) -> Corpus:
    """The text and pairs that each language's record allows, encoded."""
    draws = random.Random(recipe.seed)
    text, pairs = {}, {}
    for code, language in pocket.LANGUAGES.items():
        lines = [
            noisy(line, draws, recipe.noise) for line in pocket.sentences(code, scenes(recipe.text * language.resource))
        ]
        text[code] = encode(tokenizer, lines)
        if code != pocket.PIVOT and language.pairs:
            both = list(pocket.pairs(pocket.PIVOT, code, scenes(recipe.pairs * language.pairs)))
            sides = ([noisy(pair[side], draws, recipe.noise) for pair in both] for side in (0, 1))
            first, second = (encode(tokenizer, side) for side in sides)
            pairs[code] = list(zip(first, second, strict=True))
    return Corpus(text, pairs)


def scenes(count: float) -> int:
    """The nearest number of sentences that makes whole scenes, at least one."""
    return max(round(count / SCENE), 1) * SCENE


def sample(draws: random.Random, sources: dict[str, list[Any]], count: int) -> list[Any]:
    """Whole scenes from languages in proportion to what they have."""
    codes = draws.choices(list(sources), weights=[len(lines) for lines in sources.values()], k=count)
    starts = [(code, draws.randrange(len(sources[code]) // SCENE) * SCENE) for code in codes]
    return [line for code, start in starts for line in sources[code][start : start + SCENE]]


def join(first: list[int], second: list[int]) -> list[int]:
    """Two encoded sentences as one pair: <s> A </s> </s> B </s>."""
    return [*first, first[-1], *second[1:]]


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


@torch.no_grad()
def alignment(encoder: XLMRobertaModel, tokenizer: Tokenizer, device: torch.device) -> dict[str, dict[str, float]]:
    """How often the nearest neighbour across languages is the translation, over sentences that training never saw."""
    encoder.eval()
    vectors = {}
    for code in pocket.LANGUAGES:
        lines = [row["first"] for row in pocket.rows("paws", code, "dev")][::2]
        ids_BL = pad(encode(tokenizer, lines), device)
        vectors[code] = dict(zip(("first", "mean"), pooled(hidden(encoder, ids_BL), ids_BL), strict=True))
    encoder.train()
    others = [code for code in vectors if code != pocket.PIVOT]
    return {
        code: {way: nearest(vectors[pocket.PIVOT][way], vectors[code][way]) for way in ("first", "mean")}
        for code in others
    }


def nearest(first_BD: Tensor, second_BD: Tensor) -> float:
    scores_BB = first_BD @ second_BD.T
    labels_B = torch.arange(len(scores_BB), device=scores_BB.device)
    right = (scores_BB.argmax(0) == labels_B).float().mean() + (scores_BB.argmax(1) == labels_B).float().mean()
    return round(float(right) / 2, 3)


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
    """Of each scene two sentences one by one and two joined, so that neither form is strange to the encoder."""
    parts = [[one, other, join(third, last)] for one, other, third, last in batched(lines, SCENE)]
    return [line for part in parts for line in part]


def batched(lines: list[list[int]], size: int) -> Iterator[list[list[int]]]:
    return (lines[start : start + size] for start in range(0, len(lines), size))


def halves(pairs: Sequence[tuple[list[int], list[int]]]) -> list[list[int]]:
    """The first sides, then the second ones."""
    return [first for first, _ in pairs] + [second for _, second in pairs]


def closeness(sides: Seen, recipe: Recipe) -> Tensor:
    return (contrast(sides.first, recipe.temperature) + contrast(sides.mean, recipe.temperature)) / 2


def train(encoder: XLMRobertaModel, corpus: Corpus, recipe: Recipe, tokenizer: Tokenizer) -> Iterator[dict[str, Any]]:
    """Trains in place and yields the log."""
    draws, head = random.Random(recipe.seed), Head(encoder).to(encoder.device)
    parameters = [*encoder.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(
        parameters, recipe.learning_rate, weight_decay=recipe.decay, betas=(0.9, 0.98), fused=True
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.learning_rate, recipe.steps, pct_start=recipe.warmup, cycle_momentum=False
    )
    begun, every = time.monotonic(), max(recipe.steps // recipe.checks, 1)
    for step in range(recipe.steps + 1):
        found = losses(encoder, head, corpus, recipe, draws, step)
        if step % every == 0 or step == recipe.steps:
            aligned = alignment(encoder, tokenizer, encoder.device)
            values = {name: round(loss.item(), 3) for name, loss in found.items()}
            yield {"step": step, "seconds": round(time.monotonic() - begun), **values, "retrieval": aligned}
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
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    names = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), SPECIAL, strict=True))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": 512,
        "model_input_names": ["input_ids", "attention_mask"],
        **names,
        "cls_token": START,
        "sep_token": END,
        "mask_token": MASK,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n")
    (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def summary(entry: dict[str, Any]) -> str:
    """One line of the log: the losses, and how well the first token finds translations."""
    found = " ".join(f"{code[:5]} {values['first']:.2f}" for code, values in entry["retrieval"].items())
    numbers = " ".join(f"{name} {entry[name]:.2f}" for name in ("mlm", "tlm", "contrast") if name in entry)
    return f"{entry['step']:6} {entry['seconds']:5}s {numbers} | {found}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=pocket.ENCODER)
    parser.add_argument("--threads", type=int, default=1)
    for field in dataclasses.fields(Recipe):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    chosen = vars(parser.parse_args())
    folder, threads = chosen.pop("out"), chosen.pop("threads")
    recipe = Recipe(**chosen)
    torch.set_num_threads(threads)
    torch.manual_seed(recipe.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = train_tokenizer(recipe)
    recipe = dataclasses.replace(recipe, vocabulary=tokenizer.get_vocab_size())
    corpus, encoder = read(tokenizer, recipe), build(recipe).to(device)
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


if __name__ == "__main__":
    main()
