"""Which stages of a run can start, and which wait for what. Nothing is read or made here."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from crosswind.identity import Stage
from crosswind.stages import Evaluate, Vote, clean, kind, reads

RANK = {"dataset": 0, "train": 1, "align": 2, "perturb": 3, "evaluate": 4, "vote": 5, "attack": 6}
STAGES_PER_JOB = {"dataset": 8, "train": 1, "align": 2, "perturb": 8, "evaluate": 48, "vote": 4, "attack": 1}
Group = tuple[int, str, str]


class Frontier:
    """The stages still to make. Those whose parents are all there are ready, in groups that are best made together."""

    def __init__(self, todo: Mapping[str, Stage]):
        self.todo = dict(todo)
        self.children: dict[str, list[str]] = defaultdict(list)
        self.waiting: dict[str, set[str]] = {}
        self.ready: dict[Group, dict[str, Stage]] = {}
        for stage in todo.values():
            before = {parent.id for parent in reads(stage)} & todo.keys()
            for parent_id in before:
                self.children[parent_id].append(stage.id)
            if before:
                self.waiting[stage.id] = before
            else:
                self.make_ready(stage)

    def make_ready(self, stage: Stage) -> None:
        """A stage can start, for the first time or once more."""
        self.ready.setdefault(group(stage), {})[stage.id] = stage

    def next_job(self, workers: int) -> list[Stage]:
        """Take out the next stages that are best made together: one training, one model on one dataset's versions."""
        chosen = min(self.ready)
        alike = self.ready[chosen]
        share = len(alike) if chosen[2] else -(-len(alike) // workers)
        size = min(STAGES_PER_JOB[chosen[1]], share)
        job = [alike.pop(stage_id) for stage_id in list(alike)[:size]]
        if not alike:
            del self.ready[chosen]
        return job

    def done(self, stage: Stage) -> None:
        """A stage is there; what waited for nothing else becomes ready."""
        self.todo.pop(stage.id, None)
        for child_id in self.children[stage.id]:
            before = self.waiting.get(child_id, set())
            before.discard(stage.id)
            if child_id in self.waiting and not before:
                del self.waiting[child_id]
                self.make_ready(self.todo[child_id])

    def give_up(self, stage: Stage) -> Iterator[Stage]:
        """A stage will not be there; yields everything that now cannot be made either."""
        self.todo.pop(stage.id, None)
        own = self.ready.get(group(stage), {})
        if own.pop(stage.id, None) and not own:
            del self.ready[group(stage)]
        queue = [stage.id]
        for parent_id in queue:
            for child_id in self.children[parent_id]:
                if self.waiting.pop(child_id, None) is not None:
                    queue.append(child_id)
                    yield self.todo.pop(child_id)


def group(stage: Stage) -> Group:
    """What makes two ready stages belong in one job; smaller groups come first."""
    name = kind(stage)
    if isinstance(stage, Evaluate | Vote):
        # Clean text first, then its perturbed versions, whose unchanged examples cost nothing. One task after another,
        # since its languages may share candidates, and so outputs.
        data = clean(stage.data)
        return RANK[name], name, f"{stage.model.id} {data.task.id} {data.id}"
    return RANK[name], name, ""
