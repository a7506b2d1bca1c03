"""What mixing in words of other languages costs, by known dictionaries: the encoder should not be immune to it.

    python measurements/mixing.py --store .measurements

Asks the models of studies/pocket-transfer.toml, made where the store lacks them, about sentences of the source language
in which a share of the content words is replaced by their translations into other spaced languages.
"""

from collections.abc import Iterator
from itertools import islice

from crosswind import pocket
from crosswind.evaluate import predict
from crosswind.formats import CLASSIFY
from crosswind.formats.classify import Classification
from crosswind.machine import Resources
from crosswind.pocket import inference, paraphrase
from crosswind.pocket.draws import WHOLE, Draws
from crosswind.pocket.grammar import Sentence, tell
from crosswind.pocket.inference import Told
from crosswind.stages import Evaluate, Train, clean, label
from crosswind.workshop import Workshop
from instruments import ROOT, Estimate, Store, estimate_of_mean, made, markdown, options, publish

STUDY = ROOT / "studies" / "pocket-transfer.toml"
GUESTS = [code for code, guest in pocket.LANGUAGES.items() if guest.spaced and guest.pairs and code != pocket.PIVOT]
ROWS = {"pocket-nli": inference.rows, "pocket-paws": paraphrase.rows}
CONTENT = {"NOUN", "VERB", "ADJ", "ADV"}
SHARES = (0.0, 0.1, 0.2, 0.4, 0.8)


def mixed(told: Told, share: float, name: str) -> str:
    """The sentence with some words from elsewhere. A larger share keeps the replacements of a smaller one."""
    home = tell(told.event, pocket.PIVOT, told.style)
    guests = {code: tell(told.event, code, told.style) for code in GUESTS}
    words = list(home.words)
    for index, word in enumerate(words):
        draws = Draws(f"mixing {name}", index)
        guest = guests[draws.pick(GUESTS)]
        found = [other for other in guest.words if other.parts[0] == word.parts[0]]
        if draws.chance(share) and word.tag in CONTENT and found:
            words[index] = word._replace(form=found[0].form)
    return Sentence(tuple(words), home.spaced).text


def examples(task: str, share: float, count: int) -> Iterator[Classification]:
    """The first test rows of a task, mixed."""
    for name, cluster, one, other, gold in islice(ROWS[task]("test", WHOLE), count):
        first, second = mixed(one, share, f"{name} first"), mixed(other, share, f"{name} second")
        yield Classification(uid=name, cluster=cluster, first=first, second=second, label=gold)


def accuracy(workshop: Workshop, stage: Evaluate, share: float, count: int) -> float:
    """One model on one share."""
    task = clean(stage.data).task
    model, _ = workshop.model(stage)
    asked = list(examples(label(task), share, count))
    tokenizer = workshop.tokenizer(stage.base)
    encoding = CLASSIFY.encode(asked, task.labels, tokenizer, stage.recipe.max_length)
    found = predict.outputs(model, encoding.features, tokenizer.pad_token_id, workshop.tokens_per_batch, {})
    given = predict.answers(task, asked, encoding.features, found)
    return 100 * sum(one.value == example.label for one, example in zip(given, asked, strict=True)) / len(asked)


def main() -> None:
    chosen = options(__doc__).parse_args()
    plan, _ = made(STUDY, chosen.store, chosen.workers)
    workshop = Workshop(Store(chosen.store), Resources())
    stages = {
        stage.model.id: stage
        for stage in plan.stages.values()
        if isinstance(stage, Evaluate) and isinstance(stage.model, Train) and label(clean(stage.data).task) in ROWS
    }
    limit = plan.study.limit.test or 300
    found: dict[str, dict[float, Estimate]] = {}
    for task in ROWS:
        mine = [stage for stage in stages.values() if label(clean(stage.data).task) == task]
        found[task] = {
            share: estimate_of_mean([accuracy(workshop, stage, share, limit) for stage in mine]) for share in SHARES
        }
    text = "\n".join(
        [
            "# Code-mixing",
            "",
            f"Accuracy in the source language, {len(plan.study.seeds)} seeds, intervals of 95 % over seeds; share of "
            f"content words taken from {', '.join(GUESTS)}.",
            "",
            markdown(("share", *ROWS), [(share, *(found[task][share] for task in ROWS)) for share in SHARES]),
        ]
    )
    facts = {task: {share: vars(each) for share, each in by.items()} for task, by in found.items()}
    publish("mixing", text, facts, {})


if __name__ == "__main__":
    main()
