"""Every objective with every method, format of task and encoder family, trained for three updates on tiny models.

What is asked of a cell stands in tests/methods/matrix.py; a part that covers all pairs runs in every `make test`.
"""

import statistics
import tempfile
import time
from collections import defaultdict
from functools import cache
from pathlib import Path

import torch
from tests.methods.matrix import Cell, cells, few, refusal, run
from tests.tiny import make_encoder

import harness
from crosswind.stages import label

SHOWN = 20


def main() -> None:
    torch.set_num_threads(1)
    failed: list[tuple[str, str]] = []
    refused: dict[str, int] = defaultdict(int)
    seconds: dict[str, float] = {}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)

        @cache
        def tiny_encoder(family: str) -> Path:
            return make_encoder(family, folder / family)

        for number, cell in enumerate(cells()):
            if reason := refusal(cell):
                refused[reason] += 1
                continue
            start = time.process_time()
            try:
                run(cell, tiny_encoder, folder / str(number))
            except Exception as error:  # noqa: BLE001  the whole is told, not the first that fails
                failed.append((called(cell), f"{type(error).__name__}: {error}"))
                print(*failed[-1], flush=True)
            seconds[called(cell)] = time.process_time() - start
    report(failed, refused, seconds, time.perf_counter() - began)
    raise SystemExit(bool(failed))


def report(failed: list[tuple[str, str]], refused: dict[str, int], seconds: dict[str, float], wall: float) -> None:
    """How many cells there are, how they went and how long they took."""
    spent = sorted(seconds.values())
    told = (
        f"{len(seconds) + sum(refused.values())} cells: {len(seconds) - len(failed)} trained, {len(failed)} failed, "
        f"{sum(refused.values())} refused at planning. A cell took {statistics.median(spent):.3f} s of processor time "
        f"(median; {spent[int(0.95 * len(spent))]:.3f} s at 95 %), all of them {sum(spent):.0f} s, or {wall:.0f} s by "
        f"the clock. The part that runs in every `make test` has {len(few())} cells."
    )
    why = harness.table(("refused because", "cells"), list(refused.items()))
    rows = [
        (axis, level, len(times), statistics.median(times))
        for place, axis in enumerate(("objective", "method", "format", "family"))
        for level, times in grouped(seconds, place).items()
    ]
    parts = [told, why, harness.table(("axis", "level", "cells trained", "median seconds"), rows)]
    if failed:
        parts.append(harness.table(("failed", "because"), failed[:SHOWN]))
    raw = {"failed": failed, "refused": refused, "rows": rows}  # of the cells themselves there are thousands
    harness.write("matrix", "Every objective with every method", parts, raw)


def grouped(seconds: dict[str, float], place: int) -> dict[str, list[float]]:
    """The times of the cells by one of their levels."""
    found: dict[str, list[float]] = defaultdict(list)
    for name, value in seconds.items():
        found[name.split(" | ")[place]].append(value)
    return found


def called(cell: Cell) -> str:
    return " | ".join((label(cell.objective), label(cell.method), cell.form, cell.family))


if __name__ == "__main__":
    main()
