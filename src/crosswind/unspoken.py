"""Language adapters that a study asks for and cannot have: made of no raw text, or lacking where they are spoken."""

from collections.abc import Iterator

from crosswind.arms import Arm, tasks_of
from crosswind.choices import ALL, of_task
from crosswind.complaints import Mistake
from crosswind.formats import MLM
from crosswind.language_adapters import NEAREST, SOURCE, TARGET, LanguageAdapters
from crosswind.methods.language_adapter import LanguageAdapter
from crosswind.methods.madx import Madx
from crosswind.stages import label
from crosswind.study import Study


def mute_adapters(study: Study) -> Iterator[Mistake]:
    """Task adapters without language adapters, and language adapters that cannot be made or spoken."""
    for number, arm in enumerate(study.arms):
        yield from ((("arm", number, key), told) for key, told in mute(study, arm))


def mute(study: Study, arm: Arm) -> Iterator[tuple[str, str]]:
    """What is wrong with the language adapters of an arm, with the key that says it."""
    has_task_adapters = any(isinstance(method, Madx) for method in (arm.method, arm.first_method))
    wanted = arm.language_adapters
    if has_task_adapters and wanted is None:
        told = "madx stands on language adapters; say what they are made of, [arm.language_adapters] with a text"
        yield "method", told
    elif wanted is not None and not has_task_adapters:
        told = "language_adapters are spoken below method madx alone; choose it, or remove them"
        yield "language_adapters", told
    elif wanted is not None:
        found = [*unmade_adapters(wanted), *unspoken_languages(study, arm, wanted)]
        if study.base.shape is not None:
            found += wanted.method.complaints(study.base.shape)
        yield from (("language_adapters", complaint) for complaint in found)


def unmade_adapters(wanted: LanguageAdapters) -> Iterator[str]:
    """What is wrong with how language adapters are to be made."""
    if wanted.text.format is not MLM:
        found = wanted.text.format.name
        yield f"text: {label(wanted.text)} is no raw text but of format {found}; name a task of format mlm"
    if not isinstance(wanted.method, LanguageAdapter):
        yield f"method: {label(wanted.method)} makes none; expected language-adapter"
    for name in wanted.languages:
        if name != ALL and not of_task(wanted.text, (name,)):
            yield f"languages: {label(wanted.text)} has no language or group {name!r}"
    for name in wanted.tlr:
        if name not in (SOURCE, TARGET) and not wanted.has(name):
            yield f"tlr: {name!r} has no adapter; expected 'source', 'target', or one of {', '.join(wanted.taught)}"
    nearest = (wanted.missing or "").partition(NEAREST)[2]
    if nearest and not wanted.has(nearest):
        yield f"missing: {nearest!r} has no adapter itself; expected one of {', '.join(wanted.taught)}"


def unspoken_languages(study: Study, arm: Arm, wanted: LanguageAdapters) -> Iterator[str]:
    """Languages that a study needs adapters of and that have no text."""
    if arm.regime.kind != "source":
        yield f"a task adapter learns above one language at a time, and regime is {arm.regime.kind!r}; remove it"
    for link in (link for sequence in arm.sequences for link in sequence):
        if len(codes := sorted({task.source for task in tasks_of(link)})) > 1:
            yield f"a stage cannot mix tasks in {' and '.join(codes)}, as it learns above one language at a time"
    for source in study.sources(arm):
        if not wanted.has(source):
            yield f"{label(wanted.text)} has no text in {source}, in which task adapters learn; add some"
    read = {code for target in study.targets for code in study.codes(target)}
    lacking = sorted(code for code in read if not wanted.has(code))
    if lacking and wanted.missing is None:
        yield (
            f"there is no text for {', '.join(lacking)}; say what is spoken there: missing = 'none', 'source', or "
            "'nearest:CODE'"
        )
