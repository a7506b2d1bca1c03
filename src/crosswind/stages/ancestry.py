"""Which trainings make up a model, what text it has met in them, and which files a stage cannot be made without."""

from collections.abc import Iterator
from typing import NamedTuple

from crosswind.identity import Stage
from crosswind.stages.records import Attack, Base, Evaluate, Train, Vote, changed_text, parents


class Step(NamedTuple):
    """One training on the way to an encoder: what its method adds is there, and its weights are `read` if they last."""

    stage: Train
    read: bool


def steps_before(stage: Train) -> list[Step]:
    """What makes the encoder that a training begins with; `fresh` goes back to before anything was added or frozen."""
    starts = [whole_before(stage.start)] if stage.carry == "fresh" else stage.starts
    return [step for start in starts for step in steps(start)]


def steps(model: Train | Base) -> list[Step]:
    """What makes a model's encoder, oldest first.

    A training that saves the whole encoder leaves nothing to read of earlier ones. What these have added still has to
    be there, unless it was merged.
    """
    if isinstance(model, Base):
        return []
    before = [] if model.carry == "merge" else steps_before(model)
    if model.method.whole:
        before = [step._replace(read=False) for step in before]
    return [*before, Step(model, read=True)]


def whole_before(model: Train | Base) -> Train | Base:
    """The last model of a chain that saved its whole encoder, or what the chain began with."""
    while isinstance(model, Train) and not model.method.whole:
        model = model.start
    return model


def lineage(model: Train | Base) -> list[Train]:
    """The trainings whose tensors make up a model, oldest first: none before one that saved the whole encoder."""
    return [step.stage for step in steps(model) if step.read]


def weights_read(stage: Stage) -> list[Train]:
    """The trainings whose weights must be there before `stage` can be made."""
    match stage:
        case Train():
            return [*(step.stage for step in steps_before(stage) if step.read), *stage.language_adapters]
        case Evaluate(language_adapter=Train() as adapter) | Vote(language_adapter=Train() as adapter):
            return [*lineage(stage.model), adapter]
        case Evaluate() | Vote() | Attack():
            return lineage(stage.model)
    return []


def reads(stage: Stage) -> Iterator[Stage]:
    """Every stage whose files are read when `stage` is made; once each."""
    yield from {each.id: each for each in (*parents(stage), *weights_read(stage))}.values()


def families_seen(model: "Train | Base") -> frozenset[str]:
    """The families of all changes of text that a model, or what it was trained on from, has learned from."""
    if not isinstance(model, Train):
        return frozenset()
    own = {change.family for change in changed_text(model).values()}
    return frozenset(own).union(*map(families_seen, model.starts))
