"""Time and memory of `crosswind score` on a generated submission to XTREME of the size of a real one."""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from crosswind.evaluate.tagging import UPOS
from crosswind.leaderboard.scoring import score_task
from crosswind.leaderboard.suites import BIO, NLI, SUITES, SuiteTask

# Examples per language: about those of the real test sets, where sizes differ their mean, 0.6 million in all.
SIZES = {
    "pawsx": 2000,
    "xnli": 5010,
    "udpos": 1500,
    "panx": 8260,
    "xquad": 1190,
    "mlqa": 6500,
    "tydiqa": 560,
    "bucc2018": 8750,
    "tatoeba": 900,
}
WORDS = {"udpos": 18, "panx": 8}  # mean length of a sentence
WRONG = 0.2  # of what is predicted
QUESTIONS = 5  # to a paragraph
LETTERS = {"ar": "التعلمكنروي", "hi": "कखगनमतरसदहो", "zh": "的一是不了人我在有他这", "th": "กขคงจนมยรวสา"}
SUITE = SUITES["xtreme"]


def write_submission(folder: Path) -> int:
    """Labels and predictions of every task and language; the number of predictions."""
    made = 0
    for task in SUITE.tasks:
        for language in task.languages:
            dice = random.Random(f"{task.name} {language}")
            sides = WRITERS[task.name](task, language, dice)
            for side, text in zip(("labels", "predictions"), sides, strict=True):
                path = folder / side / task.name / f"test-{language}{task.layout.suffix}"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            made += SIZES[task.name]
    return made


def spoiled(gold: Sequence[str], choices: Sequence[str], dice: random.Random) -> list[str]:
    """What a model might say: gold, now and then another choice."""
    return [dice.choice(choices) if dice.random() < WRONG else each for each in gold]


def in_lines(choices: Sequence[str]) -> Callable[[SuiteTask, str, random.Random], tuple[str, str]]:
    def write(task: SuiteTask, _language: str, dice: random.Random) -> tuple[str, str]:
        gold = dice.choices(choices, k=SIZES[task.name])
        return lines(gold), lines(spoiled(gold, choices, dice))

    return write


def in_sentences(choices: Sequence[str]) -> Callable[[SuiteTask, str, random.Random], tuple[str, str]]:
    def write(task: SuiteTask, _language: str, dice: random.Random) -> tuple[str, str]:
        mean = WORDS[task.name]
        gold = [dice.choices(choices, k=dice.randint(2, 2 * mean - 2)) for _ in range(SIZES[task.name])]
        return "\n".join(map(lines, gold)), "\n".join(lines(spoiled(sentence, choices, dice)) for sentence in gold)

    return write


def as_rows(task: SuiteTask, _language: str, dice: random.Random) -> tuple[str, str]:
    gold = [str(number) for number in dice.sample(range(SIZES[task.name]), SIZES[task.name])]
    return lines(gold), lines(spoiled(gold, gold, dice))


def as_pairs(task: SuiteTask, language: str, dice: random.Random) -> tuple[str, str]:
    size = SIZES[task.name]
    partners = dice.sample(range(10 * size), size)
    gold = [f"{language}-{number:09}\ten-{partner:09}" for number, partner in enumerate(partners)]
    found = [
        f"{language}-{number:09}\ten-{number:09}" if dice.random() < WRONG else gold[number] for number in range(size)
    ]
    return lines(gold), lines(found)


def as_answers(task: SuiteTask, language: str, dice: random.Random) -> tuple[str, str]:
    letters, paragraphs, predictions = LETTERS.get(language, "aeinorstuld"), [], {}
    for _ in range(SIZES[task.name] // QUESTIONS):
        words = ["".join(dice.choices(letters, k=dice.randint(1, 9))) for _ in range(150)]
        asked = []
        for _ in range(QUESTIONS):
            start, name = dice.randrange(140), f"{dice.getrandbits(160):040x}"
            text = " ".join(words[start : start + dice.randint(1, 6)])
            asked.append({"id": name, "question": " ".join(words[:12]), "answers": [{"text": text, "answer_start": 0}]})
            predictions[name] = " ".join(words[start : start + 3]) if dice.random() < WRONG else text
        paragraphs.append({"context": " ".join(words), "qas": asked})
    return json.dumps({"version": "1", "data": [{"title": "", "paragraphs": paragraphs}]}), json.dumps(predictions)


def lines(values: Sequence[str]) -> str:
    return "".join(f"{value}\n" for value in values)


WRITERS: dict[str, Callable[[SuiteTask, str, random.Random], tuple[str, str]]] = {
    "pawsx": in_lines(("0", "1")),
    "xnli": in_lines(NLI),
    "udpos": in_sentences(UPOS),
    "panx": in_sentences(BIO),
    "xquad": as_answers,
    "mlqa": as_answers,
    "tydiqa": as_answers,
    "bucc2018": as_pairs,
    "tatoeba": as_rows,
}


def score(folder: Path) -> tuple[float, float]:
    """Wall and CPU seconds of one whole `crosswind score` process, held to one core where the system can."""
    began, used = time.perf_counter(), children()
    command = [
        sys.executable,
        "-m",
        "crosswind",
        "score",
        folder / "predictions",
        folder / "labels",
        "--suite",
        "xtreme",
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "9 of 9 tasks" in done.stdout, done.stdout
    return time.perf_counter() - began, children() - used


def children() -> float:
    used = os.times()
    return used.children_user + used.children_system


def by_task(folder: Path) -> list[tuple[str, int, float]]:
    """Predictions and CPU seconds of every task by itself, in this process."""
    found = []
    for task in SUITE.tasks:
        began = time.process_time()
        done = score_task(task, folder / "predictions" / task.name, folder / "labels" / task.name)
        assert done.score.complete, done.complaints
        found.append((task.name, sum(each.examples for each in done.languages), time.process_time() - began))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else set()
    if cores:
        os.sched_setaffinity(0, {min(cores)})  # inherited by the children

    with tempfile.TemporaryDirectory() as folder:
        count = write_submission(Path(folder))
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.*"))
        runs = [score(Path(folder)) for _ in range(options.rounds)]
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        tasks = by_task(Path(folder))

    if cores:
        os.sched_setaffinity(0, cores)
    import harness  # torch only now: its start-up is not what is measured

    wall, cpu = ([run[i] for run in runs] for i in range(2))
    whole = (f"{count:,}", size / 2**20, statistics.median(wall), min(wall), statistics.median(cpu), peak / 2**20)
    parts = [
        "`crosswind score --suite xtreme` on one core: the whole process, start of Python included.",
        harness.table(
            ("predictions", "MB of files", "wall s (median)", "wall s (best)", "CPU s (median)", "peak MB"), [whole]
        ),
        "Each task by itself.",
        harness.table(
            ("task", "examples", "CPU s"), [(name, f"{examples:,}", seconds) for name, examples, seconds in tasks]
        ),
    ]
    raw = {"predictions": count, "bytes": size, "wall": wall, "cpu": cpu, "peak": peak, "tasks": tasks}
    harness.write("scoring", "Scoring a submission", parts, raw)


if __name__ == "__main__":
    main()
