"""Pocket, the laboratory that ships with crosswind: constructed languages over one world, tasks, and a small encoder.

Its languages are built, not natural; no result on them says anything about a natural language by itself.
"""

from pathlib import Path

from crosswind.pocket.data import SIZES, pairs, rows, sentences
from crosswind.pocket.draws import SEED
from crosswind.pocket.languages import LANGUAGES, PIVOT, TURN, PocketLanguage, canonical, find

ENCODER = Path(__file__).parent / "encoder"

__all__ = [
    "ENCODER",
    "LANGUAGES",
    "PIVOT",
    "SEED",
    "SIZES",
    "TURN",
    "PocketLanguage",
    "canonical",
    "find",
    "pairs",
    "rows",
    "sentences",
]
