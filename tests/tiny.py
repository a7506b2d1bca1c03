"""Complete encoder folders in miniature, made on the spot: real tokenizers trained in-process, real random networks.

Each has what a folder of the hub has (config.json, model.safetensors, tokenizer.json, tokenizer_config.json) and the
habits of its family: special tokens, prefix spaces, bytes for what is unknown, the layout of positions and segments.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from tests.text.sentences import SENTENCES

WIDTH = 16
LIMIT = 160
VOCABULARY = 1500
LONGEST = 6  # signs in a merged piece, or trainers would learn the few sentences by heart
TEXTS = sorted(SENTENCES.values()) * 4  # so often that trainers find pieces worth having
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
COMMON: dict[str, Any] = {
    "hidden_size": WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "initializer_range": 0.3,
}


def unigram(special: list[str], unknown: str) -> list[tuple[str, float]]:
    """Pieces and scores as SentencePiece has them, the special ones first."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=VOCABULARY, special_tokens=special, unk_token=unknown, show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    return [(piece, score) for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"]]


def merged(tokenizer: Tokenizer, special: list[str], **options: Any) -> Mapping[str, Any]:
    """The vocabulary and the merges of byte-pair encoding on whatever the tokenizer cuts."""
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=special, max_token_length=LONGEST, show_progress=False, **options
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return {"vocab": model["vocab"], "merges": [tuple(pair) for pair in model["merges"]]}


def xlm_roberta_tokenizer() -> Any:
    return transformers.XLMRobertaTokenizer(vocab=unigram(["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<unk>"))


def deberta_tokenizer() -> Any:
    return transformers.DebertaV2Tokenizer(vocab=unigram(["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"], "[UNK]"))


def mt5_tokenizer() -> Any:
    return transformers.T5Tokenizer(vocab=unigram(["<pad>", "</s>", "<unk>"], "<unk>"), extra_ids=0)


def bert_tokenizer() -> Any:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(TEXTS, trainer)
    return transformers.BertTokenizer(vocab=tokenizer.get_vocab(), do_lower_case=False)


def roberta_tokenizer() -> Any:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    return transformers.RobertaTokenizer(
        **merged(tokenizer, special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    )


def gemma_tokenizer() -> Any:
    """What mmBERT has: Gemma's pieces, no space before the first word, a start and an end token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    found = merged(tokenizer, [*special, *BYTES])
    tokenizer = Tokenizer(models.BPE(**found, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A <eos>", pair="<bos> $A <eos> $B <eos>", special_tokens=[("<eos>", 1), ("<bos>", 2)]
    )
    names = {"bos": "<bos>", "eos": "<eos>", "cls": "<bos>", "sep": "<eos>", "mask": "<mask>"}
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="<unk>",
        pad_token="<pad>",
        **{f"{name}_token": token for name, token in names.items()},
    )


def bert(tokens: dict[str, Any]) -> Any:
    return transformers.BertModel(
        transformers.BertConfig(**COMMON, **tokens, max_position_embeddings=LIMIT), add_pooling_layer=False
    )


def roberta(tokens: dict[str, Any]) -> Any:
    return transformers.RobertaModel(roberta_like(transformers.RobertaConfig, tokens), add_pooling_layer=False)


def xlm_roberta(tokens: dict[str, Any]) -> Any:
    return transformers.XLMRobertaModel(roberta_like(transformers.XLMRobertaConfig, tokens), add_pooling_layer=False)


def roberta_like(config: Any, tokens: dict[str, Any]) -> Any:
    """Positions count from behind the padding token's, so the table is that much longer."""
    return config(**COMMON, **tokens, type_vocab_size=1, max_position_embeddings=LIMIT + 2)


def deberta(tokens: dict[str, Any]) -> Any:
    return transformers.DebertaV2Model(
        transformers.DebertaV2Config(
            **COMMON,
            **tokens,
            max_position_embeddings=LIMIT,
            position_biased_input=False,
            relative_attention=True,
            pos_att_type=["p2c", "c2p"],
            position_buckets=8,
            share_att_key=True,
            norm_rel_ebd="layer_norm",
        )
    )


def modernbert(tokens: dict[str, Any]) -> Any:
    return transformers.ModernBertModel(
        transformers.ModernBertConfig(**COMMON, **tokens, max_position_embeddings=LIMIT, local_attention=8)
    )


def mt5(tokens: dict[str, Any]) -> Any:
    return transformers.MT5EncoderModel(
        transformers.MT5Config(
            **tokens, d_model=WIDTH, d_kv=8, d_ff=32, num_layers=2, num_heads=2, relative_attention_num_buckets=8
        )
    )


Tiny = Callable[[str], Path]
ENCODERS: Mapping[str, tuple[Callable[[], Any], Callable[[dict[str, Any]], Any]]] = {
    "bert": (bert_tokenizer, bert),
    "roberta": (roberta_tokenizer, roberta),
    "xlm-roberta": (xlm_roberta_tokenizer, xlm_roberta),
    "deberta-v2": (deberta_tokenizer, deberta),
    "modernbert": (gemma_tokenizer, modernbert),
    "mt5": (mt5_tokenizer, mt5),
}


def make_encoder(family: str, folder: Path) -> Path:
    """A random encoder of a family of `models.families.FAMILIES`, equal on every call, written into `folder`."""
    make_tokenizer, make_network = ENCODERS[family]
    tokenizer = make_tokenizer()
    tokens = {
        f"{name}_token_id": getattr(tokenizer, f"{name}_token_id")
        for name in ("pad", "bos", "eos", "cls", "sep")
        if getattr(tokenizer, f"{name}_token") is not None
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        network = make_network(tokens | {"vocab_size": len(tokenizer)})
    tokenizer.save_pretrained(folder)
    network.save_pretrained(folder)
    return folder
