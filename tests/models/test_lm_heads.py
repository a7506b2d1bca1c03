"""Language-model heads that checkpoints were pre-trained with: taken over where they are, equal to transformers'."""

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from crosswind.formats.base import Feature
from crosswind.formats.subwords import Tokens
from crosswind.models.backbone import load_encoder, local
from crosswind.models.batch import collate
from crosswind.models.heads import MlmHead
from crosswind.models.lm_heads import FILE, adopt
from tests.tiny import Tiny
from tests.train.conftest import one_thread  # noqa: F401

PAD = 1
KINDS: dict[str, Any] = {
    "bert": transformers.BertForMaskedLM,
    "roberta": transformers.RobertaForMaskedLM,
    "xlm-roberta": transformers.XLMRobertaForMaskedLM,
    "deberta-v2": transformers.DebertaV2ForMaskedLM,
    "modernbert": transformers.ModernBertForMaskedLM,
}


def fresh(folder: Path) -> tuple[Any, MlmHead]:
    encoder = load_encoder(local(folder), dropout=0.0).eval()
    return encoder, MlmHead(encoder.width, encoder.vocabulary, 0.0, torch.Generator().manual_seed(1))


@pytest.mark.parametrize("family", sorted(KINDS))
def test_the_head_of_a_checkpoint_gives_what_transformers_gives(
    family: str, tiny_encoder: Tiny, tmp_path: Path
) -> None:
    folder = tiny_encoder(family)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        whole = KINDS[family](transformers.AutoConfig.from_pretrained(folder)).eval()
        for tensor in whole.parameters():
            torch.nn.init.normal_(tensor, std=0.2)
    whole.save_pretrained(tmp_path)
    encoder, head = fresh(tmp_path)
    adopt(head, encoder, local(tmp_path))
    assert head.origin == "of the checkpoint"
    row = Tokens((7, 8, 9, 10, 11), (0,) * 5)
    batch = collate([Feature(0, (row,), (20, 21, 22, 23, 24), units=5)], PAD)
    with torch.no_grad():
        found = head(encoder, encoder(batch.ids_RL, batch.mask_RL, batch.types_RL), batch)
        wanted = whole(input_ids=batch.ids_RL, attention_mask=batch.mask_RL).logits[0]
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


def test_a_checkpoint_without_one_leaves_the_head_as_it_was_drawn(tiny_encoder: Tiny) -> None:
    encoder, head = fresh(tiny_encoder("mt5"))
    before = {name: tensor.clone() for name, tensor in head.named_parameters()}
    adopt(head, encoder, local(tiny_encoder("mt5")))
    assert head.origin == "fresh"
    assert all(torch.equal(tensor, before[name]) for name, tensor in head.named_parameters())


def test_a_head_of_another_width_is_not_taken(tiny_encoder: Tiny, tmp_path: Path) -> None:
    folder = tiny_encoder("bert")
    encoder, head = fresh(folder)
    tensors = load_file(folder / FILE)
    width = encoder.width + 1
    names = {"dense.weight": (width, width), "LayerNorm.weight": (width,)}
    wrong = {f"cls.predictions.transform.{name}": torch.ones(shape) for name, shape in names.items()}
    save_file(tensors | wrong, tmp_path / FILE, metadata={"format": "pt"})
    adopt(head, encoder, local(tmp_path))
    assert head.origin == "fresh"
