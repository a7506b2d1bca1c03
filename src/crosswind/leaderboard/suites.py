"""The two suites as data: their tasks, the languages of each, the files that hold them, and what is averaged."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from crosswind.catalog import suggestion
from crosswind.formats.tag import OUTSIDE, UPOS
from crosswind.leaderboard.layout import Labels, Layout, Numbered, Pairs, Rankings, Rows, Tags, Texts

NLI = ("contradiction", "entailment", "neutral")
BIO = (OUTSIDE, *(f"{prefix}-{kind}" for kind in ("LOC", "ORG", "PER") for prefix in "BI"))


@dataclass(frozen=True, slots=True)
class SuiteTask:
    """A task of a suite. Its score is the mean over languages of the mean of the scores that `counted` names.

    `thinned` says that the official files leave out the same rows as the task's own rules do.
    """

    name: str
    layout: Layout
    metric: str
    counted: tuple[str, ...]
    languages: tuple[str, ...]
    thinned: bool = False


@dataclass(frozen=True, slots=True)
class Suite:
    """Tasks whose scores are averaged with equal weight, in all and by group."""

    name: str
    title: str
    tasks: tuple[SuiteTask, ...]
    groups: Mapping[str, tuple[str, ...]]


def codes(*texts: str) -> tuple[str, ...]:
    """The codes of some texts in alphabetical order."""
    return tuple(sorted(" ".join(texts).split()))


TAGGED = "af ar bg de el en es et eu fa fi fr he hi hu id it ja kk ko mr nl pt ru ta te th tl tr ur vi yo zh"
NAMED = f"{TAGGED} bn jv ka ml ms my sw"
TRANSLATED = (
    "af ar bg bn de el es et eu fa fi fr he hi hu id it ja jv ka kk ko ml mr nl pt ru sw ta te th tl tr ur vi zh"
)
ASKED = "ar de el en es hi ru th tr vi zh"

XNLI = SuiteTask("xnli", Labels(NLI), "accuracy", ("accuracy",), codes("ar bg de el en es fr hi ru sw th tr ur vi zh"))
PAWSX = SuiteTask("pawsx", Labels(("0", "1")), "accuracy", ("accuracy",), codes("de en es fr ja ko zh"))
XCOPA = SuiteTask("xcopa", Numbered((0, 1)), "accuracy", ("accuracy",), codes("et ht id it qu sw ta th tr vi zh"))
UDPOS = SuiteTask("udpos", Tags(UPOS, (OUTSIDE,)), "run_f1", ("f1",), codes(TAGGED), thinned=True)
PANX = SuiteTask("panx", Tags(BIO), "entity_f1", ("f1",), codes(NAMED))
XQUAD = SuiteTask("xquad", Texts(), "squad", ("em", "f1"), codes(ASKED))
MLQA = SuiteTask("mlqa", Texts(), "mlqa", ("em", "f1"), codes("ar de en es hi vi zh"))
TYDIQA = SuiteTask("tydiqa", Texts(), "squad", ("em", "f1"), codes("ar bn en fi id ko ru sw te"))
BUCC = SuiteTask("bucc2018", Pairs(), "pairs_f1", ("f1",), codes("de fr ru zh"))
TATOEBA = SuiteTask("tatoeba", Rows(), "accuracy", ("accuracy",), codes(TRANSLATED))
LAREQA = SuiteTask("lareqa", Rankings(), "map20", ("map",), codes(ASKED))
MEWSLIX = SuiteTask("mewslix", Rankings(), "rr20", ("mrr",), codes("ar de en es fa ja pl ro ta tr uk"))

QA = ("xquad", "mlqa", "tydiqa")

XTREME = Suite(
    name="xtreme",
    title="XTREME",
    tasks=(PAWSX, XNLI, UDPOS, PANX, XQUAD, MLQA, TYDIQA, BUCC, TATOEBA),
    groups={
        "classification": ("pawsx", "xnli"),
        "tagging": ("udpos", "panx"),
        "qa": QA,
        "retrieval": ("bucc2018", "tatoeba"),
    },
)
XTREME_R = Suite(
    name="xtreme-r",
    title="XTREME-R",
    tasks=(
        XNLI,
        XCOPA,
        replace(UDPOS, languages=codes(TAGGED, "lt pl ro uk wo")),
        replace(PANX, languages=codes(NAMED, "az gu lt pa pl qu ro uk")),
        replace(XQUAD, languages=codes(ASKED, "ro")),
        MLQA,
        TYDIQA,
        replace(TATOEBA, languages=codes(TRANSLATED, "az lt pl ro uk")),
        LAREQA,
        MEWSLIX,
    ),
    groups={
        "classification": ("xnli", "xcopa"),
        "tagging": ("udpos", "panx"),
        "qa": QA,
        "retrieval": ("tatoeba", "lareqa", "mewslix"),
    },
)
# The official evaluator has no language for LAReQA, so it never reaches an overall score; it leaves LAReQA out of its
# group and counts XCOPA in two.
XTREME_R_COMPAT = replace(
    XTREME_R,
    tasks=tuple(replace(task, languages=()) if task is LAREQA else task for task in XTREME_R.tasks),
    groups={
        **XTREME_R.groups,
        "multi_choice": ("xcopa",),
        "retrieval": ("tatoeba", "mewslix"),
    },
)

SUITES: Mapping[str, Suite] = MappingProxyType({suite.name: suite for suite in (XTREME, XTREME_R)})
COMPAT: Mapping[str, Suite] = MappingProxyType({suite.name: suite for suite in (XTREME, XTREME_R_COMPAT)})
TASKS = tuple(dict.fromkeys(task.name for suite in SUITES.values() for task in suite.tasks))


def suite_named(name: str, compat: bool = False) -> Suite:
    """The suite of a name, as it is meant or (`compat`) as the official evaluator has it; raises ValueError."""
    if name not in SUITES:
        raise ValueError(f"{name!r} is not a suite{suggestion(name, SUITES)}")
    return (COMPAT if compat else SUITES)[name]
