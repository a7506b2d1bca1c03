"""One head per task format."""

from collections.abc import Mapping
from types import MappingProxyType

from crosswind.models.backbone import Encoder
from crosswind.models.heads.base import Head, HeadMaker
from crosswind.models.heads.choose import ChooseHead
from crosswind.models.heads.classify import ClassifyHead
from crosswind.models.heads.mlm import MlmHead
from crosswind.models.heads.retrieve import RetrieveHead
from crosswind.models.heads.span import SpanHead
from crosswind.models.heads.tag import TagHead

HEADS: Mapping[str, HeadMaker] = MappingProxyType(
    {
        "classify": ClassifyHead,
        "choose": ChooseHead,
        "tag": TagHead,
        "span": SpanHead,
        "span_or_null": SpanHead,
        "retrieve": RetrieveHead,
        "mine": RetrieveHead,
        "mlm": MlmHead,
    }
)

__all__ = [
    "HEADS",
    "ChooseHead",
    "ClassifyHead",
    "Head",
    "HeadMaker",
    "MlmHead",
    "RetrieveHead",
    "SpanHead",
    "TagHead",
    "num_scores",
]


def num_scores(form: str, num_labels: int, encoder: Encoder) -> int:
    """How many scores the head of a format gives: one for each label, or for each sub-word that may be hidden."""
    return encoder.vocabulary if form == "mlm" else num_labels
