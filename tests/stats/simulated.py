"""Outcome rows as a study has them, written by hand or simulated from known effects."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars

from crosswind.stats.estimates import Treatment
from crosswind.stats.grids import Axes
from crosswind.stats.tallies import Block, Tally

A, B = Treatment("a"), Treatment("b")


def rows(*own: Mapping[str, Any]) -> polars.DataFrame:
    """Outcome rows; what a row does not say is that of a plain right answer on clean text."""
    plain = {
        "arm": "a",
        "sequence": "",
        "target": "task",
        "seed": 1,
        "language": "x",
        "condition": "clean",
        "severity": 0,
        "draw": 0,
        "example": "0",
        "answer": "yes",
        "collided": False,
        "n": 1.0,
    }
    found = [plain | {"right": float(row.get("answer", "yes") == "yes")} | row for row in own]
    return polars.DataFrame([{"cluster": row["example"]} | row for row in found])


def answers(told: Mapping[tuple[Any, ...], str], names: Sequence[str]) -> polars.DataFrame:
    """Rows from strings of answers, one letter an item: `y` is right. Keys are the values of `names`."""
    return rows(
        *(
            dict(zip(names, key, strict=True)) | {"example": str(place), "answer": "yes" if letter == "y" else letter}
            for key, letters in told.items()
            for place, letter in enumerate(letters)
        )
    )


def study(
    right_ARLCI: Any,
    *,
    languages: Sequence[str] = (),
    seeds: Mapping[str, Sequence[int]] | None = None,
    hypotheses: int = 1,
) -> polars.DataFrame:
    """Rows from an array of scores of items: arms a, b, ..., seeds, languages, and conditions of which 0 is clean."""
    scores = np.asarray(right_ARLCI, float)
    index = np.indices(scores.shape).reshape(5, -1)
    arm, run, language, condition, item = index
    names = np.array([chr(97 + place) for place in range(scores.shape[0])])
    codes = np.array(languages or [f"l{place}" for place in range(scores.shape[2])])
    kinds = np.array(["clean", *(f"k{place}" for place in range(1, scores.shape[3]))])
    table = (seeds or {}).get
    runs = np.array([table(name, range(1, scores.shape[1] + 1)) for name in names])
    return polars.DataFrame(
        {
            "arm": names[arm],
            "sequence": "",
            "target": "task",
            "seed": runs[arm, run],
            "language": codes[language],
            "condition": kinds[condition],
            "severity": (condition > 0).astype(int),
            "draw": (condition > 0).astype(int),
            "example": item.astype(str),
            "cluster": (item // hypotheses).astype(str),
            "answer": np.where(scores.reshape(-1) > 0, "yes", "no"),
            "collided": False,
            "right": scores.reshape(-1),
            "n": 1.0,
        }
    )


def tallied(right_ARLCI: Any) -> Tally:
    """The tally of the same array at once, every item a cluster."""
    scores = np.asarray(right_ARLCI, float)
    arms, runs, languages, conditions, count = scores.shape
    axes = Axes(
        tuple(Treatment(chr(97 + place)) for place in range(arms)),
        tuple(range(1, runs + 1)),
        tuple(f"l{place}" for place in range(languages)),
        tuple(f"k{place}" for place in range(1, conditions)),
        *((1,), (1,)),
    )
    over_IN = scores.reshape(-1, count).T
    places = np.arange(over_IN.shape[1])
    block = Block(np.arange(count), places, over_IN, np.ones((count, 1)), np.zeros_like(places))
    return Tally("task", "task", 0.0, axes, tuple(f"{place:06}" for place in range(count)), (block,))
