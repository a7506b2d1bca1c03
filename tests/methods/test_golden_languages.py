"""A language adapter and the way back before the words compute what the `adapters` library does."""

import re
from collections.abc import Callable

import pytest
import torch

from crosswind.formats.base import UNSCORED
from crosswind.methods.adapters import adapters_of
from crosswind.methods.base import OWN
from crosswind.methods.language_adapter import LanguageAdapter
from crosswind.methods.languages import Nice, languages_of, settle
from crosswind.methods.madx import Madx
from crosswind.models.backbone import Encoder
from crosswind.models.batch import Batch
from crosswind.models.heads import MlmHead
from tests.methods.golden import GOLDEN, TOLERANCE, apart, attended, case, encoder_of, library_name, put, stored
from tests.train.conftest import one_thread  # noqa: F401

every = pytest.mark.parametrize("family", GOLDEN)
HEADED = [family for family in GOLDEN if case(family, "masked_lm")]
HEAD = {"dense": "0", "norm": "2"}


def language_name(family: str, before: str = "") -> Callable[[str], str]:
    """From the name of one of our tensors of a language to the library's."""
    coupling = re.compile(rf"languages\.{OWN}\.(first|second)\.(\d)\.(weight|bias)")
    rename = library_name(family, "language")

    def named(own: str) -> str:
        if found := coupling.fullmatch(own):
            part, linear, kind = found.groups()
            inside = "encoder." if family == "mt5" else before
            return f"{inside}invertible_adapters.language.{'F' if part == 'first' else 'G'}.{linear}.{kind}"
        return f"{before}{rename(own)}"

    return named


def speaking(family: str, name: str, before: str = "") -> Encoder:
    """Our encoder with the language adapter of a case."""
    encoder, method = encoder_of(family), LanguageAdapter()
    method.attach(encoder)
    put(method.trained(encoder), case(family, name), language_name(family, before))
    return encoder


@every
def test_a_language_adapter_with_its_coupling(family: str) -> None:
    assert apart(family, speaking(family, "nice"), "nice") <= TOLERANCE
    assert apart(family, encoder_of(family), "nice") > 0.1


@every
def test_the_way_back(family: str) -> None:
    encoder, wanted = speaking(family, "nice").double(), case(family, "nice")
    nice = languages_of(encoder).get_submodule(OWN)
    assert isinstance(nice, Nice)
    with torch.no_grad():
        found = nice.undo(wanted["states"].double())
    assert float((found - wanted["inverse"]).abs().max()) <= TOLERANCE


@every
def test_a_task_adapter_above_a_language_that_is_spoken(family: str) -> None:
    encoder, method = encoder_of(family), Madx(reduction=4)
    language = LanguageAdapter(invertible="none")
    language.attach(encoder)
    put(language.trained(encoder), case(family, "stack"), library_name(family, "language"))
    settle(encoder, "one")
    method.attach(encoder)
    put(method.trained(encoder), case(family, "stack"), library_name(family, "task"))
    method.speak(encoder, "one")
    assert apart(family, encoder, "stack") <= TOLERANCE
    assert adapters_of(encoder).active == ("one", OWN)
    method.speak(encoder, "")
    assert apart(family, encoder, "stack") > 0.1


@pytest.mark.parametrize("family", HEADED)
def test_guesses_of_hidden_words_behind_the_way_back(family: str) -> None:
    before = "bert." if family == "bert" else "roberta."
    wanted, tensors = case(family, "masked_lm"), stored(family)[1]
    encoder = speaking(family, "masked_lm", before).double()
    head = MlmHead(encoder.width, encoder.vocabulary, 0.0, torch.Generator())
    head.norm.eps = encoder.config.layer_norm_eps

    def named(own: str) -> str:
        part, _, kind = own.partition(".")
        return f"heads.words.{HEAD[part]}.{kind}" if kind else "heads.words.3.bias"

    put(head.named_parameters(), wanted, named)
    ids, mask = tensors["input_ids"], tensors["attention_mask"]
    asked = torch.where(mask.bool(), ids, UNSCORED)
    batch = Batch(ids, mask, torch.zeros_like(ids), asked, (1,) * len(ids), tuple(range(len(ids))), int(mask.sum()))
    with torch.no_grad():
        found = head.double()(encoder, encoder(ids, mask, torch.zeros_like(ids)), batch)
    assert float((found - attended(family, wanted["output"])).abs().max()) <= TOLERANCE
