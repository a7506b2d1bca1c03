"""Fine-tunes Pocket's encoder on the pivot and prints its accuracy in every language: a quick look at a new encoder.

    python tools/pocket_transfer.py --encoder src/crosswind/pocket/encoder --tasks nli paws tags --seeds 1 2

The loop here is a minimum of its own. Results that count come from studies, not from this table.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerBase

from crosswind import pocket

FIELDS = {"nli": ("premise", "hypothesis"), "paws": ("first", "second"), "tags": ("tokens",)}
LABEL_FIELDS = {"nli": "label", "paws": "label", "tags": "tags"}
IGNORED = -100


class Model(NamedTuple):
    """An encoder under a linear layer, for first tokens or for each token."""

    encoder: nn.Module
    head: nn.Module
    tokenizer: PreTrainedTokenizerBase
    task: str
    labels: list[str]


class Settings(NamedTuple):
    rate: float
    epochs: int
    size: int
    seed: int


def encode(model: Model, rows: Sequence[dict[str, Any]]) -> tuple[dict[str, Tensor], Tensor]:
    """Inputs and the indices of their labels, one a row or one a token."""
    words = model.task == "tags"
    columns = [[row[field] for row in rows] for field in FIELDS[model.task]]
    inputs = model.tokenizer(*columns, padding=True, is_split_into_words=words, return_tensors="pt")
    if not words:
        return dict(inputs), torch.tensor([model.labels.index(row["label"]) for row in rows])
    targets = torch.full(inputs["input_ids"].shape, IGNORED)
    for index, row in enumerate(rows):
        places = inputs.word_ids(index)
        for at, word in enumerate(places):
            if word is not None and word != places[at - 1]:
                targets[index, at] = model.labels.index(row["tags"][word])
    return dict(inputs), targets


def scores(model: Model, inputs: dict[str, Tensor]) -> Tensor:
    states = model.encoder(**inputs).last_hidden_state
    logits: Tensor = model.head(states if model.task == "tags" else states[:, 0])
    return logits


def batches(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def tune(model: Model, rows: list[dict[str, Any]], settings: Settings, size: int = 32) -> None:
    """Full tuning with a warm-up of one tenth and linear decay."""
    parameters = [*model.encoder.parameters(), *model.head.parameters()]
    optimizer = torch.optim.AdamW(parameters, settings.rate, weight_decay=0.01, fused=True)
    steps = settings.epochs * -(-len(rows) // size)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.1 * steps), (steps - step) / (0.9 * steps))
    )
    draws = random.Random(settings.seed)
    model.encoder.train()
    for _ in range(settings.epochs):
        for batch in batches(draws.sample(rows, len(rows)), size):
            inputs, targets = encode(model, batch)
            loss = nn.functional.cross_entropy(scores(model, inputs).flatten(0, -2), targets.flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()


@torch.no_grad()
def accuracy(model: Model, rows: list[dict[str, Any]]) -> float:
    model.encoder.eval()
    model.head.eval()
    right = total = 0
    for batch in batches(rows, 64):
        inputs, targets = encode(model, batch)
        counted = targets != IGNORED
        right += int(((scores(model, inputs).argmax(-1) == targets) & counted).sum())
        total += int(counted.sum())
    model.head.train()
    return right / total


def run(folder: Path, task: str, settings: Settings, test: int) -> dict[str, float]:
    """Accuracy by language after tuning on the pivot."""
    torch.manual_seed(settings.seed)
    rows = list(pocket.rows(task, pocket.PIVOT, "train", settings.size))
    found = [row[LABEL_FIELDS[task]] for row in rows]
    labels = sorted({label for labels in found for label in ([labels] if isinstance(labels, str) else labels)})
    encoder = AutoModel.from_pretrained(
        folder, add_pooling_layer=False, dtype=torch.float32, attn_implementation="eager"
    )
    head = nn.Sequential(nn.Dropout(0.1), nn.Linear(encoder.config.hidden_size, len(labels)))
    model = Model(encoder, head, AutoTokenizer.from_pretrained(folder), task, labels)
    tune(model, rows, settings)
    return {code: accuracy(model, list(pocket.rows(task, code, "test", test))) for code in pocket.LANGUAGES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, default=pocket.ENCODER)
    parser.add_argument("--tasks", nargs="+", default=list(pocket.SIZES), choices=list(pocket.SIZES))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--size", type=int, default=8000)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--test", type=int, default=500)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    print("task  seed " + " ".join(f"{code[:6]:>6}" for code in pocket.LANGUAGES), flush=True)
    for task in chosen.tasks:
        for seed in chosen.seeds:
            found = run(chosen.encoder, task, Settings(chosen.rate, chosen.epochs, chosen.size, seed), chosen.test)
            print(f"{task:5} {seed:4} " + " ".join(f"{value:6.3f}" for value in found.values()), flush=True)


if __name__ == "__main__":
    main()
