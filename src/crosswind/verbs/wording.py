"""What verbs have in common: their arguments, and that they speak of mistakes in words."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

USER_ERROR = 2

study_argument = click.argument("study", type=click.Path(path_type=Path))
store_option = click.option(
    "--store",
    "store_path",
    type=click.Path(file_okay=False, path_type=Path),
    default=".crosswind",
    envvar="CROSSWIND_STORE",
    show_default=True,
    show_envvar=True,
    help="Folder of finished stages.",
)
out_option = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of to standard output."
)
table_option = click.option(
    "--format", "form", type=click.Choice(["table", "csv", "parquet", "json"]), default="table", show_default=True
)


def told_plainly(verb: Callable[..., Any]) -> Callable[..., Any]:
    """What a user can cause is said in words on standard error, without a traceback, and exits with 2."""

    @wraps(verb)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return verb(*args, **kwargs)
        except BrokenPipeError:
            raise
        except OSError as error:
            click.echo(f"{error.filename}: {error.strerror}" if error.filename else str(error), err=True)
            sys.exit(USER_ERROR)
        except ValueError as error:
            click.echo(str(error), err=True)
            sys.exit(USER_ERROR)

    return guarded
