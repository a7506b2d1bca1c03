"""Verbs that need no study: what there is to choose from, and a study to begin with."""

from pathlib import Path

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


@click.command()
@click.argument("question")
@click.option("--on", "edition", default="pocket", show_default=True, help="What it is asked on: pocket, xtreme-r.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The new file; QUESTION-EDITION.toml if not said."
)
@told_plainly
def new(question: str, edition: str, out: Path | None) -> None:
    """Write the study file of one of the five questions, to be run as it is or to be changed.

    QUESTION is a name of `crosswind list questions`.
    """
    from crosswind.questions.library import question as of_name

    path = out or Path(f"{question}-{edition}.toml")
    text = of_name(question).on(edition)
    if path.exists():
        raise ValueError(f"{path} is there already; say another name with --out")
    path.write_text(text, encoding="utf-8")
    click.echo(f"{path}; next: crosswind plan {path}")
