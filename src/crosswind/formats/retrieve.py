"""A query and a pool of candidates: Tatoeba, LAReQA, Mewsli-X and their like.

Training sees (query, right candidate) pairs and learns to tell them from the other candidates of its batch. Evaluation
ranks the whole pool, which is the union of the candidates that the examples carry, or those of a dataset that is
nothing but the pool of a task.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal

from crosswind.formats.base import Answer, Changed, Encoding, Example, Feature, Format, flagged, in_nfc, shuffle
from crosswind.formats.subwords import Tokenizer, tokens_of

NUM_RANKED = 20
MENTIONED = ("left", "mention", "right")
Pooling = Literal["own", "first", "mean"]
"""How a text becomes one vector: as its encoder was pre-trained to give it, its first token's, or the mean of all."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One text of the pool, under the name by which golds and rankings know it."""

    uid: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup(Example):
    """`candidate` is one right answer, `candidate_uid` its name in the pool, `gold` the names of all right answers.

    `others` are further candidates, right or wrong, that only join the pool; no loss sees them. Where the pool is a
    dataset of its own, made of what `entry` gives, a query carries no candidate and `candidate_uid` is "".

    `parts` are what `mentioned` made a query of that asks for a mention: what stands left of it, the mention, and what
    stands right of it. The mention stands twice in the query, and a change of text must change it there alike.
    """

    query: str
    candidate: str
    candidate_uid: str
    gold: tuple[str, ...]
    others: tuple[Candidate, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What the example brings to the pool, in the order of its feature's rows behind the query."""
        return (*([Candidate(self.candidate_uid, self.candidate)] if self.candidate_uid else []), *self.others)


class Retrieve(Format[Lookup]):
    name = "retrieve"
    layouts = (("query",), MENTIONED)
    example = Lookup

    def fields(self, example: Lookup) -> Mapping[str, str]:
        return dict(zip(MENTIONED, example.parts, strict=True)) if example.parts else {"query": example.query}

    def with_fields(self, example: Lookup, texts: Mapping[str, str], perturbed: Changed) -> Lookup:  # noqa: ARG002
        if not example.parts:
            return replace(example, query=texts["query"])
        parts = tuple(texts[name] for name in MENTIONED)
        return example if parts == example.parts else replace(example, query=mentioned(*parts), parts=parts)

    def normalised(self, example: Lookup) -> Lookup:
        others = tuple(replace(other, text=in_nfc(other.text)) for other in example.others)
        texts = {name: in_nfc(getattr(example, name)) for name in ("query", "candidate", "parts")}
        return replace(example, **texts, others=others)

    def agree(self, example: Lookup, other: Lookup) -> bool:
        """Versions of one question share a right answer, in whatever order each lists them."""
        return not set(example.gold).isdisjoint(other.gold)

    def encode(
        self,
        examples: Sequence[Lookup],
        labels: Sequence[str],  # noqa: ARG002
        tokenizer: Tokenizer,
        max_length: int,
    ) -> Encoding:
        texts = pool(examples)
        queries, cut_queries = tokens_of(tokenizer, [example.query for example in examples], None, max_length)
        rows_and_cuts = zip(*tokens_of(tokenizer, list(texts.values()), None, max_length), strict=True)
        coded = dict(zip(texts, rows_and_cuts, strict=True))
        features, flags = [], []
        for i, example in enumerate(examples):
            own = [coded[each.uid] for each in example.candidates]
            features.append(Feature(i, (queries[i], *(row for row, _ in own))))
            flags.append(cut_queries[i] or any(cut for _, cut in own))
        return Encoding(features, flagged(flags))

    def decode(
        self,
        example: Lookup,  # noqa: ARG002
        labels: Sequence[str],
        features: Sequence[Feature],  # noqa: ARG002
        outputs: Sequence[Any],
    ) -> Answer:
        """`labels` are the names of the pool or the best of it, `outputs[0]` the similarity of the query to each."""
        similarity = outputs[0]
        ranking = (-similarity).argsort(kind="stable")[:NUM_RANKED]
        best = similarity[ranking[:2]].tolist()
        return Answer(tuple(labels[int(i)] for i in ranking), best[0] - best[-1])

    def relabel(self, examples: Sequence[Lookup], draws: Random) -> list[Lookup]:
        """Every query keeps its text and gets another's right answers."""
        others = list(examples)
        shuffle(others, draws)
        return [
            replace(
                other,
                uid=example.uid,
                cluster=example.cluster,
                query=example.query,
                parts=example.parts,
            )
            for example, other in zip(examples, others, strict=True)
        ]

    def gold(self, example: Lookup) -> tuple[str, ...]:
        return example.gold


def mentioned(left: str, mention: str, right: str) -> str:
    """A mention, then its sentence with the mention in braces, as Mewsli-X asks for it."""
    return on_one_line(f"{mention}: {left} {{ {mention} }} {right}")


def on_one_line(text: str) -> str:
    """Spaces for line ends and one for two, once, as the reference does."""
    return " ".join(text.splitlines()).replace("  ", " ").strip()


def entry(uid: str, text: str) -> Lookup:
    """One candidate as an example of a dataset that is nothing but a pool: there is no query."""
    return Lookup(uid=uid, cluster=uid, query="", candidate=text, candidate_uid=uid, gold=())


def pool(examples: Iterable[Lookup]) -> dict[str, str]:
    """The texts of all candidates by name; raises ValueError where a name stands for two."""
    texts: dict[str, str] = {}
    for example in examples:
        for each in example.candidates:
            if texts.setdefault(each.uid, each.text) != each.text:
                raise ValueError(
                    f"example {example.uid!r} has {each.text!r} as candidate {each.uid!r}, which is the name of "
                    f"{texts[each.uid]!r} already; expected one text for every name, so give each its own"
                )
    return texts


RETRIEVE = Retrieve()
