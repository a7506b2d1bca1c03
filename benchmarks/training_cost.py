"""What an update costs under each objective beside plain training, and under each method beside full fine-tuning.

Time is the median over rounds of the ratio to the plain updates made just before and just after, so a busy machine
weighs on both. Memory is what the forward passes keep for the backward ones, counted and not sampled; on a GPU, the
most that was allocated. `expected` are the passes that the definitions ask for, in plain updates: a forward pass is
one unit, a backward pass through everything two, one through the activations alone one.

    python benchmarks/training_cost.py
    python benchmarks/training_cost.py --size xlm-r-base --device cuda --batch 32 --rounds 10
"""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import torch
from transformers import XLMRobertaConfig, XLMRobertaModel

import harness
from crosswind import catalog, pocket
from crosswind.methods.base import Method
from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.full import Full
from crosswind.methods.handover import set_aside
from crosswind.methods.lora import Lora
from crosswind.models.backbone import Encoder, load_encoder, local
from crosswind.models.batch import Batch, collate
from crosswind.models.heads import HEADS
from crosswind.models.model import Model
from crosswind.objectives.base import Objective, Step
from crosswind.objectives.erm import Erm
from crosswind.recipe import Recipe
from crosswind.stages import label
from crosswind.train.optimizer import make_optimizer
from saved import saved

WITHIN = 0.15
XLM_R_BASE = {
    "vocab_size": 250_002,
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "max_position_embeddings": 514,
    "type_vocab_size": 1,
}


@dataclass(frozen=True, slots=True)
class Split:
    """What a forward pass, and a backward pass through the activations alone, cost in plain updates."""

    forward: float
    down: float


COUNTED = Split(1 / 3, 1 / 3)


@dataclass(frozen=True, slots=True)
class Passes:
    """What an update is made of: whole plain updates, and further forward passes and backward ones without weights."""

    whole: int
    forward: int = 0
    down: int = 0

    def at(self, split: Split) -> float:
        """Its length in plain updates."""
        return self.whole + self.forward * split.forward + self.down * split.down


OBJECTIVES: Mapping[str, Passes] = {
    "erm": Passes(1),
    "noise": Passes(1),
    "fgm": Passes(2),
    "pgd": Passes(2, 2, 2),  # three ascents, the first along the slope that the clean pass gives anyway
    "freelb": Passes(3),
    "smoothness": Passes(2, 1, 1),
    "r3f": Passes(2),
    "rdrop": Passes(2),
    "consistency": Passes(2),
    "sam": Passes(2),
}
METHODS: Mapping[str, Passes] = {"full": Passes(1), "head": Passes(0, 1)} | dict.fromkeys(
    ("bitfit", "bottleneck", "fusion", "language-adapter", "madx", "lora", "peft"), Passes(0, 1, 1)
)
MORE: tuple[Method, ...] = (
    Bottleneck(placement="houlsby"),
    Lora(dropout=0.0),
    Lora(targets="all-linear"),
    Lora(targets="all-linear", dropout=0.0),
    Lora(variant="dora"),
)
WHY = """`expected` counts a forward pass as a third of a plain update and each half of a backward pass as another.
`by the split` takes what they cost here: dropout draws, softmax and normalisation make a forward pass dearer than the
products that are counted, and the optimiser has next to nothing to do where a method trains little. What a method stays
above that is what it adds to every product: two thin matrices for LoRA, and above all the dropout of what they read, as
the rows without it show. Pocket is 128 wide; one of 768 feels the same rank a sixth as much."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One side: how many plain updates long it is, how spread that was, and how many times the bytes it keeps."""

    name: str
    expected: float
    split: float
    time: float
    low: float
    high: float
    memory: float
    trained: int

    @property
    def verdict(self) -> str:
        if abs(self.time / self.expected - 1) <= WITHIN:
            return "within 15 %"
        return f"{self.time / self.expected - 1:+.0%}, by the split {self.time / self.split - 1:+.0%}".replace(
            "%", " %"
        )


class Side:
    """A model that is trained by an objective, update by update, as the loop does it."""

    def __init__(self, method: Method, objective: Objective, options: argparse.Namespace, batch: Batch):
        self.method, self.objective, self.batch = method, objective, batch
        encoder = encoder_of(options)
        for earlier in (Bottleneck(), Bottleneck(reduction=8)) if method.learns == "fusion" else ():
            earlier.attach(encoder)
            set_aside(encoder)
        method.attach(encoder)
        method.draw(encoder, 1)
        head = HEADS["classify"](encoder.width, harness.NUM_LABELS, 0.1, torch.Generator().manual_seed(1))
        self.model = Model(encoder, head, method, options.precision).to(options.device).train()
        self.learned = [tensor for _, tensor in self.model.learned()]
        self.optimizer = make_optimizer(self.model, Recipe(learning_rate=1e-4))
        self.updates = 0

    def update(self) -> None:
        """One update; the checks of the loop included, which wait for a GPU."""
        self.updates += 1
        outcome = self.objective.update(self.model, [self.batch], Step(self.updates, 1.0))
        norm = torch.nn.utils.clip_grad_norm_(self.learned, 1.0)
        assert np.isfinite(float(outcome.loss) + float(norm))
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def memory(self) -> int:
        """The most bytes that an update keeps, or on a GPU has allocated."""
        if self.batch.ids_RL.is_cuda:
            torch.cuda.reset_peak_memory_stats()
            self.update()
            return torch.cuda.max_memory_allocated()
        with saved([*self.model.parameters(), *self.model.buffers()]) as found:
            self.update()
        return found.peak


def encoder_of(options: argparse.Namespace) -> Encoder:
    """Pocket's encoder, or a random one of the size of XLM-R base; dropout as in training."""
    if options.size == "pocket":
        return load_encoder(local(pocket.ENCODER), 0.1)
    config = XLMRobertaConfig(**XLM_R_BASE, pad_token_id=harness.PAD)
    torch.manual_seed(1)
    return Encoder(XLMRobertaModel(config, add_pooling_layer=False), config)


def batch_of(options: argparse.Namespace) -> Batch:
    """Pairs of sentences of the lengths that training pairs have, sorted by length as buckets do."""
    lengths = sorted(harness.natural_lengths("mnli", options.batch * 8, np.random.default_rng(0)))
    middle = lengths[options.batch * 4 : options.batch * 5]
    return collate(harness.make_features(middle, 4000, 1), harness.PAD).to(torch.device(options.device))


def seconds(work: Callable[[], object], on_gpu: bool) -> float:
    """How long something takes: processor time, which leaves out what others took; a GPU shows in wall time alone."""
    clock = time.perf_counter if on_gpu else time.process_time
    if on_gpu:
        torch.cuda.synchronize()
    began = clock()
    work()
    if on_gpu:
        torch.cuda.synchronize()
    return clock() - began


def ratios(work: Callable[[], object], plain: Side, rounds: int) -> list[float]:
    """How many times as long as the plain updates before and after it something takes, round after round, sorted."""
    on_gpu = plain.batch.ids_RL.is_cuda
    for each in (plain.update, work):
        each()
    before, found = seconds(plain.update, on_gpu), []
    for _ in range(rounds):
        own = seconds(work, on_gpu)
        after = seconds(plain.update, on_gpu)
        found.append(2 * own / (before + after))
        before = after
    return sorted(found)


def measured(side: Side, plain: Side, made_of: Passes, split: Split, rounds: int) -> Cost:
    """A side beside the plain one."""
    low, middle, high = statistics.quantiles(ratios(side.update, plain, rounds), n=4)
    told = side.objective if isinstance(side.method, Full) else side.method
    trained = sum(tensor.numel() for tensor in side.learned)
    memory = side.memory() / plain.memory()
    cost = Cost(label(told), made_of.at(COUNTED), made_of.at(split), middle, low, high, memory, trained)
    print(f"  {cost.name}: {cost.time:.2f}, expected {cost.expected:.2f}, memory {cost.memory:.2f}", flush=True)
    return cost


def split_of(plain: Side, rounds: int) -> Split:
    """A forward pass, and one with a backward pass to the embeddings that no weight learns from."""
    model, batch = plain.model, plain.batch
    states = model.embed(batch).detach()

    def forward() -> None:
        with torch.no_grad():
            model.loss(batch)

    def both() -> None:
        at = torch.zeros_like(states, requires_grad=True)
        torch.autograd.grad(model.loss(batch, states + at), at)

    one, other = (statistics.median(ratios(work, plain, rounds)) for work in (forward, both))
    return Split(one, other - one)


def objectives(plain: Side, split: Split, options: argparse.Namespace) -> list[Cost]:
    """Every objective of the catalogue under full fine-tuning."""
    sides = (Side(Full(), catalog.load("objectives", name)(), options, plain.batch) for name in OBJECTIVES)
    expected = OBJECTIVES.values()
    return [measured(side, plain, each, split, options.rounds) for side, each in zip(sides, expected, strict=True)]


def methods(plain: Side, split: Split, options: argparse.Namespace) -> list[Cost]:
    """Every method of the catalogue under plain training."""
    found: list[Method] = [catalog.load("methods", name)() for name in METHODS if name != "full"]
    kinds = [(each, METHODS[each.payload["kind"]]) for each in [*found, *MORE]]
    return [
        measured(Side(method, Erm(), options, plain.batch), plain, each, split, options.rounds)
        for method, each in kinds
    ]


def table(what: str, costs: list[Cost]) -> str:
    rows = [
        (
            cost.name,
            f"{cost.expected:.2f}",
            f"{cost.split:.2f}",
            f"{cost.time:.2f} ({cost.low:.2f} to {cost.high:.2f})",
            cost.verdict,
            f"{cost.memory:.2f}",
            f"{cost.trained:,}",
        )
        for cost in costs
    ]
    header = (what, "expected", "by the split", "time (quartiles)", "off", "memory", "numbers trained")
    return harness.table(header, rows)


def refuse_gaps() -> None:
    """Say which entries of the catalogue have no expectation."""
    known = {"objectives": OBJECTIVES, "methods": METHODS}
    missing = [name for family, told in known.items() for name in catalog.FAMILIES[family] if name not in told]
    if missing:
        raise SystemExit(f"say in this file how many passes {', '.join(missing)} should make")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=["pocket", "xlm-r-base"], default="pocket")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    refuse_gaps()
    batch = batch_of(options)
    plain = Side(Full(), Erm(), options, batch)
    split = split_of(plain, options.rounds)
    told = (
        f"Encoder {options.size}, {options.precision}, on {options.device}, {options.threads} thread, a batch of "
        f"{options.batch} pairs of {batch.ids_RL.shape[1]} sub-words, {options.rounds} rounds. Everything in units of "
        "the same update under erm and full; a method's optimiser keeps twice what it trains besides. Here a forward "
        f"pass takes {split.forward:.2f}, a backward pass through the activations alone {split.down:.2f}."
    )
    found = {"objective": objectives(plain, split, options), "method": methods(plain, split, options)}
    parts = [told, *(table(what, costs) for what, costs in found.items()), WHY]
    raw = {what: [asdict(cost) for cost in costs] for what, costs in found.items()}
    harness.write(f"training-cost-{options.size}-{options.device}", "What an update costs", parts, raw)


if __name__ == "__main__":
    main()
