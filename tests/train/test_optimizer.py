import pytest
import torch

from crosswind.recipe import Recipe
from crosswind.train.optimizer import make_optimizer, rate
from tests.train.specimens import tiny_model


@pytest.mark.parametrize(
    ("schedule", "shares"),
    [
        # Ten updates, a fifth of them warm-up: the peak is reached with the first update after it.
        ("linear", [1 / 3, 2 / 3, 1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8]),
        ("constant", [1 / 3, 2 / 3, 1, 1, 1, 1, 1, 1, 1, 1]),
        ("cosine", [1 / 3, 2 / 3, 1, 0.961940, 0.853553, 0.691342, 0.5, 0.308658, 0.146447, 0.038060]),
    ],
)
def test_shares_of_the_peak_rate(schedule: str, shares: list[float]) -> None:
    recipe = Recipe.model_validate({"schedule": schedule, "warmup": 0.2})
    assert [rate(recipe, update, 10) for update in range(10)] == pytest.approx(shares, abs=1e-6)


@pytest.mark.parametrize("schedule", ["linear", "constant", "cosine"])
@pytest.mark.parametrize("warmup", [0.0, 0.1, 0.99])
@pytest.mark.parametrize("total", [1, 2, 7, 1000])
def test_every_update_learns_and_none_exceeds_the_peak(schedule: str, warmup: float, total: int) -> None:
    recipe = Recipe.model_validate({"schedule": schedule, "warmup": warmup})
    shares = [rate(recipe, update, total) for update in range(total)]
    assert all(0 < share <= 1 for share in shares)
    assert max(shares) == 1 or round(warmup * total) == total


def test_vectors_do_not_decay() -> None:
    model = tiny_model()
    groups = make_optimizer(model, Recipe(weight_decay=0.1)).param_groups
    decay = {id(tensor): group["weight_decay"] for group in groups for tensor in group["params"]}
    assert {decay[id(tensor)] for _, tensor in model.learned() if tensor.dim() > 1} == {0.1}
    assert {decay[id(tensor)] for _, tensor in model.learned() if tensor.dim() <= 1} == {0.0}
    assert len(decay) == len(list(model.learned()))


def test_a_step_is_adamw_with_bias_correction() -> None:
    model = tiny_model()
    optimizer = make_optimizer(model, Recipe(learning_rate=0.01, weight_decay=0.5))
    matrix = next(tensor for _, tensor in model.learned() if tensor.dim() == 2)
    vector = next(tensor for _, tensor in model.learned() if tensor.dim() == 1)
    before = matrix.detach().clone(), vector.detach().clone()
    matrix.grad, vector.grad = torch.full_like(matrix, 0.3), torch.full_like(vector, -2.0)
    optimizer.step()
    # The first corrected step has length 1 whatever the gradient, and decay is separate from it.
    assert torch.allclose(matrix, before[0] * (1 - 0.01 * 0.5) - 0.01, atol=1e-6)
    assert torch.allclose(vector, before[1] + 0.01, atol=1e-6)
