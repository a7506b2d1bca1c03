"""What a model answers to a dataset, as a stage reads it, and how that scores; nothing is written."""

from dataclasses import replace
from typing import Any

from crosswind.evaluate import mining, predict
from crosswind.evaluate.metrics import METRICS
from crosswind.models.model import Model
from crosswind.stages import Dataset, Evaluate, Perturb, Train, clean
from crosswind.workshop import Workshop


def answers(
    workshop: Workshop, model: Model, stage: Train | Evaluate, data: Dataset | Perturb, cache: predict.Cache
) -> list[Any]:
    """A model's answers to a dataset, read as `stage` reads it."""
    found = outputs(workshop, model, stage, data, cache)
    beside = beside_examples(workshop, model, stage)
    features = workshop.encoding(data, stage).features
    return predict.answers(clean(data).task, workshop.examples(data), features, found, beside)


def outputs(
    workshop: Workshop, model: Model, stage: Train | Evaluate, data: Dataset | Perturb, cache: predict.Cache
) -> list[Any]:
    """What a model gives on a dataset, read as `stage` reads it."""
    features, pad = workshop.encoding(data, stage).features, workshop.tokenizer(stage.base).pad_token_id
    return predict.outputs(model, features, pad, workshop.tokens_per_batch, cache)


def beside_examples(workshop: Workshop, model: Model, stage: Train | Evaluate) -> predict.Beside:
    """What the answers to a stage's examples need beside them: a pool, a threshold, or nothing."""
    beside = predict.Beside(device=model.device)
    match stage:
        case Evaluate(pool=Dataset() as pool):
            return replace(beside, pool=workshop.pool(model, stage, pool))
        case Evaluate(dev=Dataset() as dev):
            chosen = workshop.keep((dev.id, "threshold"), lambda: choose_threshold(workshop, model, stage, dev))
            return replace(beside, threshold=chosen)
    return beside


def choose_threshold(workshop: Workshop, model: Model, stage: Evaluate, dev: Dataset) -> float:
    """The score from which on pairs are mined, as the clean dev set has it."""
    examples = workshop.examples(dev)
    found = outputs(workshop, model, stage, dev, {})
    return mining.threshold(examples, mining.mine(examples, [rows_1D[0] for rows_1D in found], model.device))


def score(workshop: Workshop, model: Model, stage: Train, data: Dataset, cache: predict.Cache) -> float:
    """The main score of a model on a dataset, without writing anything."""
    metric = METRICS[data.task.metric]
    given = answers(workshop, model, stage, data, cache)
    measured = [
        metric.measure(data.task.format.gold(example), answer.value, data.language)
        for example, answer in zip(workshop.examples(data), given, strict=True)
    ]
    return metric.scores(metric.totals(measured))[metric.main]
