"""Verbs that need no study: what there is to choose from."""

import click

from crosswind.verbs.wording import told_plainly


@click.command(name="list")
@click.argument("family", required=False)
@told_plainly
def names(family: str | None) -> None:
    """Show every name that a study file may use, with a line on each."""
    from crosswind.console.listing import listed

    for line in listed(family):
        click.echo(line)


@click.command()
@click.argument("languages", metavar="[LANGUAGE]...", nargs=-1)
@click.option("--sentences", type=click.IntRange(min=1), default=1, show_default=True, help="Examples per language.")
@told_plainly
def pocket(languages: tuple[str, ...], sentences: int) -> None:
    """Show Pocket's constructed languages: their dials, and the same sentences in each, word by word and in English.

    LANGUAGE is a code, or one with dials turned, such as taruvik~order=SOV; without any, all built-in ones are shown.
    """
    from shutil import get_terminal_size

    from crosswind.console.laboratory import laboratory

    for line in laboratory(languages, sentences, get_terminal_size().columns):
        click.echo(line)
