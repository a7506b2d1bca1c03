"""What in the scene answers the question? Pocket's counterpart of SQuAD, XQuAD and TyDi QA."""

from crosswind import pocket
from crosswind.formats import SPAN, Example
from crosswind.formats.span import Question, Quote
from crosswind.sources.rows import Row
from crosswind.tasks.pocket import LONG, PocketTask, provenance


class PocketQa(PocketTask):
    generator = "qa"
    format = SPAN
    labels = ()
    metric = "squad"
    chance = 0.0
    role = "xquad"
    sizes = pocket.SIZES["qa"]
    recipe = LONG
    provenance = provenance("scenes of a few events, and questions about one of them")

    def parse(self, row: Row) -> Example:
        return Question(
            uid=row["id"],
            cluster=row["cluster"],
            question=row["question"],
            context=row["context"],
            answers=(Quote(row["answer"], row["start"]),),
        )
