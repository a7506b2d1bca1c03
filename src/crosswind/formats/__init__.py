"""What an example looks like, how it becomes sub-words, and how a model's numbers become an answer again."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from crosswind.formats.base import Example, Format
from crosswind.formats.choose import CHOOSE
from crosswind.formats.classify import CLASSIFY
from crosswind.formats.mine import MINE
from crosswind.formats.mlm import MLM
from crosswind.formats.retrieve import RETRIEVE
from crosswind.formats.span import SPAN, SPAN_OR_NULL
from crosswind.formats.tag import TAG

FORMATS: Mapping[str, Format[Any]] = MappingProxyType(
    {each.name: each for each in (CLASSIFY, CHOOSE, TAG, SPAN, SPAN_OR_NULL, RETRIEVE, MINE, MLM)}
)

__all__ = [
    "CHOOSE",
    "CLASSIFY",
    "FORMATS",
    "MINE",
    "MLM",
    "RETRIEVE",
    "SPAN",
    "SPAN_OR_NULL",
    "TAG",
    "Example",
    "Format",
]
