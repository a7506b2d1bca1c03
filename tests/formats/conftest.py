"""The tokenizers of all families, loaded once."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from crosswind.models.backbone import load_tokenizer, local
from tests.tiny import Tiny


@pytest.fixture(scope="session")
def tokenizer_of(tiny_encoder: Tiny) -> Callable[[str], Any]:
    """The tokenizer of a family's tiny encoder."""
    return cache(lambda family: load_tokenizer(local(tiny_encoder(family))))
