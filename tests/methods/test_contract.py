"""What every method of the catalogue must do, with its default settings, in every encoder family.

A new method is picked up by its name.
"""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from crosswind import catalog
from crosswind.methods.base import Method, Shape
from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.handover import set_aside
from crosswind.models.backbone import Encoder, load_encoder, local
from crosswind.models.batch import collate
from crosswind.models.families import FAMILIES
from crosswind.models.heads import HEADS
from crosswind.models.model import Model
from crosswind.objectives.erm import Erm
from crosswind.train.loop import train
from crosswind.train.rows import plain
from tests.tiny import Tiny
from tests.train.conftest import one_thread  # noqa: F401
from tests.train.specimens import NUM_LABELS, PAD, features, recipe, setting

DATA = features("classify", 12)
BATCH = collate(DATA, PAD)
METHODS = sorted(catalog.FAMILIES["methods"])
every = pytest.mark.parametrize("name", METHODS)


@pytest.fixture(params=sorted(FAMILIES))
def folder(request: pytest.FixtureRequest, tiny_encoder: Tiny) -> Path:
    """The folder of a tiny encoder, of each family in turn."""
    return tiny_encoder(request.param)


def make(name: str) -> Method:
    found = catalog.load("methods", name)()
    assert isinstance(found, Method)
    return found


def encoder_of(folder: Path, dropout: float = 0.0) -> Encoder:
    return load_encoder(local(folder), dropout)


def before(folder: Path, name: str, spread: float = 0.5, dropout: float = 0.1) -> Encoder:
    """An encoder as a method needs it: the base, or with adapters side by side that differ by `spread`."""
    encoder = encoder_of(folder, dropout)
    generator = torch.Generator().manual_seed(7)
    for method in (Bottleneck(reduction=8), Bottleneck(reduction=4)) if make(name).learns == "fusion" else ():
        method.attach(encoder)
        method.draw(encoder, 0)
        with torch.no_grad():
            for _, tensor in method.trained(encoder):
                tensor.add_(spread * torch.randn(tensor.shape, generator=generator))
        set_aside(encoder)
    return encoder


def begun(folder: Path, name: str, seed: int = 0, spread: float = 0.5) -> Encoder:
    """An encoder as a stage begins to train it; a method that says it cannot work there is left alone."""
    method, encoder = make(name), before(folder, name, spread)
    shape = Shape(encoder.config.model_type, encoder.width, len(encoder.layers))
    if told := list(method.complaints(shape)):
        with pytest.raises(ValueError, match=name):
            method.attach(encoder)
        pytest.skip(told[0])
    method.attach(encoder)
    method.draw(encoder, seed)
    return encoder


def model_of(folder: Path, name: str, seed: int = 0) -> Model:
    encoder = begun(folder, name, seed)
    head = HEADS["classify"](encoder.width, NUM_LABELS, 0.1, torch.Generator().manual_seed(seed))
    return Model(encoder, head, make(name))


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
@every
def test_attaching_and_drawing_do_not_change_the_output(name: str, embedded: bool, folder: Path) -> None:
    """Where there is something to fuse, as long as that is as it was drawn."""
    assert torch.equal(hidden(begun(folder, name, spread=0.0), embedded), hidden(encoder_of(folder), embedded))


@every
def test_attaching_again_changes_nothing(name: str, folder: Path) -> None:
    model = model_of(folder, name)
    shake(model)
    before, names = logits(model), [key for key, _ in model.learned()]
    make(name).attach(model.encoder)
    assert torch.equal(logits(model), before)
    assert [key for key, _ in model.learned()] == names


@every
def test_first_weights_come_from_the_seed_alone(name: str, folder: Path) -> None:
    torch.manual_seed(1)
    state = torch.get_rng_state()
    encoder = before(folder, name)
    begun(folder, name)
    torch.set_rng_state(state)
    make(name).attach(encoder)
    make(name).draw(encoder, 0)
    assert torch.equal(torch.get_rng_state(), state)
    again, other = (dict(make(name).trained(begun(folder, name, seed))) for seed in (0, 1))
    fresh = dict(make(name).trained(encoder))
    assert all(torch.equal(tensor, again[key]) for key, tensor in fresh.items())
    own = fresh.keys() - dict(encoder_of(folder).named_parameters()).keys()
    constant = all(len(tensor.unique()) == 1 for tensor in fresh.values())
    assert not own or constant or any(not torch.equal(fresh[key], other[key]) for key in own)


@every
def test_only_trained_tensors_get_gradients(name: str, folder: Path) -> None:
    model = model_of(folder, name)
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


@every
def test_names_are_unique_stable_and_the_modules_own(name: str, folder: Path) -> None:
    found = [[key for key, _ in model_of(folder, name, seed).learned()] for seed in (0, 1)]
    assert found[0] == found[1]
    assert len(set(found[0])) == len(found[0])
    encoder = begun(folder, name)
    tensors = list(make(name).trained(encoder))
    assert all(isinstance(tensor, nn.Parameter) for _, tensor in tensors)
    assert len({id(tensor) for _, tensor in tensors}) == len(tensors)
    assert {key: id(tensor) for key, tensor in tensors}.items() <= {
        key: id(tensor) for key, tensor in encoder.named_parameters()
    }.items()


@every
def test_the_encoders_own_names_stay(name: str, folder: Path) -> None:
    """But for those that the peft library wraps, which it puts one floor down."""
    there = {key.replace(".base_layer.", ".") for key, _ in begun(folder, name).named_parameters()}
    assert dict(encoder_of(folder).named_parameters()).keys() <= there


@every
def test_whole_says_that_the_whole_encoder_learns(name: str, folder: Path) -> None:
    encoder = begun(folder, name)
    learned = {id(tensor) for _, tensor in make(name).trained(encoder)}
    assert make(name).whole == ({id(tensor) for tensor in encoder.parameters()} == learned)


@every
def test_training_moves_what_learns_and_nothing_else(name: str, folder: Path, tmp_path: Path) -> None:
    model = model_of(folder, name)
    learned = {id(tensor) for _, tensor in model.learned()}
    before = {key: tensor.detach().clone() for key, tensor in model.named_parameters()}
    train(model, plain(DATA), Erm(), recipe(steps=3), 1, 0, None, setting(tmp_path))
    moved = {key for key, tensor in model.named_parameters() if not torch.equal(tensor, before[key])}
    assert moved <= {key for key, tensor in model.named_parameters() if id(tensor) in learned}
    assert len(moved) > len(learned) / 2


@every
def test_save_and_load(name: str, folder: Path, tmp_path: Path) -> None:
    model, path = model_of(folder, name), tmp_path / "weights.safetensors"
    shake(model)
    model.save(path)
    assert load_file(path).keys() == dict(model.learned()).keys()
    fresh = model_of(folder, name)
    assert not torch.equal(logits(fresh), logits(model))
    fresh.load(path)
    assert torch.equal(logits(fresh), logits(model))


@every
def test_a_new_head_on_what_was_learned(name: str, folder: Path, tmp_path: Path) -> None:
    model, path = model_of(folder, name), tmp_path / "weights.safetensors"
    shake(model)
    model.save(path)
    fresh = model_of(folder, name)
    head = {key: tensor.clone() for key, tensor in fresh.head.state_dict().items()}
    fresh.load(path, parts=("encoder.",))
    assert torch.equal(hidden(fresh.encoder), hidden(model.encoder))
    assert all(torch.equal(head[key], tensor) for key, tensor in fresh.head.state_dict().items())


@pytest.mark.parametrize("family", ["xlm-roberta", "mt5"])
@pytest.mark.parametrize("objective", sorted(catalog.FAMILIES["objectives"]))
@every
def test_every_objective_trains_every_method(
    name: str, objective: str, family: str, tiny_encoder: Tiny, tmp_path: Path
) -> None:
    model = model_of(tiny_encoder(family), name)
    found = catalog.load("objectives", objective)()
    assert train(model, plain(DATA), found, recipe(steps=2), 1, 0, None, setting(tmp_path)).update == 2
