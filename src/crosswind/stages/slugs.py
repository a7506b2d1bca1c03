"""What stages are called: readable names for people, and for folders beside an id; never part of identity."""

from crosswind.formats import MLM
from crosswind.identity import Stage
from crosswind.stages.labels import label, together
from crosswind.stages.records import Align, Attack, Dataset, Evaluate, Perturb, Train, Vote, changed_text, clean


def slug(stage: Stage) -> str:
    """A readable name for people; never part of identity."""
    match stage:
        case Dataset():
            return f"{label(stage.task)}-{stage.language}-{stage.split}"
        case Align():
            return f"{slug(stage.data)}-with-{stage.other.language}"
        case Perturb():
            level = stage.severity if stage.scale == "rate" else f"{stage.severity}-{stage.scale}"
            return f"{slug(stage.data)}-{label(stage.perturbation)}-L{level}"
        case Train():
            carried = () if stage.carry == "continue" else (stage.carry,)
            changed = [f"{mode}-{label(change)}" for mode, change in changed_text(stage).items()]
            parts = (*carried, label(stage.method), label(stage.objective), *changed, f"s{stage.seed}")
            return "-".join(("+".join(chain(stage)), *parts)).replace(" ", "_")
        case Evaluate() | Attack():
            model = slug(stage.model) if isinstance(stage.model, Train) else stage.model.model.rpartition("/")[2]
            return f"{model}-on-{slug(stage.data)}"
        case Vote():
            return f"{slug(stage.model)}-on-{slug(stage.data)}-{label(stage.voting)}"
    raise TypeError(f"{stage!r} is no stage")


def chain(model: Train) -> tuple[str, ...]:
    """What a model was trained on, in order; what is fused stands in one place."""
    before = [chain(start) for start in model.starts if isinstance(start, Train)]
    fused = ("(" + ",".join("+".join(each) for each in before) + ")",) if model.beside else None
    return (*(fused or (before[0] if before else ())), taught(model))


def taught(model: Train) -> str:
    """The tasks of one training, in brackets if they take turns, and in how many languages if in more than one.

    Of raw text also in which one: the same words mean little without it.
    """
    codes = {clean(data).language: None for data in model.data}
    name = " and ".join(model.tasks) if model.sampler is None else f"({together(tuple(model.tasks.values()))})"
    if len(codes) > 1:
        return f"{name} in {len(codes)} languages"
    return f"{name} in {next(iter(codes))}" if model.sampler is None and model.task.format is MLM else name
