"""Should waiting OpenMP threads spin or sleep, and is a second core better spent on a thread or on a second worker?"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from crosswind.machine import WAIT_POLICY, cores

POLICIES = {"active (OpenMP's default)": {}, "passive": dict(WAIT_POLICY)}
SIZES = {"3x128": 1.0, "6x384": 0.1}  # and the share of the updates that each makes


def child(size: str, threads: int, updates: int, repeats: int) -> None:
    """Train `repeats` encoders when told to; a process of its own, because the policy is read when torch is loaded."""
    import numpy as np
    import torch

    import harness
    from crosswind.objectives.erm import Erm
    from crosswind.recipe import Recipe
    from crosswind.train.journal import Setting
    from crosswind.train.loop import train
    from crosswind.train.rows import plain

    torch.set_num_threads(threads)
    generator = np.random.default_rng(0)
    data = harness.make_features(harness.natural_lengths("mnli", 2000, generator), harness.SIZES[size].vocabulary, 1)

    def once(steps: int) -> None:
        recipe = Recipe(steps=steps, batch=32, selection="last")
        with tempfile.TemporaryDirectory() as folder:
            setting = Setting(folder=Path(folder), pad=harness.PAD)
            train(harness.make_model(harness.SIZES[size]), plain(data), Erm(), recipe, 1, 0, None, setting)

    once(2)
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(repeats):
        once(updates)
    print("done", flush=True)


class Worker:
    """A training process that has started up and waits for the signal."""

    def __init__(self, policy: dict[str, str], size: str, threads: int, updates: int, repeats: int = 1):
        clean = {name: value for name, value in os.environ.items() if name not in WAIT_POLICY}
        command = [sys.executable, __file__, "--child", size, str(threads), str(updates), str(repeats)]
        self.process = subprocess.Popen(
            command, env=clean | policy, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.expect("ready")

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def finish(self) -> None:
        self.expect("done")
        self.process.communicate()

    def expect(self, word: str) -> None:
        assert self.process.stdout is not None
        found = self.process.stdout.readline().strip()
        if found != word:
            raise RuntimeError(f"the training process said {found!r}, expected {word!r}")


def seconds(workers: Sequence[Worker]) -> float:
    began = time.perf_counter()
    for worker in workers:
        worker.go()
    for worker in workers:
        worker.finish()
    return time.perf_counter() - began


@contextlib.contextmanager
def neighbour(busy: bool) -> Iterator[None]:
    """Another process that wants one core for itself."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if busy else None
    try:
        yield
    finally:
        if process:
            process.kill()
            process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--updates", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        size, *numbers = options.child
        child(size, *map(int, numbers))
        return

    raw: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        raw.setdefault(name, []).append(value)
        print(f"  {name}: {value:.2f} s", flush=True)

    for _ in range(options.rounds):
        for size in options.sizes:
            updates = max(2, round(options.updates * SIZES[size]))
            for busy in (False, True):
                for name, policy in POLICIES.items():
                    worker = Worker(policy, size, 2, updates)
                    with neighbour(busy):
                        note(f"{size}, {'busy neighbour' if busy else 'alone'}, {name}", seconds([worker]))
            for name, policy in POLICIES.items():
                two = [Worker(policy, size, 1, updates) for _ in range(2)]
                note(f"{size}, 2 workers x 1 thread, {name}", seconds(two))
                note(f"{size}, 1 worker x 2 threads, {name}", seconds([Worker(policy, size, 2, updates, 2)]))

    import harness

    active, passive = POLICIES

    def row(what: str) -> Sequence[object]:
        one, other = raw[f"{what}, {active}"], raw[f"{what}, {passive}"]
        gain = statistics.median(first / second for first, second in zip(one, other, strict=True))
        return (what, statistics.median(one), statistics.median(other), gain)

    places = [f"{size}, {place}" for size in options.sizes for place in ("alone", "busy neighbour")]
    splits = [
        f"{size}, {split}" for size in options.sizes for split in ("2 workers x 1 thread", "1 worker x 2 threads")
    ]
    header = ("", "active, s", "passive, s", "passive is faster by")
    parts = [
        f"One training on two threads, {cores()} cores, seconds for the same updates; the neighbour is a busy process.",
        harness.table(header, [row(place) for place in places]),
        "Two trainings, in seconds for both: side by side on a thread each, or one after the other on two threads.",
        harness.table(header, [row(split) for split in splits]),
        "`alone` means that the benchmark started no neighbour; the load average says whether the machine had others.",
    ]
    harness.write("wait-policy", "Waiting threads", parts, raw)


if __name__ == "__main__":
    main()
