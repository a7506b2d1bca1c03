"""What the benchmarks share: models, data of realistic length, taking turns, and writing a result down."""

import datetime
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import XLMRobertaConfig, XLMRobertaModel

from crosswind.formats.base import Feature
from crosswind.formats.subwords import Tokens
from crosswind.machine import cores
from crosswind.methods.full import Full
from crosswind.models.backbone import Encoder
from crosswind.models.heads import ClassifyHead
from crosswind.models.model import Model

RESULTS = Path(__file__).parent / "results"
PAD, LONGEST, NUM_LABELS, DROPOUT = 1, 128, 3, 0.1
FIRST_WORD, MARKERS_PER_LABEL, MARKER_COPIES = 20, 4, 3

# Pairs of sentences as XLM-R sub-words, special tokens included, drawn as log-normal. `mnli` is what the training pairs
# of MNLI have: mean about 39, standard deviation about 21 (quoted, not measured here). `xnli` is narrower: the ratio of
# deviation and mean that 3,709 Hindi and 658 German pairs of XNLI's test set have in characters (0.34, 0.31).
MEAN_LENGTH = 39.0
SPREADS = {"mnli": 21.0, "xnli": 13.0}


@dataclass(frozen=True, slots=True)
class Size:
    layers: int
    width: int
    vocabulary: int

    def __str__(self) -> str:
        return f"{self.layers}x{self.width}"


SIZES = {str(size): size for size in (Size(3, 128, 8000), Size(6, 384, 8000))}


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement of one side."""

    wall: float
    cpu: float
    tokens: int = 0
    loss: float = float("nan")


def make_model(size: Size, seed: int = 1, dropout: float = DROPOUT) -> Model:
    config = XLMRobertaConfig(
        vocab_size=size.vocabulary,
        hidden_size=size.width,
        num_hidden_layers=size.layers,
        num_attention_heads=size.width // 32,
        intermediate_size=4 * size.width,
        max_position_embeddings=LONGEST + 2,
        type_vocab_size=1,
        pad_token_id=PAD,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
    )
    torch.manual_seed(seed)
    encoder = Encoder(XLMRobertaModel(config, add_pooling_layer=False), config)
    Full().attach(encoder)
    head = ClassifyHead(size.width, NUM_LABELS, dropout, torch.Generator().manual_seed(seed))
    return Model(encoder, head, Full())


def natural_lengths(spread: str, count: int, generator: np.random.Generator) -> list[int]:
    """Lengths as pairs of sentences have them."""
    variance = np.log(1 + (SPREADS[spread] / MEAN_LENGTH) ** 2)
    drawn = np.exp(generator.normal(np.log(MEAN_LENGTH) - variance / 2, np.sqrt(variance), count))
    lengths: list[int] = np.clip(drawn.round(), 8, LONGEST).astype(int).tolist()
    return lengths


def make_features(lengths: Sequence[int], vocabulary: int, seed: int) -> list[Feature]:
    """A task that a small network learns: a few copies of one of the label's own words stand somewhere among others."""
    generator = np.random.default_rng(seed)
    found = []
    for number, length in enumerate(lengths):
        answer = int(generator.integers(NUM_LABELS))
        ids = generator.integers(FIRST_WORD, vocabulary, length)
        marker = 5 + answer * MARKERS_PER_LABEL + int(generator.integers(MARKERS_PER_LABEL))
        ids[generator.choice(np.arange(1, length - 1), MARKER_COPIES, replace=False)] = marker
        ids[0], ids[-1] = 0, 2
        found.append(Feature(number, (Tokens(tuple(ids.tolist()), (0,) * length),), answer))
    return found


def timed(work: Callable[[], Any]) -> tuple[Run, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    value = work()
    return Run(time.perf_counter() - wall, time.process_time() - cpu), value


def in_turn(sides: Mapping[str, Callable[[int], Run]], rounds: int) -> dict[str, list[Run]]:
    """Every side once per round, in an order that turns, so that none always comes first."""
    found: dict[str, list[Run]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            found[name].append(sides[name](number))
            print(f"  round {number + 1} {name}: {found[name][-1].wall:.2f} s", flush=True)
    return found


def ratio(over: Sequence[Run], under: Sequence[Run], clock: str = "wall") -> float:
    """The median over rounds of how many times longer `over` took."""
    pairs = zip(over, under, strict=True)
    return float(statistics.median(getattr(one, clock) / getattr(other, clock) for one, other in pairs))


def median(runs: Sequence[Run], field: str) -> float:
    return float(statistics.median(getattr(run, field) for run in runs))


def machine() -> str:
    """The machine in a file name."""
    short = {"x86_64": "x86", "AMD64": "x86", "aarch64": "arm", "arm64": "arm"}
    return f"{cores()}core-{short.get(platform.machine(), platform.machine())}"


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    cells = [[spell(cell) for cell in row] for row in rows]
    lines = [header, ["---"] * len(header), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def spell(cell: object) -> str:
    return (
        f"{cell:.3g}"
        if isinstance(cell, float) and abs(cell) < 1000
        else f"{cell:,.0f}"
        if isinstance(cell, float)
        else str(cell)
    )


def write(name: str, title: str, parts: Sequence[str], raw: Any) -> None:
    """Print a result and keep it, with the machine it was measured on."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    load = os.getloadavg()[1] if hasattr(os, "getloadavg") else float("nan")
    place = (
        f"{today}, {cores()} cores of {processor()}, {platform.system()}, Python {platform.python_version()}, "
        f"torch {torch.__version__}, load average at the end {load:.1f}"
    )
    text = "\n\n".join([f"# {title}", place, *parts]) + "\n"
    RESULTS.mkdir(exist_ok=True)
    stem = f"{today}-{machine()}-{name}"
    (RESULTS / f"{stem}.md").write_text(text, encoding="utf-8")
    (RESULTS / f"{stem}.json").write_text(json.dumps({"where": place, "raw": raw}, indent=1) + "\n", encoding="utf-8")
    print(f"\n{text}\nwritten to {RESULTS / stem}.md and .json")
