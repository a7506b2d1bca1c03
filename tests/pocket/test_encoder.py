"""The shipped encoder loads like any other, without a warning, and knows every script."""

import json
import unicodedata
from collections.abc import Iterator

import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging

from crosswind import pocket


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerBase:
    return AutoTokenizer.from_pretrained(pocket.ENCODER)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable_progress_bar()
    yield
    logging.enable_progress_bar()


def test_the_folder_is_small() -> None:
    assert sum(path.stat().st_size for path in pocket.ENCODER.iterdir()) <= 8 * 2**20


def test_it_loads_as_a_standard_encoder(tokenizer: PreTrainedTokenizerBase, capfd: pytest.CaptureFixture[str]) -> None:
    encoder = AutoModel.from_pretrained(pocket.ENCODER, add_pooling_layer=False, dtype=torch.float32)
    assert capfd.readouterr().err == ""
    assert encoder.config.model_type == "xlm-roberta"
    assert sum(tensor.numel() for tensor in encoder.parameters()) <= 4_000_000
    assert encoder.config.vocab_size == len(tokenizer)
    assert encoder.config.max_position_embeddings >= 512 + encoder.config.pad_token_id + 1
    line = next(pocket.sentences("lanthep", 1))
    assert encoder(**tokenizer([line], return_tensors="pt")).last_hidden_state.isfinite().all()


def test_special_tokens_are_those_of_xlm_r(tokenizer: PreTrainedTokenizerBase) -> None:
    assert tokenizer.convert_tokens_to_ids(["<s>", "<pad>", "</s>", "<unk>"]) == [0, 1, 2, 3]
    assert tokenizer.mask_token_id == len(tokenizer) - 1
    first, second = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in ("Gafi", "gadasi"))
    assert tokenizer("Gafi")["input_ids"] == [0, *first, 2]
    assert tokenizer("Gafi", "gadasi")["input_ids"] == [0, *first, 2, 2, *second, 2]


@pytest.mark.parametrize("code", pocket.LANGUAGES)
def test_tokenizer_agrees_with_its_file(tokenizer: PreTrainedTokenizerBase, code: str) -> None:
    plain = Tokenizer.from_file(str(pocket.ENCODER / "tokenizer.json"))
    for line in pocket.sentences(code, 40):
        found = tokenizer(line, return_offsets_mapping=True)
        expected = plain.encode(line)
        assert (found["input_ids"], found["offset_mapping"]) == (expected.ids, expected.offsets)
        assert tokenizer.unk_token_id not in found["input_ids"]
        assert tokenizer.decode(found["input_ids"], skip_special_tokens=True) == unicodedata.normalize("NFKC", line)


def test_the_record_of_its_training_is_whole() -> None:
    record = json.loads((pocket.ENCODER / "training.json").read_text())
    assert record["log"][-1]["step"] == record["recipe"]["steps"]
    assert set(record["log"][-1]["alignment"]) == set(pocket.LANGUAGES) - {pocket.PIVOT}
