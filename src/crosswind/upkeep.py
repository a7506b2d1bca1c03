"""Looking after a store: find damage, free space. Outcomes are never deleted."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from crosswind.claims import Claims
from crosswind.identity import ID_LENGTH
from crosswind.plan import Plan
from crosswind.progress import size
from crosswind.stages import Train, parents
from crosswind.store import WEIGHTS, Damaged, Store, check_folder


def verified(root: Path, remove: bool) -> Iterator[tuple[str, bool]]:
    """A line per damaged stage and one with the count, and whether the line is about damage."""
    sound = 0
    for folder in Store(root).folders():
        try:
            check_folder(folder)
            sound += 1
        except Damaged as damage:
            if remove:
                shutil.rmtree(folder)
            yield f"{'removed: ' if remove else ''}{damage}", True
    yield f"{sound} stages are as they were published", False


def pruned(root: Path, plans: Sequence[Plan], yes: bool) -> Iterator[str]:
    """Delete leftovers and spare weights, or say what would be deleted."""
    store = Store(root)
    freed = 0
    for path in leftovers(store):
        freed += size_of(path)
        yield f"{'deleted' if yes else 'would delete'} {path} ({size(size_of(path))}, left by a stopped run)"
        if yes:
            shutil.rmtree(path)
    for path in spare_weights(store, plans):
        bytes_here = (path / WEIGHTS).stat().st_size
        freed += bytes_here
        if yes:
            store.prune_weights(path)
        yield f"{'deleted' if yes else 'would delete'} {path / WEIGHTS} ({size(bytes_here)})"
    yield f"{size(freed)} {'freed' if yes else 'to free; add --yes to delete'}"


def leftovers(store: Store) -> list[Path]:
    """Work folders that no living process is filling."""
    if not (store.root / "work").is_dir():
        return []
    claims = Claims(store.root)
    try:
        return [
            path for path in sorted((store.root / "work").iterdir()) if not claims.is_claimed(path.name[:ID_LENGTH])
        ]
    finally:
        claims.close()


def spare_weights(store: Store, plans: Sequence[Plan]) -> list[Path]:
    """Folders of trainings of these plans whose every child, in every one of the plans, is published."""
    held = store.held()
    needed = {
        parent.id
        for plan in plans
        for stage in plan.stages.values()
        if stage.id not in held
        for parent in parents(stage)
    }
    stages = {stage.id: stage for plan in plans for stage in plan.stages.values() if isinstance(stage, Train)}
    return [store.folder(stage) for stage in stages.values() if stage.id not in needed and store.has_weights(stage)]


def size_of(path: Path) -> int:
    """The bytes of a file or of everything in a folder."""
    return (
        sum(each.stat().st_size for each in path.rglob("*") if each.is_file()) if path.is_dir() else path.stat().st_size
    )
