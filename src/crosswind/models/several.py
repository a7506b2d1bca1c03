"""The heads of tasks that take turns: a batch goes through the one of the task that it says it is of.

The others get no gradient in that update, so the optimiser leaves them and their moments as they are.
"""

from collections.abc import Mapping

from torch import Tensor, nn

from crosswind.models.backbone import Encoder
from crosswind.models.batch import Batch
from crosswind.models.heads import Head


class HeadOfEach(Head):
    """A head for every task by name, on one encoder."""

    def __init__(self, heads: Mapping[str, Head]):
        super().__init__()
        self.names = tuple(heads)
        self.heads = nn.ModuleList(heads.values())  # by place: a module's name may hold no dot, a task's may

    def of(self, task: str) -> Head:
        """The head of one task."""
        assert task in self.names, f"a batch of {task or 'no task'} came to the heads of {', '.join(self.names)}"
        return self.heads[self.names.index(task)]  # type: ignore[return-value]

    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:
        logits: Tensor = self.of(batch.task)(encoder, hidden_RLD, batch)
        return logits

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        return self.of(batch.task).loss(logits, batch)

    def log_probabilities(self, logits: Tensor, batch: Batch) -> Tensor:
        return self.of(batch.task).log_probabilities(logits, batch)

    def compared(self, logits: Tensor, batch: Batch) -> Tensor:
        return self.of(batch.task).compared(logits, batch)

    def per_feature(self, logits: Tensor, batch: Batch) -> list[Tensor]:
        return self.of(batch.task).per_feature(logits, batch)
