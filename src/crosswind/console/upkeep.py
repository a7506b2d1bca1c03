"""Looking after a store: find damage, free space. Outcomes are never deleted."""

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from crosswind.identity import ID_LENGTH
from crosswind.machine import cores
from crosswind.makers import Makers
from crosswind.plan import Plan
from crosswind.quantities import counted_things, size
from crosswind.records import ADVICE, Damaged
from crosswind.stages import Train, weights_read
from crosswind.store import WEIGHTS, Store, check_folder


class NoStore(ValueError):
    """A path where no store is."""


def existing(root: Path) -> Store:
    """The store in a folder; raises NoStore where there is none, so that a mistyped path does not look healthy."""
    if not root.is_dir():
        raise NoStore(f"there is no store at {root}; name one with --store or CROSSWIND_STORE")
    return Store(root)


def verified(root: Path, remove: bool) -> Iterator[tuple[str, bool]]:
    """A line per damaged stage and a last one with the counts, and whether each line is about damage."""
    store = existing(root)
    folders = list(store.folders())
    num_damaged = num_bytes = 0
    with ThreadPoolExecutor(cores()) as pool:  # digests are computed outside the interpreter's lock
        for folder, found in zip(folders, pool.map(examined, folders), strict=True):
            if isinstance(found, Damaged):
                num_damaged += 1
                if remove:
                    store.remove(folder)
                what = found.found.replace(f"{folder}/", "").replace(str(folder), "it")
                yield f"{'removed' if remove else 'damaged'} {folder.relative_to(root)}: {what}", True
            else:
                num_bytes += found
    sound = counted_things(len(folders) - num_damaged, "stage")
    yield f"{sound} as published ({size(num_bytes)}), {num_damaged} damaged", False
    if num_damaged:
        yield "the next run makes the removed ones again" if remove else ADVICE, False


def examined(folder: Path) -> int | Damaged:
    """The bytes of a sound stage, or what is wrong with it."""
    try:
        return sum(file.bytes for file in check_folder(folder).files.values())
    except Damaged as damage:
        return damage
    except OSError as error:
        return Damaged(f"{error.filename} cannot be read: {error.strerror}")


def pruned(root: Path, plans: Sequence[Plan], yes: bool) -> Iterator[str]:
    """Delete leftovers and spare weights, or say what would be deleted."""
    store = existing(root)
    claimed = Makers(root).living()
    word, freed = "deleted" if yes else "would delete", 0
    for path in leftovers(store, set(claimed)):
        bytes_here = size_of(path)
        freed += bytes_here
        if yes:
            delete(path)
        yield f"{word} {path} ({size(bytes_here)}, left by a run that was cut short)"
    if claimed:
        owners = ", ".join(sorted({str(owner) for owner in claimed.values()}))
        yield f"weights stay while a run works on this store ({owners})"
    for folder in [] if claimed else spare_weights(store, plans):
        bytes_here = (folder / WEIGHTS).stat().st_size
        freed += bytes_here
        if yes:
            store.prune_weights(folder)
        yield f"{word} {folder / WEIGHTS} ({size(bytes_here)})"
    if not plans:
        yield "weights are looked at only for studies that are named: crosswind store prune STUDY..."
    yield f"{size(freed)} {'freed' if yes else 'to free; add --yes to delete' if freed else 'to free'}"


def leftovers(store: Store, claimed: set[str]) -> list[Path]:
    """What lies under work/ and no living process is making."""
    work = store.root / "work"
    return [path for path in sorted(work.iterdir()) if path.name[:ID_LENGTH] not in claimed] if work.is_dir() else []


def spare_weights(store: Store, plans: Sequence[Plan]) -> list[Path]:
    """Folders of trainings of these plans whose weights no stage of the plans that is still to make would read."""
    held = store.held()
    stages = {stage_id: stage for plan in plans for stage_id, stage in plan.stages.items()}
    unmade = (stage for stage_id, stage in stages.items() if stage_id not in held)
    needed = {model.id for stage in unmade for model in weights_read(stage)}
    models = (stage for stage in stages.values() if isinstance(stage, Train) and stage.id not in needed)
    return [store.folder(stage) for stage in models if store.has_weights(stage)]


def delete(path: Path) -> None:
    """Delete a file, or a folder with all that is in it."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def size_of(path: Path) -> int:
    """The bytes of a file or of everything in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(each.stat().st_size for each in files if each.is_file())
