"""An encoder with a head: what learns, what is saved, and that it comes back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from crosswind.formats.base import Feature
from crosswind.formats.subwords import Tokens
from crosswind.methods.base import Method
from crosswind.methods.full import Full
from crosswind.models.backbone import load_encoder, local
from crosswind.models.batch import Batch, collate
from crosswind.models.families import FAMILIES
from crosswind.models.heads import HEADS
from crosswind.models.model import Model
from crosswind.tensors import Module, Parameter
from tests.tiny import Tiny

every = pytest.mark.parametrize("name", sorted(FAMILIES))


class Norms(Method):
    """A method that trains a small part: the normalisation layers, which every family has."""

    def attach(self, encoder: Module) -> None:
        encoder.requires_grad_(False)
        for _, tensor in self.trained(encoder):
            tensor.requires_grad_(True)

    def trained(self, encoder: Module) -> Iterator[tuple[str, Parameter]]:
        return ((name, tensor) for name, tensor in encoder.named_parameters() if "norm" in name.lower())


def model_of(folder: Path, method: Method, seed: int = 1, labels: int = 3, precision: str = "fp32") -> Model:
    encoder = load_encoder(local(folder), dropout=0.0)
    method.attach(encoder)
    head = HEADS["classify"](encoder.width, labels, 0.0, torch.Generator().manual_seed(seed))
    return Model(encoder, head, method, precision)


def batch() -> Batch:
    rows = [Tokens((5, 6, 7, 8), (0, 0, 1, 1)), Tokens((9, 5), (0, 0))]
    return collate([Feature(i, (row,), i) for i, row in enumerate(rows)], 0)


def step(model: Model) -> None:
    """One large update of what learns."""
    optimizer = torch.optim.SGD([tensor for _, tensor in model.learned()], lr=0.5)
    model.loss(batch()).backward()
    optimizer.step()


def logits(model: Model) -> Tensor:
    with torch.no_grad():
        found: Tensor = model.eval()(batch())
    return found


@every
@pytest.mark.parametrize("method", [Full(), Norms()], ids=["full", "part"])
def test_what_is_saved_comes_back(name: str, method: Method, tiny_encoder: Tiny, tmp_path: Path) -> None:
    model, path = model_of(tiny_encoder(name), method), tmp_path / "weights.safetensors"
    before = logits(model)
    step(model.train())
    after = logits(model)
    assert not torch.allclose(before, after)
    model.save(path)
    again = model_of(tiny_encoder(name), method, seed=2)
    again.load(path)
    assert torch.equal(logits(again), after)


@every
def test_a_new_head_goes_on_a_trained_encoder(name: str, tiny_encoder: Tiny, tmp_path: Path) -> None:
    model, path = model_of(tiny_encoder(name), Full()), tmp_path / "weights.safetensors"
    step(model.train())
    model.save(path)
    other = model_of(tiny_encoder(name), Full(), seed=2, labels=5)
    head = {key: tensor.clone() for key, tensor in other.head.state_dict().items()}
    other.load(path, parts=("encoder.",))
    for key, tensor in model.encoder.state_dict().items():
        assert torch.equal(other.encoder.state_dict()[key], tensor)
    for key, tensor in other.head.state_dict().items():
        assert torch.equal(head[key], tensor)


@every
def test_only_what_learns_is_saved_and_moves(name: str, tiny_encoder: Tiny, tmp_path: Path) -> None:
    model, path = model_of(tiny_encoder(name), Norms()), tmp_path / "weights.safetensors"
    before = {key: tensor.clone() for key, tensor in model.encoder.named_parameters()}
    step(model.train())
    model.save(path)
    learned = {key for key, _ in model.learned()}
    assert load_file(path).keys() == learned
    assert all("norm" in key.lower() or key.startswith("head.") for key in learned)
    frozen = {key: tensor for key, tensor in model.encoder.named_parameters() if f"encoder.{key}" not in learned}
    assert frozen
    assert all(tensor.grad is None and torch.equal(tensor, before[key]) for key, tensor in frozen.items())


def test_tied_tables_stay_one_after_loading(tiny_encoder: Tiny, tmp_path: Path) -> None:
    model, path = model_of(tiny_encoder("mt5"), Full()), tmp_path / "weights.safetensors"
    step(model.train())
    model.save(path)
    assert sum("shared" in key or "embed_tokens" in key for key in load_file(path)) == 1
    again = model_of(tiny_encoder("mt5"), Full())
    again.load(path)
    network = again.encoder.network
    assert network.shared.weight is network.encoder.embed_tokens.weight  # type: ignore[union-attr]


def test_weights_of_another_model_are_refused(tiny_encoder: Tiny, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    model_of(tiny_encoder("bert"), Full()).save(path)
    with pytest.raises(ValueError, match=r"head\.scores.*another encoder, method or task"):
        model_of(tiny_encoder("bert"), Full(), labels=5).load(path)
    with pytest.raises(ValueError, match="another encoder"):
        model_of(tiny_encoder("deberta-v2"), Full()).load(path, parts=("encoder.",))


def test_the_loss_from_ids_is_the_loss_from_embeddings(tiny_encoder: Tiny) -> None:
    model = model_of(tiny_encoder("xlm-roberta"), Full())
    embeddings = model.embed(batch())
    assert torch.equal(model.loss(batch()), model.loss(batch(), embeddings))
    moved = model.loss(batch(), embeddings.flip(-1))
    assert not torch.equal(model.loss(batch()), moved)


@pytest.mark.parametrize("name", ["xlm-roberta", "mt5"])
def test_half_precision_stays_inside_the_encoder(name: str, tiny_encoder: Tiny) -> None:
    whole, half = (model_of(tiny_encoder(name), Full(), precision=each) for each in ("fp32", "bf16"))
    assert half.embed(batch()).dtype == torch.float32
    assert half.loss(batch()).dtype == torch.float32
    assert not torch.equal(logits(whole), logits(half))
    torch.testing.assert_close(logits(whole), logits(half), rtol=0.1, atol=0.1)
    half.loss(batch()).backward()
    assert {tensor.grad.dtype for _, tensor in half.learned() if tensor.grad is not None} == {torch.float32}


def test_a_model_says_where_it_is(tiny_encoder: Callable[[str], Path]) -> None:
    assert model_of(tiny_encoder("bert"), Full()).device == torch.device("cpu")
