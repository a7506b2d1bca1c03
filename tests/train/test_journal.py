"""The log tells of every update once, and of every epoch by itself, however a run was cut up."""

from pathlib import Path
from typing import Any

import pytest

from crosswind.objectives.fgm import Fgm
from crosswind.train import journal
from crosswind.train.loop import Diverged, Stopped, train
from crosswind.train.rows import plain
from tests.train.specimens import features, log_lines, recipe, setting, tiny_model

DATA = features("classify", 44)  # 6 updates an epoch
HOW = recipe(epochs=2.5)


def run(folder: Path, **surroundings: Any) -> list[dict[str, Any]]:
    how = surroundings.pop("how", HOW)
    train(tiny_model(), plain(DATA), Fgm(), how, 1, 0, None, setting(folder, **surroundings))
    return list(journal.epochs(folder / journal.FILE))


def untimed(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: pytest.approx(value) for name, value in each.items() if name != "seconds"} for each in found]


def test_every_epoch_has_a_line_of_its_own_however_fast_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SECONDS_BETWEEN_LINES", 1e9)
    found = run(tmp_path)
    assert [(each["epoch"], each["updates"]) for each in found] == [(1, 6), (2, 6), (3, 3)]
    assert [line["mean_of"] for line in log_lines(tmp_path)] == [6, 6, 3]
    assert {"loss", "delta_l2", "delta_rel", "cos_grad", "flip_share", "forward_passes"} <= found[0].keys()
    assert all(each["forward_passes"] == 2 and each["seconds"] > 0 for each in found)


def test_means_do_not_hang_on_how_often_lines_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seldom = run(tmp_path / "seldom")
    monkeypatch.setattr(journal, "SECONDS_BETWEEN_LINES", 0.0)
    assert untimed(run(tmp_path / "often")) == untimed(seldom)
    assert len(log_lines(tmp_path / "often")) == 15


def test_a_run_that_was_stopped_tells_of_every_update_too(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole")
    calls = iter(range(100))
    with pytest.raises(Stopped):
        run(tmp_path / "cut", stop=lambda: next(calls) == 7)
    assert untimed(run(tmp_path / "cut")) == untimed(whole)


def test_a_run_that_diverges_has_logged_what_came_before(tmp_path: Path) -> None:
    with pytest.raises(Diverged) as caught:
        run(tmp_path, how=recipe(epochs=20, learning_rate=1e30, warmup=0.0, max_norm=1e30))
    assert sum(line["mean_of"] for line in log_lines(tmp_path)) == caught.value.update - 1
