"""Fixtures that several packages of tests share."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

# A time limit for one example fails where the machine is busy, and timings are to fail no test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

os.environ["HF_HUB_OFFLINE"] = "1"  # before anything that reads it is imported: no test may ask the network


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny random encoder by its family; see tests/tiny.py."""

    @cache
    def folder(family: str) -> Path:
        from tests.tiny import make_encoder  # torch and transformers, which most tests do without

        return make_encoder(family, tmp_path_factory.mktemp(family))

    return folder
