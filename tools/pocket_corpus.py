"""What Pocket's encoder learns from: the sub-word vocabulary, and each language's text and sentence pairs, encoded."""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from crosswind import pocket

START, PAD, END, UNKNOWN, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
SPECIAL = (START, PAD, END, UNKNOWN)
# letters that only noise brings should meet a piece of their own, as they do in a tokenizer trained on the web
ALPHABET = [chr(code) for code in range(0x21, 0x7F)] + [chr(code) for code in range(0x391, 0x3CA) if code != 0x3A2]
ALPHABET += [chr(code) for code in range(0x410, 0x450)]
SCENE = 4


Pair = tuple[list[int], list[int]]


class Corpus(NamedTuple):
    """Scenes of encoded sentences: running text by language, and pairs with the pivot or with another telling."""

    text: dict[str, list[list[int]]]
    pairs: dict[str, list[Pair]]


class Amounts(NamedTuple):
    """Sentences and pairs of a language with all resources, the share of text told twice, and of lines with a slip."""

    text: int
    pairs: int
    retold: float
    noise: float


def train_tokenizer(size: int) -> Tokenizer:
    """Sub-words over all languages, rarer ones raised to the square root of their share."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    trainer = trainers.UnigramTrainer(
        vocab_size=size - 1,
        special_tokens=list(SPECIAL),
        unk_token=UNKNOWN,
        initial_alphabet=ALPHABET,
        show_progress=False,
    )
    lines = (
        line
        for code, language in pocket.LANGUAGES.items()
        for line in pocket.sentences(code, int(5000 * language.resource**0.5))
    )
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(MASK, lstrip=True, special=True, normalized=False)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}",
        pair=f"{START} $A {END} {END} $B {END}",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in (START, END)],
    )
    return tokenizer


def noisy(line: str, draws: random.Random, share: float) -> str:
    """The line, now and then with one slip of the hand in it: a letter doubled, dropped, or swapped with the next."""
    if draws.random() >= share or len(line) < 4:
        return line
    at = draws.randrange(1, len(line) - 1)
    slips = (
        line[:at] + line[at] + line[at:],
        line[:at] + line[at + 1 :],
        line[:at] + line[at + 1] + line[at] + line[at + 2 :],
    )
    return draws.choice(slips)


def batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def encode(tokenizer: Tokenizer, lines: Sequence[str]) -> list[list[int]]:
    return [encoding.ids for encoding in tokenizer.encode_batch(list(lines))]


def read(tokenizer: Tokenizer, amounts: Amounts, draws: random.Random) -> Corpus:
    """The text and pairs that each language's record allows, encoded."""
    corpus = Corpus({}, {})

    def paired(first: str, second: str, count: float) -> list[Pair]:
        told = list(pocket.pairs(first, second, scenes(count)))
        sides = [[noisy(pair[side], draws, amounts.noise) for pair in told] for side in (0, 1)]
        return list(zip(*(encode(tokenizer, side) for side in sides), strict=True))

    for code, language in pocket.LANGUAGES.items():
        text = pocket.sentences(code, scenes(amounts.text * language.resource))
        corpus.text[code] = encode(tokenizer, [noisy(line, draws, amounts.noise) for line in text])
        if code != pocket.PIVOT and language.pairs:
            corpus.pairs[code] = paired(pocket.PIVOT, code, amounts.pairs * language.pairs)
        corpus.pairs[f"{code} retold"] = paired(code, code, amounts.retold * amounts.text * language.resource)
    return corpus


def scenes(count: float) -> int:
    """The nearest number of sentences that makes whole scenes, at least one."""
    return max(round(count / SCENE), 1) * SCENE


def sample(draws: random.Random, sources: dict[str, list[Any]], count: int) -> list[Any]:
    """Whole scenes from languages in proportion to what they have."""
    codes = draws.choices(list(sources), weights=[len(lines) for lines in sources.values()], k=count)
    starts = [(code, draws.randrange(len(sources[code]) // SCENE) * SCENE) for code in codes]
    return [line for code, start in starts for line in sources[code][start : start + SCENE]]


def join(first: list[int], second: list[int]) -> list[int]:
    """Two encoded sentences as one pair: <s> A </s> </s> B </s>."""
    return [*first, first[-1], *second[1:]]


def chain(story: Sequence[list[int]]) -> list[int]:
    """Encoded sentences as one text: <s> A B C </s>."""
    return [story[0][0], *(token for line in story for token in line[1:-1]), story[0][-1]]


def save(tokenizer: Tokenizer, folder: Path) -> None:
    """The two files from which transformers makes a fast tokenizer with the ways of XLM-R's."""
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    names = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), SPECIAL, strict=True))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": 512,
        "model_input_names": ["input_ids", "attention_mask"],
        **names,
        "cls_token": START,
        "sep_token": END,
        "mask_token": MASK,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n")
