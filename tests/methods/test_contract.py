"""What every method of the catalogue must do, with its default settings. A new one is picked up by its name."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from crosswind import catalog
from crosswind.methods.base import Method
from crosswind.models.backbone import Encoder
from crosswind.models.batch import collate
from crosswind.models.model import Model
from crosswind.objectives.erm import Erm
from crosswind.train.loop import train
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import PAD, features, recipe, setting, tiny_encoder, tiny_model

NAMES = sorted(catalog.FAMILIES["methods"])
DATA = features("classify", 12)
BATCH = collate(DATA, PAD)


def make(name: str) -> Method:
    found = catalog.load("methods", name)()
    assert isinstance(found, Method)
    return found


def model_of(name: str, seed: int = 0) -> Model:
    return tiny_model(method=make(name), seed=seed, dropout=0.1)


def hidden(encoder: Encoder, embedded: bool = False) -> Tensor:
    encoder.eval()
    with torch.no_grad():
        embeddings = encoder.embed(BATCH.ids_RL) if embedded else None
        found: Tensor = encoder(BATCH.ids_RL, BATCH.mask_RL, BATCH.types_RL, embeddings)
    return found


def logits(model: Model) -> Tensor:
    model.eval()
    with torch.no_grad():
        found: Tensor = model(BATCH)
    return found


def shake(model: Model) -> None:
    """Move every learned tensor, as training would."""
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for _, tensor in model.learned():
            tensor.add_(0.3 * torch.randn(tensor.shape, generator=generator))


@pytest.mark.parametrize("embedded", [False, True], ids=["ids", "embeddings"])
@pytest.mark.parametrize("name", NAMES)
def test_attaching_does_not_change_the_output(name: str, embedded: bool) -> None:
    encoder = tiny_encoder()
    before = hidden(encoder, embedded)
    make(name).attach(encoder)
    assert torch.equal(hidden(encoder, embedded), before)


@pytest.mark.parametrize("name", NAMES)
def test_only_trained_tensors_get_gradients(name: str) -> None:
    model = model_of(name)
    learned = dict(model.learned())
    model.train()
    Erm().accumulate(model, BATCH, 1.0)
    owners = {id(tensor) for tensor in learned.values()}
    for parameter_name, tensor in model.named_parameters():
        assert tensor.requires_grad == (id(tensor) in owners), parameter_name
        assert tensor.grad is None or id(tensor) in owners, parameter_name
    # A module that begins at zero may block the gradient of what stands before it, never that of all.
    assert any(tensor.grad is not None for key, tensor in learned.items() if key.startswith("encoder.")) or not any(
        key.startswith("encoder.") for key in learned
    )


@pytest.mark.parametrize("name", NAMES)
def test_names_are_unique_stable_and_the_modules_own(name: str) -> None:
    found = [[key for key, _ in model_of(name, seed).learned()] for seed in (0, 1)]
    assert found[0] == found[1]
    assert len(set(found[0])) == len(found[0])
    method, encoder = make(name), tiny_encoder()
    method.attach(encoder)
    tensors = list(method.trained(encoder))
    assert all(isinstance(tensor, nn.Parameter) for _, tensor in tensors)
    assert len({id(tensor) for _, tensor in tensors}) == len(tensors)


@pytest.mark.parametrize("name", NAMES)
def test_whole_says_that_the_whole_encoder_learns(name: str) -> None:
    method, encoder = make(name), tiny_encoder()
    method.attach(encoder)
    learned = {id(tensor) for _, tensor in method.trained(encoder)}
    assert method.whole == ({id(tensor) for tensor in encoder.parameters()} == learned)


@pytest.mark.parametrize("name", NAMES)
def test_training_moves_what_learns_and_nothing_else(name: str, tmp_path: Path) -> None:
    model = model_of(name)
    learned = {id(tensor) for _, tensor in model.learned()}
    before = {key: tensor.detach().clone() for key, tensor in model.named_parameters()}
    train(model, DATA, Erm(), recipe(steps=3), 1, 0, None, setting(tmp_path))
    moved = {key for key, tensor in model.named_parameters() if not torch.equal(tensor, before[key])}
    assert moved <= {key for key, tensor in model.named_parameters() if id(tensor) in learned}
    assert len(moved) > len(learned) / 2


@pytest.mark.parametrize("name", NAMES)
def test_save_and_load(name: str, tmp_path: Path) -> None:
    model, path = model_of(name), tmp_path / "weights.safetensors"
    shake(model)
    model.save(path)
    assert load_file(path).keys() == dict(model.learned()).keys()
    fresh = model_of(name)
    assert not torch.equal(logits(fresh), logits(model))
    fresh.load(path)
    assert torch.equal(logits(fresh), logits(model))


@pytest.mark.parametrize("name", NAMES)
def test_a_new_head_on_what_was_learned(name: str, tmp_path: Path) -> None:
    model, path = model_of(name), tmp_path / "weights.safetensors"
    shake(model)
    model.save(path)
    fresh = model_of(name)
    head = {key: tensor.clone() for key, tensor in fresh.head.state_dict().items()}
    fresh.load(path, head=False)
    assert torch.equal(hidden(fresh.encoder), hidden(model.encoder))
    assert all(torch.equal(head[key], tensor) for key, tensor in fresh.head.state_dict().items())


@pytest.mark.parametrize("objective", sorted(catalog.FAMILIES["objectives"]))
@pytest.mark.parametrize("name", NAMES)
def test_every_objective_trains_every_method(name: str, objective: str, tmp_path: Path) -> None:
    model = model_of(name)
    found = catalog.load("objectives", objective)()
    assert train(model, DATA, found, recipe(steps=2), 1, 0, None, setting(tmp_path)).update == 2
