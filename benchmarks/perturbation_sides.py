"""One side of perturbation_speed.py: a process that perturbs the texts it is sent and says what CPU time that took.

It imports the library that it is asked for and nothing else, so any interpreter that has the library can run it.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

Perturb = Callable[[Sequence[str], Sequence[str]], list[str]]  # texts and their ids, which only crosswind reads
Side = Callable[[str, float, int], Perturb]  # language, share of words, seed

KEYBOARDS = {"de": "de", "en": "en", "es": "es", "fr": "fr", "he": "he", "th": "th", "tr": "tr"}  # of nlpaug
KEYSTROKES = {"de": "de_qwerty_v1", "el": "el_v1", "en": "en_qwerty_v1", "es": "es_qwerty_v1", "fr": "fr_azerty_v1"}
KEYSTROKES |= {"ru": "ru_v1"}  # of augmenty
LEVELS = {0.05: 1, 0.10: 2, 0.15: 3, 0.20: 4, 0.30: 5}


class Unsupported(Exception):
    """A language that the library says it does not know."""


def crosswind(perturbation: str) -> Side:
    def side(language: str, share: float, seed: int) -> Perturb:
        from crosswind.perturbing import as_perturbation, perturb_each

        level = min(LEVELS[share], as_perturbation(perturbation).levels.severities[-1])
        how: dict[str, Any] = {"language": language, "level": level, "seed": seed}
        return lambda texts, ids: [noisy.text for noisy in perturb_each(texts, perturbation, ids=ids, **how)]

    return side


def nlpaug_character(action: str) -> Side:
    def side(language: str, share: float, seed: int) -> Perturb:  # noqa: ARG001  the same for all
        import nlpaug.augmenter.char as augmenters

        seed_all(seed)
        augmenter = augmenters.RandomCharAug(action=action, aug_word_p=share)
        return lambda texts, _: augmenter.augment(texts)

    return side


def nlpaug_keyboard(language: str, share: float, seed: int) -> Perturb:
    import nlpaug.augmenter.char as augmenters

    if language not in KEYBOARDS:
        raise Unsupported
    seed_all(seed)
    augmenter = augmenters.KeyboardAug(lang=KEYBOARDS[language], aug_word_p=share)
    return lambda texts, _: augmenter.augment(texts)


def nlpaug_words(language: str, share: float, seed: int) -> Perturb:  # noqa: ARG001  the same for all
    import nlpaug.augmenter.word as augmenters

    seed_all(seed)
    augmenter = augmenters.RandomWordAug(action="swap", aug_p=share)
    return lambda texts, _: augmenter.augment(texts)


def textattack_characters(language: str, share: float, seed: int) -> Perturb:  # noqa: ARG001  the same for all
    from textattack.augmentation import CharSwapAugmenter

    seed_all(seed)
    augmenter = CharSwapAugmenter(pct_words_to_swap=share)
    return lambda texts, _: [augmenter.augment(text)[0] for text in texts]


def augmenty_side(name: str) -> Side:
    def side(language: str, share: float, seed: int) -> Perturb:
        import augmenty
        import spacy

        settings = {"level": share}
        if name == "keystroke_error_v1":
            if language not in KEYSTROKES:
                raise Unsupported
            settings["keyboard"] = KEYSTROKES[language]
        # the tokenizers of spaCy for these need packages of their own
        pipeline = spacy.blank("xx" if language in {"ja", "ko", "th", "vi", "zh"} else language)
        augmenter = augmenty.load(name, **settings)
        seed_all(seed)
        return lambda texts, _: list(augmenty.texts(texts, augmenter=augmenter, nlp=pipeline))

    return side


def seed_all(seed: int) -> None:
    import numpy

    random.seed(seed)
    numpy.random.seed(seed)


PEERS: dict[str, Side] = {
    "nlpaug character insert": nlpaug_character("insert"),
    "nlpaug character substitute": nlpaug_character("substitute"),
    "nlpaug character swap": nlpaug_character("swap"),
    "nlpaug character delete": nlpaug_character("delete"),
    "nlpaug keyboard": nlpaug_keyboard,
    "nlpaug word swap": nlpaug_words,
    "TextAttack CharSwap": textattack_characters,
    "augmenty keystroke": augmenty_side("keystroke_error_v1"),
    "augmenty character swap": augmenty_side("char_swap_v1"),
}


def side_called(name: str) -> Side:
    return PEERS[name] if name in PEERS else crosswind(name.removeprefix("crosswind "))


def answer(side: Side, question: dict[str, Any]) -> dict[str, Any]:
    try:
        perturb = side(question["language"], question["share"], question["seed"])
    except Unsupported:
        return {"unsupported": True}
    began = time.process_time()
    texts = perturb(question["texts"], question["ids"])
    return {"cpu": time.process_time() - began, "texts": texts}


def main() -> None:
    side = side_called(sys.argv[1])
    for line in sys.stdin:
        print("answer", json.dumps(answer(side, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
