"""Where in a text an answer starts and ends."""

import torch
from torch import Tensor
from torch.nn import functional

from crosswind.formats.base import UNSCORED
from crosswind.models.backbone import Encoder
from crosswind.models.batch import Batch
from crosswind.models.heads.base import ABSENT, Head, scorer, targets_of, without_padding

NO_CHANCE = 1e-30  # a probability that has a logarithm in single precision and counts for nothing


class SpanHead(Head):
    """A start and an end score at every position; the loss is the mean of the two."""

    def __init__(self, width: int, num_labels: int, dropout: float, generator: torch.Generator):  # noqa: ARG002
        super().__init__()
        self.scores = scorer(width, 2, dropout, generator)

    def forward(self, encoder: Encoder, hidden_RLD: Tensor, batch: Batch) -> Tensor:  # noqa: ARG002
        logits_BL2: Tensor = self.scores(hidden_RLD)
        return logits_BL2.masked_fill(batch.mask_RL.unsqueeze(-1) == 0, ABSENT)

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        # the two sides stand where cross_entropy has the positions of an image: a mean over both
        return functional.cross_entropy(logits, targets_of(batch))

    def log_probabilities(self, logits: Tensor, batch: Batch) -> Tensor:  # noqa: ARG002
        return functional.log_softmax(logits.transpose(1, 2).flatten(0, 1), -1)

    def compared(self, logits: Tensor, batch: Batch) -> Tensor:
        """Of every text, how likely each word is to be where an answer starts or ends; all else is one more outcome.

        A word's probability is that of its sub-words together, since a view may have others.
        """
        if batch.words_RL is None:
            return self.log_probabilities(logits, batch)
        rows_B = (batch.words_RL != UNSCORED).any(1)
        words_BL = batch.words_RL[rows_B]
        outcomes = int(words_BL.max()) + 2 if len(words_BL) else 1
        places_BL = words_BL.masked_fill(words_BL == UNSCORED, outcomes - 1)
        shares_BL2 = functional.softmax(logits[rows_B], 1)
        likely_BW2 = shares_BL2.new_zeros(len(places_BL), outcomes, 2)
        likely_BW2 = likely_BW2.scatter_add(1, places_BL.unsqueeze(-1).expand(-1, -1, 2), shares_BL2)
        return likely_BW2.clamp_min(NO_CHANCE).log().transpose(1, 2).flatten(0, 1)

    def per_feature(self, logits: Tensor, batch: Batch) -> list[Tensor]:
        return without_padding(logits, batch)
