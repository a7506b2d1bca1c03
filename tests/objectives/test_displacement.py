"""Sizes and directions of displacements against what they are defined as, and what their random numbers depend on."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from crosswind.formats.base import Feature
from crosswind.formats.subwords import Tokens
from crosswind.models.batch import Batch, collate
from crosswind.objectives.base import Step
from crosswind.objectives.displacement import Norm, ascent, cube, draws, noise, projected, sizes, told
from crosswind.objectives.smoothing import Noise
from tests.train.specimens import PAD, features

WIDTH = 16
BATCH = collate(features("choose", 12), PAD)
LENGTHS_R = BATCH.mask_RL.sum(1).double()
NORMS = ["token-l2", "sequence-l2", "linf"]
SHAPES = ["ball", "sphere", "gaussian"]


def long_batch(count: int = 40, length: int = 100) -> Batch:
    rows = [Tokens(tuple(range(number, number + length)), (0,) * length) for number in range(count)]
    return collate([Feature(number, (row,), 0) for number, row in enumerate(rows)], PAD)


def slopes(scale: float = 1.0) -> Tensor:
    """Numbers everywhere, at padding too."""
    generator = torch.Generator().manual_seed(5)
    return scale * torch.randn(*BATCH.ids_RL.shape, WIDTH, generator=generator)


def size(delta_RLD: Tensor, norm: str) -> Tensor:
    """The largest size in the norm, where 1 is the most that it allows."""
    delta_RLD = delta_RLD.double()
    match norm:
        case "token-l2":
            return delta_RLD.norm(dim=-1)
        case "sequence-l2":
            return delta_RLD.flatten(1).norm(dim=-1) / LENGTHS_R.sqrt()
    return delta_RLD.abs() * math.sqrt(WIDTH)


@pytest.mark.parametrize("scale", [1e-30, 1e-9, 1.0, 1e9])
@pytest.mark.parametrize("norm", NORMS)
def test_an_ascent_is_as_long_as_it_may_be(norm: str, scale: float) -> None:
    delta_RLD = ascent(slopes(scale), BATCH.mask_RL, norm)
    largest = size(delta_RLD, norm).max()
    assert largest <= 1 + 1e-6
    if scale >= 1e-9:
        assert largest >= 1 - 1e-6
        flat = (delta_RLD * slopes()).sum(-1)[BATCH.mask_RL.bool()]
        assert (flat > 0).all()


@pytest.mark.parametrize("norm", NORMS)
def test_padding_stays_where_it_is(norm: str) -> None:
    assert (ascent(slopes(), BATCH.mask_RL, norm)[BATCH.mask_RL == 0] == 0).all()


@pytest.mark.parametrize("norm", NORMS)
def test_where_nothing_is_uphill_nothing_moves(norm: str) -> None:
    assert (ascent(torch.zeros(*BATCH.ids_RL.shape, WIDTH), BATCH.mask_RL, norm) == 0).all()


def test_the_norms_move_tokens_equally_far_on_average() -> None:
    for norm in NORMS:
        squares_RL = ascent(slopes(), BATCH.mask_RL, norm).double().square().sum(-1)
        assert squares_RL.sum(1) / LENGTHS_R == pytest.approx(torch.ones(len(LENGTHS_R)).double(), rel=1e-5)


@pytest.mark.parametrize(("shape", "square"), [("ball", WIDTH / (WIDTH + 2)), ("sphere", 1.0), ("gaussian", 1.0)])
def test_mean_squares_of_noise(shape: str, square: float) -> None:
    batch = long_batch()
    lengths_N = noise(batch, WIDTH, shape, 3).double().norm(dim=-1).flatten()
    error = lengths_N.square().std() / math.sqrt(len(lengths_N))
    assert abs(lengths_N.square().mean() - square) <= 3 * error + 1e-6
    if shape != "gaussian":
        assert lengths_N.max() <= 1 + 1e-6


@pytest.mark.parametrize("shape", SHAPES)
def test_noise_points_nowhere(shape: str) -> None:
    delta_RLD = noise(long_batch(), WIDTH, shape, 3)
    compass_D = torch.ones(WIDTH) / math.sqrt(WIDTH)
    cosines_RL = torch.nn.functional.cosine_similarity(delta_RLD, compass_D, dim=-1)
    assert abs(cosines_RL.mean()) <= 3 / math.sqrt(cosines_RL.numel() * WIDTH)


@pytest.mark.parametrize("shape", SHAPES)
def test_noise_of_padding_is_none(shape: str) -> None:
    delta_RLD = noise(BATCH, WIDTH, shape, 3)
    assert (delta_RLD[BATCH.mask_RL == 0] == 0).all()
    assert (delta_RLD[BATCH.mask_RL == 1] != 0).all()


@pytest.mark.parametrize("form", ["classify", "choose", "retrieve"])
def test_noise_belongs_to_the_example_and_not_to_its_place(form: str) -> None:
    data = features(form, 9)
    whole = by_example(collate(data, PAD))
    turned = by_example(collate(data[::-1], PAD))
    parts = {key: rows for feature in data for key, rows in by_example(collate([feature], PAD)).items()}
    for other in (turned, parts):
        assert other.keys() == whole.keys()
        assert all(torch.equal(other[key], whole[key]) for key in whole)


def by_example(batch: Batch) -> dict[tuple[int, int], Tensor]:
    """The random numbers of every row at its own positions, by example and place in it."""
    rows = iter(zip(torch.cat(draws(batch, WIDTH, 3), -1), batch.mask_RL.sum(1).tolist(), strict=True))
    found = {}
    for example, width in zip(batch.examples, batch.widths, strict=True):
        for place in range(width):
            row_LD, length = next(rows)
            found[example, place] = row_LD[:length]
    return found


def test_different_things_get_different_noise() -> None:
    one = collate(features("classify", 1), PAD)
    other_text = replace(one, ids_RL=one.ids_RL.flip(1))  # another window of the same example
    twice = Feature(0, features("classify", 1)[0].rows * 2, 0)  # two equal choices
    found = [
        draws(one, WIDTH, 3)[0][0],
        draws(one, WIDTH, 4)[0][0],
        draws(replace(one, examples=(7,)), WIDTH, 3)[0][0],
        draws(other_text, WIDTH, 3)[0][0],
        draws(collate([twice], PAD), WIDTH, 3)[0][1],
    ]
    assert len({tuple(each.flatten().tolist()) for each in found}) == len(found)


def test_global_randomness_is_left_alone() -> None:
    before = torch.get_rng_state()
    draws(BATCH, WIDTH, 3)
    assert torch.equal(torch.get_rng_state(), before)


def test_units() -> None:
    step = Step(seed=0, token_norm=3.0)
    assert Noise(eps=0.1, unit="absolute").radius(step) == 0.1
    assert Noise(eps=0.1).radius(step) == pytest.approx(0.3)


def test_a_token_without_length_has_no_relative_displacement() -> None:
    embedded_RLD = torch.full((1, 3, 4), 1.0)
    embedded_RLD[0, 1] = 0.0
    found = told([sizes(torch.full((1, 3, 4), 0.5), embedded_RLD, torch.tensor([[1, 1, 0]]), 1.0)])
    assert found["delta_l2"] == 1.0
    assert found["delta_rel"] == 0.5


@pytest.mark.parametrize("norm", ["token-l2", "sequence-l2", "linf"])
def test_projection_pulls_back_what_is_outside_and_nothing_else(norm: Norm) -> None:
    mask_RL = torch.tensor([[1, 1, 1, 0], [1, 1, 0, 0]])
    slope_RLD = torch.randn(2, 4, 6, generator=torch.Generator().manual_seed(1)) * mask_RL.unsqueeze(-1)
    edge_RLD = ascent(slope_RLD, mask_RL, norm)
    assert torch.allclose(projected(0.5 * edge_RLD, mask_RL, norm, 0.5), 0.5 * edge_RLD, rtol=1e-6)
    assert torch.allclose(projected(3 * edge_RLD, mask_RL, norm, 0.5), 0.5 * edge_RLD, rtol=1e-6)
    assert torch.equal(projected(0.2 * edge_RLD, mask_RL, norm, 0.5), 0.2 * edge_RLD)
    assert torch.equal(projected(edge_RLD, mask_RL, norm, 0.0), torch.zeros_like(edge_RLD))


def test_cubes_are_uniform_with_a_mean_square_of_one() -> None:
    batch = collate(features("classify", 200), PAD)
    found = cube(batch, 16, 3)[batch.mask_RL.bool()]
    limit = math.sqrt(3 / 16)
    assert found.abs().max() <= limit
    assert float(found.square().sum(-1).mean()) == pytest.approx(1.0, abs=0.02)
    counts = torch.histc(found, 8, -limit, limit)
    assert float((counts / found.numel() - 1 / 8).abs().max()) < 0.01
