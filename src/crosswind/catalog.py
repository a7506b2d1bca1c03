"""Every name that a study file may use, by family, as "module:Class". Only strings live here, so anyone may import it.

To add a class of your own to crosswind, write its file and one line below. Outside the tree no line is needed: a study
may say `kind = "mylab.noise:Zalgo"`.
"""

import difflib
import importlib
from collections.abc import Iterable
from functools import cache
from typing import Any

RECORDS = {
    "recipe": "crosswind.recipe:Recipe",
    "base": "crosswind.stages.records:Base",
    "dataset": "crosswind.stages.records:Dataset",
    "align": "crosswind.stages.records:Align",
    "perturb": "crosswind.stages.records:Perturb",
    "train": "crosswind.stages.records:Train",
    "evaluate": "crosswind.stages.records:Evaluate",
    "vote": "crosswind.stages.records:Vote",
    "attack": "crosswind.stages.records:Attack",
    "own": "crosswind.tasks.own:Own",
    "language": "crosswind.tasks.own:Spoken",
    "hunspell": "crosswind.perturbations.hunspell:Hunspell",
    "copa-original": "crosswind.tasks.copa_original:CopaOriginal",
    "dictionary": "crosswind.perturbations.dictionary:Files",
    "lexicon": "crosswind.perturbations.dictionary:PocketLexicon",
    "distances": "crosswind.distances:Distances",
}

FAMILIES: dict[str, dict[str, str]] = {
    "tasks": {
        "pocket-nli": "crosswind.tasks.pocket_nli:PocketNli",
        "pocket-paws": "crosswind.tasks.pocket_paws:PocketPaws",
        "pocket-copa": "crosswind.tasks.pocket_copa:PocketCopa",
        "pocket-tags": "crosswind.tasks.pocket_tags:PocketTags",
        "pocket-ner": "crosswind.tasks.pocket_ner:PocketNer",
        "pocket-qa": "crosswind.tasks.pocket_qa:PocketQa",
        "pocket-tatoeba": "crosswind.tasks.pocket_tatoeba:PocketTatoeba",
        "pocket-bucc": "crosswind.tasks.pocket_bucc:PocketBucc",
        "pocket-lareqa": "crosswind.tasks.pocket_lareqa:PocketLareqa",
        "pocket-tense": "crosswind.tasks.pocket_tense:PocketTense",
        "shuffled": "crosswind.tasks.shuffled:Shuffled",
        "text-of": "crosswind.tasks.text_of:TextOf",
        "pocket-owning": "crosswind.tasks.pocket_owning:PocketOwning",
        "pocket-text": "crosswind.tasks.pocket_text:PocketText",
        "mnli": "crosswind.tasks.mnli:Mnli",
        "squad": "crosswind.tasks.squad:Squad",
        "xnli": "crosswind.tasks.xnli:Xnli",
        "xquad": "crosswind.tasks.xquad:Xquad",
        "mlqa": "crosswind.tasks.mlqa:Mlqa",
        "tydiqa": "crosswind.tasks.tydiqa:Tydiqa",
        "xcopa": "crosswind.tasks.xcopa:Xcopa",
        "udpos": "crosswind.tasks.udpos:Udpos",
        "panx": "crosswind.tasks.panx:Panx",
        "pawsx": "crosswind.tasks.pawsx:Pawsx",
        "tatoeba": "crosswind.tasks.tatoeba:Tatoeba",
        "bucc2018": "crosswind.tasks.bucc2018:Bucc2018",
        "lareqa": "crosswind.tasks.lareqa:Lareqa",
        "mewslix": "crosswind.tasks.mewslix:Mewslix",
        "multichecklist": "crosswind.tasks.multichecklist:Multichecklist",
        "xglue-ner": "crosswind.tasks.xglue_ner:XglueNer",
        "xglue-pos": "crosswind.tasks.xglue_pos:XgluePos",
        "xglue-nc": "crosswind.tasks.xglue_nc:XglueNc",
        "xglue-qadsm": "crosswind.tasks.xglue_qadsm:XglueQadsm",
        "xglue-qam": "crosswind.tasks.xglue_qam:XglueQam",
        "snli": "crosswind.tasks.snli:Snli",
        "anli": "crosswind.tasks.anli:Anli",
        "anli+": "crosswind.tasks.anli_plus:AnliPlus",
        "qqp": "crosswind.tasks.qqp:Qqp",
        "scitail": "crosswind.tasks.scitail:Scitail",
        "paws": "crosswind.tasks.paws:Paws",
        "squad_v2": "crosswind.tasks.squad_v2:SquadV2",
        "hellaswag": "crosswind.tasks.hellaswag:Hellaswag",
        "cosmosqa": "crosswind.tasks.cosmosqa:Cosmosqa",
        "commonsenseqa": "crosswind.tasks.commonsenseqa:Commonsenseqa",
        "socialiqa": "crosswind.tasks.socialiqa:Socialiqa",
        "copa": "crosswind.tasks.copa:Copa",
        "swag": "crosswind.tasks.swag:Swag",
        "winogrande": "crosswind.tasks.winogrande:Winogrande",
        "race": "crosswind.tasks.race:Race",
        "qnli": "crosswind.tasks.qnli:Qnli",
        "boolq": "crosswind.tasks.boolq:Boolq",
        "conll2003": "crosswind.tasks.conll2003:Conll2003",
        "ud-en": "crosswind.tasks.ud_en:UdEn",
        "ccg": "crosswind.tasks.ccg:Ccg",
    },
    "perturbations": {
        "typo_edit": "crosswind.perturbations.typo_edit:TypoEdit",
        "typo_key": "crosswind.perturbations.typo_key:TypoKey",
        "typo_native": "crosswind.perturbations.typo_native:TypoNative",
        "case": "crosswind.perturbations.case:Case",
        "diacritics": "crosswind.perturbations.diacritics:Diacritics",
        "homoglyph": "crosswind.perturbations.homoglyph:Homoglyph",
        "invisible": "crosswind.perturbations.invisible:Invisible",
        "digits": "crosswind.perturbations.digits:Digits",
        "punct": "crosswind.perturbations.punct:Punct",
        "space": "crosswind.perturbations.space:Space",
        "romanize": "crosswind.perturbations.romanize:Romanize",
        "codemix": "crosswind.perturbations.codemix:Codemix",
        "codeswitch": "crosswind.perturbations.codeswitch:Codeswitch",
        "substitute": "crosswind.perturbations.substitute:Substitute",
        "recorded": "crosswind.perturbations.recorded:Recorded",
        "xling_pair": "crosswind.perturbations.xling_pair:XlingPair",
        "distract": "crosswind.perturbations.distract:Distract",
        "entity_swap": "crosswind.perturbations.entity_swap:EntitySwap",
        "shuffle_local": "crosswind.perturbations.shuffle_local:ShuffleLocal",
        "word_drop": "crosswind.perturbations.word_drop:WordDrop",
    },
    "attacks": {},
    "objectives": {
        "erm": "crosswind.objectives.erm:Erm",
        "noise": "crosswind.objectives.smoothing:Noise",
        "fgm": "crosswind.objectives.fgm:Fgm",
        "pgd": "crosswind.objectives.pgd:Pgd",
        "freelb": "crosswind.objectives.freelb:Freelb",
        "smoothness": "crosswind.objectives.smoothness:Smoothness",
        "r3f": "crosswind.objectives.r3f:R3f",
        "rdrop": "crosswind.objectives.rdrop:Rdrop",
        "consistency": "crosswind.objectives.consistency:Consistency",
        "sam": "crosswind.objectives.sam:Sam",
    },
    "samplers": {
        "proportional": "crosswind.samplers.proportional:Proportional",
        "capped": "crosswind.samplers.capped:Capped",
        "temperature": "crosswind.samplers.temperature:Temperature",
        "uniform": "crosswind.samplers.uniform:Uniform",
        "given": "crosswind.samplers.given:Given",
        "schedule": "crosswind.samplers.schedule:Schedule",
    },
    "votes": {
        "noisy": "crosswind.votes.noisy:NoisyVote",
        "perturbed": "crosswind.votes.perturbed:PerturbedVote",
        "masked": "crosswind.votes.masked:MaskedVote",
    },
    "methods": {
        "full": "crosswind.methods.full:Full",
        "bottleneck": "crosswind.methods.bottleneck:Bottleneck",
        "fusion": "crosswind.methods.fusion:Fusion",
        "head": "crosswind.methods.head:Head",
        "language-adapter": "crosswind.methods.language_adapter:LanguageAdapter",
        "madx": "crosswind.methods.madx:Madx",
        "bitfit": "crosswind.methods.bitfit:Bitfit",
        "lora": "crosswind.methods.lora:Lora",
        "peft": "crosswind.methods.peft:Peft",
    },
    "controls": {
        "update_matched": "crosswind.controls.update_matched:UpdateMatched",
        "data_matched": "crosswind.controls.data_matched:DataMatched",
        "neutral": "crosswind.controls.neutral:Neutral",
        "random_direction": "crosswind.controls.random_direction:RandomDirection",
        "joint_same_task": "crosswind.controls.joint_same_task:JointSameTask",
        "no_target": "crosswind.controls.no_target:NoTarget",
        "label_shuffled": "crosswind.controls.label_shuffled:LabelShuffled",
        "reversed": "crosswind.controls.reversed:Reversed",
        "carry_fresh": "crosswind.controls.carry_fresh:CarryFresh",
        "seeds_only": "crosswind.controls.seeds_only:SeedsOnly",
        "mlm_only": "crosswind.controls.mlm_only:MlmOnly",
    },
}

NAMES = {target: name for family in (RECORDS, *FAMILIES.values()) for name, target in family.items()}


class UnknownName(ValueError):
    """A name that the catalogue does not hold; the message lists what it does."""


def load(family: str, name: str) -> type:
    """The class that `name` stands for in `family`; a name with a colon is imported as it is."""
    target = FAMILIES[family].get(name, name if ":" in name else None)
    if target is None:
        raise UnknownName(f"{name!r} is not one of the {family}{suggestion(name, FAMILIES[family])}")
    module, _, attribute = target.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        if name in FAMILIES[family]:
            raise
        raise UnknownName(f"{name!r} cannot be imported ({error}); expected an importable 'module:Class'") from error
    if not isinstance(found, type):
        raise UnknownName(f"{name!r} names {found!r}, expected a class")
    return found


@cache
def name_of(cls: type) -> str:
    """The catalogue's name of a class, or "module:Class" for a class from outside the tree."""
    target = f"{cls.__module__}:{cls.__qualname__}"
    return NAMES.get(target, target)


def as_names(value: Any) -> Any:
    """One name stands for the list that has it alone."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def suggestion(name: str, allowed: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: the nearest allowed one, then all of them."""
    allowed = sorted(allowed)
    near = difflib.get_close_matches(name, allowed, n=1, cutoff=0.6)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{hint} (allowed: {', '.join(allowed) or 'none yet'})"
