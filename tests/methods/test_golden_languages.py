"""Language adapters compute what the `adapters` library does: the coupling behind the embeddings, and its inverse."""

from collections.abc import Callable

import pytest
import torch

from crosswind.formats.base import UNSCORED
from crosswind.methods.base import OWN
from crosswind.methods.language_adapter import LanguageAdapter
from crosswind.methods.languages import Nice, languages_of
from crosswind.models.backbone import Encoder
from crosswind.models.batch import Batch
from crosswind.models.heads import MlmHead
from tests.methods.golden import (
    GOLDEN,
    TOLERANCE,
    Tensors,
    apart,
    attended,
    case,
    encoder_of,
    library_name,
    put,
    stored,
)
from tests.train.conftest import one_thread  # noqa: F401

every = pytest.mark.parametrize("family", GOLDEN)


def nice_name(family: str) -> Callable[[str], str]:
    """From the name of one of our tensors to the library's: of the coupling, or of the adapters."""
    others, prefix = library_name(family, "language"), "encoder." if family == "mt5" else ""

    def rename(own: str) -> str:
        if not own.startswith("languages."):
            return others(own)
        side, rest = own.removeprefix(f"languages.{OWN}.").split(".", 1)
        return f"{prefix}invertible_adapters.language.{'F' if side == 'first' else 'G'}.{rest}"

    return rename


def adapted(family: str, wanted: Tensors) -> Encoder:
    """The encoder with a language adapter of the library in it."""
    method, encoder = LanguageAdapter(), encoder_of(family)
    method.attach(encoder)
    put(method.trained(encoder), wanted, nice_name(family))
    return encoder


@every
def test_a_language_adapter_with_its_coupling(family: str) -> None:
    wanted = case(family, "nice")
    encoder = adapted(family, wanted)
    assert len(list(LanguageAdapter().trained(encoder))) == len(wanted) - len(("output", "states", "inverse"))
    assert apart(family, encoder, "nice") <= TOLERANCE
    assert apart(family, encoder, "base") > 0.1


@every
def test_the_way_back(family: str) -> None:
    wanted = case(family, "nice")
    nice = languages_of(adapted(family, wanted).double()).nice
    assert isinstance(nice, Nice)
    with torch.no_grad():
        assert float((nice.undo(wanted["states"].double()) - wanted["inverse"]).abs().max()) <= TOLERANCE
        assert float((nice(wanted["inverse"]) - wanted["states"]).abs().max()) <= TOLERANCE


@pytest.mark.parametrize("family", ["bert", "xlm-roberta"])
def test_hidden_words_are_guessed_behind_the_way_back(family: str) -> None:
    prefix = {"bert": "bert.", "xlm-roberta": "roberta."}[family]
    wanted = {name.removeprefix(prefix): tensor for name, tensor in case(family, "masked_lm").items()}
    encoder = adapted(family, wanted)
    head = MlmHead(encoder.width, encoder.vocabulary, 0.0, torch.Generator())
    theirs = {"dense.": "heads.words.0.", "norm.": "heads.words.2.", "bias": "heads.words.3.bias"}
    names = {
        own: own.replace(part, theirs[part], 1)
        for own, _ in head.named_parameters()
        for part in theirs
        if own.startswith(part)
    }
    put(head.named_parameters(), wanted, names.__getitem__)
    head.norm.eps = encoder.config.layer_norm_eps
    tensors = stored(family)[1]
    ids, mask = tensors["input_ids"], tensors["attention_mask"]
    targets = torch.where(mask.bool(), ids, UNSCORED)
    batch = Batch(ids, mask, torch.zeros_like(ids), targets, (1,) * len(ids), tuple(range(len(ids))), int(mask.sum()))
    wanted_NV = attended(family, wanted["output"])

    def off() -> float:
        with torch.no_grad():
            found_NV = head.double()(encoder, encoder.double()(ids, mask, batch.types_RL), batch)
        return float((found_NV - wanted_NV).abs().max())

    assert off() <= TOLERANCE
    languages_of(encoder).spoken = ""
    assert off() > 0.1
