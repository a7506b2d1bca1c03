"""What the votes of a study came to, as tidy tables: `votes`, one row per vote, and `certificates`, one per number of
words that are changed. Accuracy that is proven stands in no table with accuracy that was measured.
"""

from collections.abc import Mapping

import polars

from crosswind.plan import Ballot, Plan
from crosswind.results import CELL_SCHEMA, standing
from crosswind.stages import Vote
from crosswind.store import VOTES, Store

Schema = dict[str, type[polars.DataType]]
KEPT = ("arm", "sequence", "target", "seed", "language", "condition", "severity", "draw", "stage", "reason")
ABOUT: Schema = {"vote": polars.String, **{name: CELL_SCHEMA[name] for name in KEPT}, "status": polars.String}
MEASURED: Schema = {
    "readings": polars.Int64,
    "examples": polars.Int64,
    "single": polars.Float64,
    "majority": polars.Float64,
    "gap": polars.Float64,
    "agreement": polars.Float64,
    "abstained": polars.Float64,
    "sure_and_right": polars.Float64,
}
PROVEN: Schema = {
    "words_changed": polars.Int64,
    "certified": polars.Float64,
    "examples": polars.Int64,
    "alpha": polars.Float64,
}


def votes(plan: Plan, store: Store) -> polars.DataFrame:
    """One row per planned vote, all shares in points; what is not there yet stands with its status and nulls.

    `single` is the accuracy of one plain reading, `majority` that of the vote, `gap` the latter less the former, where
    both answer everything; `sure_and_right` counts abstention as an error.
    """
    status = standing(plan, store) if plan.ballots else {}
    rows = [about(ballot, status) | measured(ballot, plan, store, status) for ballot in plan.ballots]
    return polars.DataFrame(rows, schema=ABOUT | MEASURED)


def certificates(plan: Plan, store: Store) -> polars.DataFrame:
    """One row per finished vote that certifies, and number of words that anybody may change.

    `certified` is the share of the examples, in points, whose vote is right and stays so whatever those words become:
    a lower bound for each example, with a confidence of 1 - alpha.
    """
    status = standing(plan, store) if plan.ballots else {}
    done = {stage: now for stage, now in status.items() if now == "done"}
    rows = [row for ballot in plan.ballots if ballot.cell.stage in done for row in proven(ballot, plan, store)]
    return polars.DataFrame(rows, schema=ABOUT | PROVEN)


def about(ballot: Ballot, status: Mapping[str, str]) -> dict[str, object]:
    """What a vote is of, and how it stands."""
    own = ballot.cell._asdict()
    now = status.get(ballot.cell.stage, "n/a")
    return {"vote": ballot.vote, **{name: own[name] for name in KEPT}, "status": now}


def table_of(ballot: Ballot, plan: Plan, store: Store) -> polars.DataFrame:
    """The examples of a finished vote."""
    return polars.read_parquet(store.file(plan.stages[ballot.cell.stage], VOTES))


def measured(ballot: Ballot, plan: Plan, store: Store, status: Mapping[str, str]) -> dict[str, object]:
    """What a finished vote came to; nothing of another."""
    if status.get(ballot.cell.stage) != "done":
        return {}
    stage, table = plan.stages[ballot.cell.stage], table_of(ballot, plan, store)
    assert isinstance(stage, Vote)
    right = polars.col("vote") == polars.col("gold")
    shares = {
        "single": polars.col("answer") == polars.col("gold"),
        "majority": right,
        "agreement": polars.col("answer") == polars.col("vote"),
        "abstained": polars.col("abstains"),
        "sure_and_right": right & ~polars.col("abstains"),
    }
    found = table.select((100 * share.mean()).alias(name) for name, share in shares.items()).row(0, named=True)
    counts = {"readings": stage.voting.readings, "examples": table.height}
    return counts | found | {"gap": found["majority"] - found["single"]}


def proven(ballot: Ballot, plan: Plan, store: Store) -> list[dict[str, object]]:
    """What a vote proves, from no changed word up to the most that any right answer withstands."""
    stage, table = plan.stages[ballot.cell.stage], table_of(ballot, plan, store)
    assert isinstance(stage, Vote)
    if "certified" not in table.columns:
        return []
    right = table.filter(polars.col("vote") == polars.col("gold"))["certified"].drop_nulls().to_list()
    facts = {"examples": table.height, "alpha": stage.voting.alpha}
    return [
        about(ballot, {stage.id: "done"})
        | facts
        | {"words_changed": changed, "certified": 100 * sum(most >= changed for most in right) / table.height}
        for changed in range(max(right, default=0) + 2)
    ]
