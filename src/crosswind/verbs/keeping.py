"""Verbs of the store: whether it is whole, what may go."""

import sys
from pathlib import Path

import click

from crosswind.verbs.wording import store_option, told_plainly


@click.group()
def store() -> None:
    """Look after the folder of finished stages."""


@store.command()
@store_option
@click.option("--remove", is_flag=True, help="Remove damaged stages, so that the next run makes them again.")
@told_plainly
def verify(store_path: Path, remove: bool) -> None:
    """Check every file of the store against its recorded digest."""
    from crosswind.console.upkeep import verified

    damaged = False
    for line, is_damage in verified(store_path, remove):
        damaged |= is_damage
        click.echo(line)
    if damaged and not remove:
        sys.exit(1)


@store.command()
@click.argument("studies", nargs=-1, type=click.Path(path_type=Path))
@store_option
@click.option("--yes", is_flag=True, help="Delete; without it, only show what would be deleted.")
@told_plainly
def prune(studies: tuple[Path, ...], store_path: Path, yes: bool) -> None:
    """Delete leftovers of stopped runs and, of the named STUDIES, weights that no unfinished stage needs."""
    from crosswind.console.upkeep import pruned
    from crosswind.plan import make_plan
    from crosswind.study_file import load_study

    for line in pruned(store_path, [make_plan(load_study(study)) for study in studies], yes):
        click.echo(line)
