"""An encoder with a head: what objectives differentiate, the loop updates and evaluation asks."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Literal, Protocol

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from crosswind.models.backbone import Encoder
from crosswind.models.batch import Batch
from crosswind.models.heads import Head

ENCODER, HEAD = "encoder.", "head."
Where = Literal["word", "block"]
"""Where a forward pass may start: at the word embeddings, or behind everything that comes before the first layer."""
PARTS = (ENCODER, HEAD)


class Method(Protocol):
    """What a model asks of a method; the methods themselves stand on the floor above."""

    def trained(self, encoder: nn.Module) -> Iterator[tuple[str, nn.Parameter]]: ...

    def prepare(self, encoder: nn.Module, seed: int) -> None: ...

    def penalty(self, encoder: nn.Module) -> Tensor | None: ...


class Model(nn.Module):
    """`method` decides which of the encoder's tensors learn; the head always does."""

    def __init__(self, encoder: Encoder, head: Head, method: Method, precision: str = "fp32"):
        super().__init__()
        self.encoder = encoder
        self.head = head
        self.method = method
        self.precision = precision

    @property
    def device(self) -> torch.device:
        return self.encoder.words.weight.device  # type: ignore[return-value]

    def embed(self, batch: Batch, where: Where = "word") -> Tensor:
        """The word embeddings of a batch, or what its first layer reads; `forward` can start from either."""
        if where == "word":
            return self.encoder.embed(batch.ids_RL)
        with self.autocast():
            return self.encoder.entering(batch.ids_RL, batch.mask_RL, batch.types_RL).float()

    def forward(self, batch: Batch, states: Tensor | None = None, where: Where = "word") -> Tensor:
        with self.autocast():
            if where == "word" or states is None:
                hidden_RLD = self.encoder(batch.ids_RL, batch.mask_RL, batch.types_RL, states)
            else:
                hidden_RLD = self.encoder.from_states(batch.ids_RL, batch.mask_RL, batch.types_RL, states)
        return self.head(self.encoder, hidden_RLD.float(), batch)  # type: ignore[no-any-return]

    def loss(self, batch: Batch, states: Tensor | None = None, where: Where = "word") -> Tensor:
        """The task's mean loss over the batch's units."""
        return self.loss_of(self(batch, states, where), batch)

    def loss_of(self, logits: Tensor, batch: Batch) -> Tensor:
        """The task's mean loss of what the head gave."""
        return self.head.loss(logits, batch)

    def log_probabilities(self, logits: Tensor, batch: Batch) -> Tensor:
        """What the head gave as distributions, which all weigh alike: their mean is the mean over the units."""
        return self.head.log_probabilities(logits, batch)

    def compared(self, logits: Tensor, batch: Batch) -> Tensor:
        """What the head gave as the distributions that a batch and its view have in common, in one order."""
        return self.head.compared(logits, batch)

    def asked(self, head: Head) -> "Model":
        """The same encoder under another head, which learns and changes with this one."""
        return Model(self.encoder, head, self.method, self.precision)

    def autocast(self) -> AbstractContextManager[object]:
        """Half precision inside the encoder when the recipe asks for it; losses stay in single precision."""
        if self.precision == "bf16":
            return torch.autocast(self.device.type, dtype=torch.bfloat16)
        return nullcontext()

    def learned(self) -> Iterator[tuple[str, nn.Parameter]]:
        """Every tensor that learns, by the name it is saved under."""
        for name, tensor in self.method.trained(self.encoder):
            yield f"{ENCODER}{name}", tensor
        for name, tensor in self.head.named_parameters():
            yield f"{HEAD}{name}", tensor

    def prepare(self, seed: int) -> None:
        """Make the encoder ready for an update, as the method has it."""
        self.method.prepare(self.encoder, seed)

    def penalty(self) -> Tensor | None:
        """What the method adds to the loss of every update, whatever text it learns from."""
        return self.method.penalty(self.encoder)

    def save(self, path: Path) -> None:
        """Write the learned tensors, and no others."""
        save_file({name: tensor.detach().contiguous() for name, tensor in self.learned()}, path)

    def load(self, path: Path, parts: tuple[str, ...] = PARTS) -> None:
        """Read what `save` wrote, or only some parts of it. Raises ValueError where tensors differ."""
        stored = load_file(path)
        wanted = {name: tensor for name, tensor in self.learned() if name.startswith(parts)}
        wrong = [name for name, tensor in wanted.items() if name not in stored or stored[name].shape != tensor.shape]
        if wrong:
            raise ValueError(
                f"{path} lacks {len(wrong)} tensors of this model, first {wrong[0]!r} of shape "
                f"{tuple(wanted[wrong[0]].shape)}; it was saved from another encoder, method or task"
            )
        with torch.no_grad():
            for name, tensor in wanted.items():
                tensor.copy_(stored[name])
