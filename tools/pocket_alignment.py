"""How alike an encoder treats Pocket's languages: retrieval of sentences and of words, and CKA, each with the pivot.

    python tools/pocket_alignment.py --encoder src/crosswind/pocket/encoder

Sentences are those of the development split, which no pre-training text contains.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from crosswind import pocket
from crosswind.pocket import concepts
from crosswind.pocket.lexicon import lexicon
from pocket_corpus import batches

BATCH = 64
CONTENT = (*concepts.KINDS, *concepts.POLES, *concepts.QUALITIES, *concepts.PLACES, *concepts.WAYS)
WORDS = tuple(concept for concept in dict.fromkeys(CONTENT) if concept not in {*concepts.PROPER, *concepts.QUESTIONS})

Scores = dict[str, float]


def sentences(code: str) -> list[str]:
    """Every other first sentence, since two that follow each other have the same."""
    return [row["first"] for row in pocket.rows("paws", code, "dev")][::2]


def words(code: str) -> list[str]:
    return [lexicon(code).form(concept) for concept in WORDS]


@torch.no_grad()
def vectors(encoder: Any, ids: Sequence[Sequence[int]]) -> dict[str, Tensor]:
    """The last layer's first token, and its mean, of every line."""
    found: dict[str, list[Tensor]] = {"first": [], "mean": []}
    for chunk in batches(ids, BATCH):
        width = max(map(len, chunk))
        ids_BL = torch.tensor([[*line, *[1] * (width - len(line))] for line in chunk], device=encoder.device)
        mask_BL = (ids_BL != 1).long()
        states_BLD = encoder(input_ids=ids_BL, attention_mask=mask_BL).last_hidden_state.float()
        weights_BL1 = mask_BL.unsqueeze(-1)
        found["first"].append(states_BLD[:, 0])
        found["mean"].append((states_BLD * weights_BL1).sum(1) / weights_BL1.sum(1))
    return {way: torch.cat(parts).cpu() for way, parts in found.items()}


def nearest(first_ND: Tensor, second_ND: Tensor) -> float:
    """The share of lines whose nearest line of the other language is their own, both directions averaged."""
    scores_NN = functional.normalize(first_ND, dim=-1) @ functional.normalize(second_ND, dim=-1).T
    own_N = torch.arange(len(scores_NN))
    return float(((scores_NN.argmax(0) == own_N).float().mean() + (scores_NN.argmax(1) == own_N).float().mean()) / 2)


def cka(first_ND: Tensor, second_ND: Tensor) -> float:
    """Linear centred kernel alignment (Kornblith et al. 2019): 1 for the same geometry up to rotation and scale."""
    one_ND, other_ND = (side - side.mean(0) for side in (first_ND.double(), second_ND.double()))
    shared = (other_ND.T @ one_ND).square().sum()
    return float(shared / ((one_ND.T @ one_ND).norm() * (other_ND.T @ other_ND).norm()))


def alignment(encoder: Any, encode: Any, codes: Sequence[str] = tuple(pocket.LANGUAGES)) -> dict[str, Scores]:
    """The scores of every language but the pivot. `encode` turns lines into ids."""
    was_training = encoder.training
    encoder.eval()
    told = {code: vectors(encoder, encode(sentences(code))) for code in codes}
    named = {code: vectors(encoder, encode(words(code)))["mean"] for code in codes}
    encoder.train(was_training)
    pivot, pivot_words = told[pocket.PIVOT], named[pocket.PIVOT]
    return {
        code: {
            "first": round(nearest(pivot["first"], told[code]["first"]), 3),
            "mean": round(nearest(pivot["mean"], told[code]["mean"]), 3),
            "words": round(nearest(pivot_words, named[code]), 3),
            "cka": round(cka(pivot["mean"], told[code]["mean"]), 3),
        }
        for code in codes
        if code != pocket.PIVOT
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, default=pocket.ENCODER)
    folder = parser.parse_args().encoder
    tokenizer = AutoTokenizer.from_pretrained(folder)
    encoder = AutoModel.from_pretrained(folder, add_pooling_layer=False, dtype=torch.float32)
    print(json.dumps(alignment(encoder, lambda lines: tokenizer(lines)["input_ids"]), indent=1))


if __name__ == "__main__":
    main()
