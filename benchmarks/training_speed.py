"""The training loop beside transformers.Trainer and a bare PyTorch loop: same encoder, data, batch and precision."""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from torch import Tensor, nn

import harness
from crosswind.formats.base import Feature
from crosswind.models.batch import collate
from crosswind.models.model import Model
from crosswind.objectives.erm import Erm
from crosswind.recipe import Recipe
from crosswind.train.journal import Setting
from crosswind.train.loop import train
from crosswind.train.rows import plain
from harness import (
    LONGEST,
    PAD,
    SIZES,
    SPREADS,
    Run,
    Size,
    in_turn,
    make_features,
    make_model,
    median,
    natural_lengths,
    ratio,
)

BATCH, RATE, FIXED_LENGTH = 32, 2e-3, 48
ENOUGH_TO_LEARN = 60
Sides = dict[str, Callable[[int], Run]]


class Plain(nn.Module):
    """The same encoder and head as transformers.Trainer wants them: named tensors in, a loss out."""

    def __init__(self, model: Model):
        super().__init__()
        self.network: nn.Module = model.encoder.network
        self.scores: Any = model.head.scores

    def forward(self, input_ids: Tensor, attention_mask: Tensor, labels: Tensor) -> dict[str, Tensor]:
        hidden = self.network(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        logits = self.scores(hidden[:, 0])
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}


def held_out_loss(model: Model, data: list[Feature]) -> float:
    model.eval()
    with torch.inference_mode():
        losses = [float(model.loss(collate(data[first : first + 50], PAD))) for first in range(0, len(data), 50)]
    return float(np.mean(losses))


def ours(
    size: Size, data: list[Feature], held_out: list[Feature], updates: int, precision: str
) -> Callable[[int], Run]:
    def once(number: int) -> Run:
        model = make_model(size, number)
        model.precision = precision
        recipe = Recipe.model_validate(
            {"steps": updates, "batch": BATCH, "learning_rate": RATE, "selection": "last", "precision": precision}
        )
        with tempfile.TemporaryDirectory() as folder:
            setting = Setting(folder=Path(folder), pad=PAD)
            run, progress = harness.timed(lambda: train(model, plain(data), Erm(), recipe, number, 0, None, setting))
        return replace(run, tokens=progress.tokens, loss=held_out_loss(model, held_out))

    return once


def trainer(
    size: Size, data: list[Feature], held_out: list[Feature], updates: int, precision: str, sampling: str
) -> Callable[[int], Run]:
    """transformers.Trainer with its default batches, or with its own grouping by length."""
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(WordLevel({"<s>": 0, "<pad>": PAD, "</s>": 2})), pad_token="<pad>"
    )
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    rows = [{"input_ids": list(each.rows[0].ids), "label": each.target} for each in data]

    def once(number: int) -> Run:
        model = make_model(size, number)
        counted: list[int] = []
        pad = transformers.DataCollatorWithPadding(tokenizer)

        def collator(features: Any) -> Any:
            counted.append(sum(len(each["input_ids"]) for each in features))
            return pad(features)

        with tempfile.TemporaryDirectory() as folder:
            arguments = transformers.TrainingArguments(
                folder,
                max_steps=updates,
                per_device_train_batch_size=BATCH,
                learning_rate=RATE,
                warmup_steps=round(0.1 * updates),
                lr_scheduler_type="linear",
                weight_decay=0.0,
                max_grad_norm=1.0,
                seed=number + 1,
                use_cpu=True,
                bf16=precision == "bf16",
                train_sampling_strategy=sampling,
                save_strategy="no",
                report_to="none",
                disable_tqdm=True,
                logging_strategy="no",
                dataloader_pin_memory=False,
            )
            made = transformers.Trainer(Plain(model), arguments, data_collator=collator, train_dataset=rows)
            run, _ = harness.timed(made.train)
        tokens = sum(counted[:updates])  # one more batch is fetched ahead and never used
        return replace(run, tokens=tokens, loss=held_out_loss(model, held_out))

    return once


def bare(size: Size, data: list[Feature], held_out: list[Feature], updates: int) -> Callable[[int], Run]:
    """What one would write in a notebook: tensors in memory, AdamW, clipping."""
    ids, labels = torch.tensor([each.rows[0].ids for each in data]), torch.tensor([each.target for each in data])

    def once(number: int) -> Run:
        model = make_model(size, number)
        plain = Plain(model)

        def loop() -> None:
            optimizer = torch.optim.AdamW(plain.parameters(), lr=RATE, weight_decay=0.0, fused=True)
            plain.train()
            for update in range(updates):
                if update * BATCH % len(ids) == 0:
                    order = torch.randperm(len(ids))
                part = order[update * BATCH % len(ids) :][:BATCH]
                plain(ids[part], torch.ones_like(ids[part]), labels[part])["loss"].backward()
                torch.nn.utils.clip_grad_norm_(plain.parameters(), 1.0)
                optimizer.step()
                optimizer.zero_grad()

        run, _ = harness.timed(loop)
        return replace(run, tokens=updates * BATCH * ids.shape[1], loss=held_out_loss(model, held_out))

    return once


def spread(size: Size, updates: int, precision: str, lengths: str) -> Sides:
    """Examples as long as pairs of sentences are."""
    generator = np.random.default_rng(0)
    data = make_features(natural_lengths(lengths, 4000, generator), size.vocabulary, 1)
    held_out = make_features(natural_lengths(lengths, 600, generator), size.vocabulary, 2)
    return {
        "crosswind": ours(size, data, held_out, updates, precision),
        "Trainer": trainer(size, data, held_out, updates, precision, "random"),
        "Trainer, grouped by length": trainer(size, data, held_out, updates, precision, "group_by_length"),
    }


def fixed(size: Size, updates: int, precision: str, lengths: str) -> Sides:  # noqa: ARG001
    """Examples that are all equally long: nothing to gain but the loop's own overhead."""
    data = make_features([FIXED_LENGTH] * 4000, size.vocabulary, 1)
    held_out = make_features([FIXED_LENGTH] * 600, size.vocabulary, 2)
    return {
        "crosswind": ours(size, data, held_out, updates, precision),
        "Trainer": trainer(size, data, held_out, updates, precision, "random"),
        "bare loop": bare(size, data, held_out, updates),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--data", nargs="+", choices=[*SPREADS, "fixed"], default=[*SPREADS, "fixed"])
    parser.add_argument("--updates", type=int, default=80, help="of the small encoder; a larger one makes a tenth")
    parser.add_argument("--rounds", type=int, default=3, help="one seed each")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()

    for size in map(SIZES.__getitem__, options.sizes):
        updates = options.updates if size.width <= 128 else max(8, options.updates // 10)
        rows, raw = [], {}
        for data in options.data:
            make = fixed if data == "fixed" else spread
            print(f"{data} {size}, {updates} updates", flush=True)
            for side in make(size, 3, options.precision, data).values():
                side(0)  # warm up
            found = in_turn(make(size, updates, options.precision, data), options.rounds)
            raw[data] = {side: [asdict(run) for run in runs] for side, runs in found.items()}
            rows += [(data, *line) for line in compared(found, updates)]
        told = (
            f"Encoder {size}, {options.precision}, {options.threads} thread, {updates} updates of {BATCH} examples. "
            "Tokens are useful ones: padding is not counted. Lengths are log-normal with mean "
            f"{harness.MEAN_LENGTH:.0f} and sd {SPREADS['mnli']:.0f} (mnli) or {SPREADS['xnli']:.0f} (xnli), cut at "
            f"{LONGEST}, or all {FIXED_LENGTH} (fixed). A loss of 1.099 is chance."
        )
        harness.write(
            f"training-speed-{size}-{options.precision}",
            "Speed of the training loop",
            [told, harness.table(HEADER, rows)],
            raw,
        )


HEADER = (
    *("data", "loop", "tokens/s (wall)", "tokens/s (CPU)", "crosswind is faster by (wall)", "(CPU)"),
    "held-out loss by seed",
)


def compared(found: dict[str, list[Run]], updates: int) -> list[tuple[object, ...]]:
    """One line per side: its speed, and how much faster crosswind was in the same rounds."""
    pace = {
        side: [replace(run, wall=run.wall / run.tokens, cpu=run.cpu / run.tokens) for run in runs]
        for side, runs in found.items()
    }
    return [
        (
            side,
            1 / median(pace[side], "wall"),
            1 / median(pace[side], "cpu"),
            ratio(pace[side], pace["crosswind"]),
            ratio(pace[side], pace["crosswind"], "cpu"),
            " ".join(f"{run.loss:.3f}" for run in runs) if updates >= ENOUGH_TO_LEARN else "-",
        )
        for side, runs in found.items()
    ]


if __name__ == "__main__":
    main()
