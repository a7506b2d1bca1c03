"""The names that a study file may use, with a line on each."""

import inspect
import textwrap
from collections.abc import Iterator

from crosswind import catalog
from crosswind.claims.library import literature
from crosswind.perturbations.suites import SUITES
from crosswind.quantities import counted_things
from crosswind.questions.library import questions
from crosswind.tasks.base import Task
from crosswind.tasks.wrapped import Wrapped

SUITES_LISTED, CLAIMS_LISTED, QUESTIONS_LISTED = "suites", "claims", "questions"
GUIDE, GUIDED = "docs/methods.md", ("objectives", "methods")
WIDTH = 116


def listed(family: str | None) -> Iterator[str]:
    """What `crosswind list` prints: each family's names with the first sentence of their file."""
    known = {*catalog.FAMILIES, SUITES_LISTED, CLAIMS_LISTED, QUESTIONS_LISTED}
    if family is not None and family not in known:
        raise catalog.UnknownName(f"{family!r} is no family of the catalogue{catalog.suggestion(family, known)}")
    for name, entries in catalog.FAMILIES.items():
        if family not in {None, name} or not entries:
            continue
        yield name
        width = max(map(len, entries))
        for entry in entries:
            found = catalog.load(name, entry)
            yield f"  {entry:{width}}  {headline(found)}"
            if family == "tasks" and not inspect.isabstract(found) and Wrapped not in found.__mro__:
                yield from (f"  {'':{width}}  {line}" for line in facts_of(found()))
        if name in GUIDED:
            yield f"  ({GUIDE} has the equation, the paper and the settings of each)"
    if family in {None, SUITES_LISTED}:
        yield from listed_suites()
    if family in {None, CLAIMS_LISTED}:
        yield from listed_claims()
    if family in {None, QUESTIONS_LISTED}:
        yield from listed_questions()


def listed_questions() -> Iterator[str]:
    """The questions that ship as studies."""
    yield QUESTIONS_LISTED
    width = max(map(len, questions()))
    for each in questions().values():
        yield f"  {each.name:{width}}  {each.asked}"
        yield f"  {'':{width}}  crosswind new {each.name} --on {' | '.join(each.editions)}"


def listed_claims() -> Iterator[str]:
    """The claims of the literature; all that is known of them."""
    yield CLAIMS_LISTED
    for each in literature().values():
        number = f" ({each.number:+g} points)" if each.number is not None else ""
        yield f"  {each.name}  {each.text}{number}"
        yield f"    {each.paper}; known from: {each.evidence}; arms: {', '.join(each.roles)}"
        yield from textwrap.wrap(each.needs, WIDTH, initial_indent="    needs: ", subsequent_indent="    ")


def listed_suites() -> Iterator[str]:
    """The suites with what is in them."""
    yield SUITES_LISTED
    for suite in SUITES.values():
        yield f"  {suite.name}  {suite.told}"
        for table in suite.perturbations:
            settings = ", ".join(f"{name} = {value}" for name, value in table.items() if name != "kind")
            yield f"    {table['kind']}" + (f" ({settings})" if settings else "")


def facts_of(task: Task) -> Iterator[str]:
    """What a person wants to know of a task before using it, in lines."""
    codes = list(task.languages)
    yield f"{task.format.name}; {task.metric}; {counted_things(len(codes), 'language')}: {' '.join(codes)}"
    sizes = ", ".join(f"{split} {count:,}" for split, count in task.sizes.items())
    learned = f", learned from {' and then '.join(task.teachers)}" if task.teachers else ""
    yield f"rows: {sizes}{learned}; licence: {task.provenance.licence}"
    if task.has_training:
        recipe = task.recipe
        length = f"{recipe.steps} updates" if recipe.steps else f"{recipe.epochs:g} epochs"
        yield f"recipe: {length} of {recipe.batch} at {recipe.learning_rate:g}, {recipe.max_length} sub-words"


def headline(cls: type) -> str:
    """The first sentence of the file that a class lives in."""
    text = inspect.getdoc(inspect.getmodule(cls)) or ""
    return " ".join(text.partition("\n\n")[0].split())
