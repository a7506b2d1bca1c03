"""A query and a pool of candidates: Tatoeba, LAReQA, Mewsli-X and their like.

Training sees (query, right candidate) pairs and learns to tell them from the other candidates of its batch. Evaluation
ranks the whole pool, which is the union of the candidates that the examples carry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crosswind.formats.base import Answer, Changed, Encoding, Example, Feature, Format, Tokenizer, tokens_of

NUM_RANKED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup(Example):
    """`candidate` is one right answer, `candidate_uid` its name in the pool, `gold` the names of all right answers."""

    query: str
    candidate: str
    candidate_uid: str
    gold: tuple[str, ...]


class Retrieve(Format[Lookup]):
    name = "retrieve"
    example = Lookup

    def fields(self, example: Lookup) -> Mapping[str, str]:
        return {"query": example.query}

    def with_fields(self, example: Lookup, texts: Mapping[str, str], perturbed: Changed) -> Lookup:  # noqa: ARG002
        return replace(example, query=texts["query"])

    def encode(
        self,
        examples: Sequence[Lookup],
        labels: Sequence[str],  # noqa: ARG002
        tokenizer: Tokenizer,
        max_length: int,
    ) -> Encoding:
        queries, cut_queries = tokens_of(tokenizer, [example.query for example in examples], None, max_length)
        pool, cut_pool = tokens_of(tokenizer, [example.candidate for example in examples], None, max_length)
        features = [Feature(i, pair) for i, pair in enumerate(zip(queries, pool, strict=True))]
        return Encoding(features, sum(map(max, cut_queries, cut_pool)))

    def decode(
        self,
        example: Lookup,  # noqa: ARG002
        labels: Sequence[str],
        features: Sequence[Feature],  # noqa: ARG002
        outputs: Sequence[Any],
    ) -> Answer:
        """`labels` are the names of the pool, `outputs[0]` the similarity of the query to each."""
        similarity = outputs[0]
        ranking = (-similarity).argsort(kind="stable")[:NUM_RANKED]
        best = similarity[ranking[:2]].tolist()
        return Answer(tuple(labels[int(i)] for i in ranking), best[0] - best[-1])

    def gold(self, example: Lookup) -> tuple[str, ...]:
        return example.gold


RETRIEVE = Retrieve()
