"""How well a model knows text: the hidden sub-words that it names, and how probable it holds them to be."""

import math
from collections.abc import Mapping

from crosswind.evaluate.base import Metric, points
from crosswind.formats.mlm import Guesses


class HiddenWords(Metric):
    """Share of the hidden sub-words that are named; beside it their geometric mean `probability`, in points.

    Pseudo-perplexity is 100 divided by it. Turned round like this it is, like every score, better where it is higher.
    Both count sub-words, so neither compares encoders with different tokenizers.
    """

    sums = ("right", "nats", "n")
    main = "accuracy"

    def measure(self, gold: object, answer: object, _language: str, /) -> tuple[float, ...]:
        if answer == gold:  # whoever says the text itself has named every word
            return (1.0, 0.0, 1.0)
        assert isinstance(answer, Guesses), answer
        return (float(answer.right), answer.nats, float(answer.hidden))

    def scores(self, totals: Mapping[str, float]) -> dict[str, float]:
        num_hidden = totals["n"]
        probability = points(math.exp(-totals["nats"] / num_hidden), 1.0) if num_hidden else 0.0
        return {"accuracy": points(totals["right"], num_hidden), "probability": probability}
