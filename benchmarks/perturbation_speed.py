"""Sentences a second on one core, and how sound they are: crosswind's noise beside that of other libraries.

Sentences are those of Tatoeba where CROSSWIND_DATA has them, else the sentences of the tests, repeated. Every side is a
process of its own and gets the same sentences, in turn with the others; none has seen them before.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosswind import catalog
from crosswind.perturbations.base import Rated
from crosswind.perturbations.legality import ORPHAN
from crosswind.perturbing import as_perturbation, needs_stock
from crosswind.text.clusters import OTHER_SCRIPT, clusters, script
from crosswind.text.patterns import LETTER
from perturbation_sides import PEERS

ROOT = Path(__file__).parent.parent
MAIN = "crosswind typo_edit"
SHARE = 0.15
CODES = {
    "ar": "ara", "bn": "ben", "de": "deu", "el": "ell", "es": "spa", "fr": "fra", "he": "heb", "hi": "hin", "ja": "jpn",
    "ko": "kor", "ru": "rus", "ta": "tam", "te": "tel", "th": "tha", "tr": "tur", "vi": "vie", "zh": "cmn",
}  # fmt: skip
LANGUAGES = sorted(["en", *CODES])


@dataclass
class Seen:
    """What one side did in one language: CPU seconds a text by round, and its texts beside the clean ones.

    `fresh` is for texts that the process had not seen, `again` for the same ones with another seed: another level,
    draw or epoch, which is how most texts are perturbed.
    """

    fresh: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    repeated: bool = True
    alone: bool = True


class Process:
    """A side as a process that answers questions one by one."""

    def __init__(self, name: str, interpreter: str) -> None:
        self.command = [interpreter, str(Path(__file__).with_name("perturbation_sides.py")), name]
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def ask(self, language: str, texts: Sequence[str], seed: int, first: int = 0) -> dict[str, Any] | None:
        """The answer; None where the side cannot give one."""
        assert self.process.stdin
        assert self.process.stdout
        ids = [str(first + number) for number in range(len(texts))]
        question = {"language": language, "texts": texts, "ids": ids, "share": SHARE, "seed": seed}
        try:
            self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        for line in self.process.stdout:
            if line.startswith("answer "):
                found: dict[str, Any] = json.loads(line.removeprefix("answer "))
                return None if "unsupported" in found else found
        return None  # it has died of the question

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def sentences(language: str, count: int) -> list[str]:
    folder = os.environ.get("CROSSWIND_DATA")
    if folder:
        code = CODES.get(language, "deu")
        path = Path(folder) / "tatoeba" / f"tatoeba.{code}-eng.{'eng' if language == 'en' else code}"
        found = path.read_text(encoding="utf-8").splitlines()
    else:
        sys.path.insert(0, str(ROOT))
        from tests.text.sentences import SENTENCES

        found = [SENTENCES[language]]
    found = [unicodedata.normalize("NFC", text) for text in found if text.strip()]
    return (found * -(-count // len(found)))[:count]


def catalogued() -> Iterator[str]:
    """Every rated perturbation of the catalogue that needs nothing beside a text."""
    for name in catalog.FAMILIES["perturbations"]:
        perturbation = as_perturbation(name)
        if isinstance(perturbation, Rated) and not needs_stock(perturbation):
            yield f"crosswind {name}"


def measured(sides: dict[str, Process], language: str, texts: Sequence[str], rounds: int, warm: int) -> dict[str, Seen]:
    """Every side on every round's sentences, in an order that turns."""
    found = {name: Seen() for name in sides}
    size = (len(texts) - warm) // rounds
    names = list(sides)
    for name in names:
        if sides[name].ask(language, texts[:warm], seed=0) is None:
            del found[name]
    for number in range(rounds):
        part = texts[warm + number * size : warm + (number + 1) * size]
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            if name in found:
                look(found[name], sides[name], language, part, number + 1)
    return found


def look(seen: Seen, side: Process, language: str, texts: Sequence[str], seed: int) -> None:
    """Two timed questions; then, untimed, whether the same seed gives the same, to all and to the last ten alone."""
    answer, another = side.ask(language, texts, seed), side.ask(language, texts, seed + 1000)
    assert answer is not None, f"{side.command} has stopped in {language}"
    assert another is not None, f"{side.command} has stopped in {language}"
    seen.fresh.append(answer["cpu"] / len(texts))
    seen.again.append(another["cpu"] / len(texts))
    seen.pairs += zip(texts, answer["texts"], strict=True)
    if seed == 1:
        again, alone = side.ask(language, texts, seed), side.ask(language, texts[-10:], seed, len(texts) - 10)
        assert again
        assert alone
        seen.repeated = again["texts"] == answer["texts"]
        seen.alone = alone["texts"] == answer["texts"][-10:]


def sound(clean: str, text: str) -> bool:
    """Whether a text is NFC and has gained no mark without a letter to stand on."""
    return (
        unicodedata.is_normalized("NFC", text)
        and len(ORPHAN.findall(text)) <= len(ORPHAN.findall(clean))
        and led_by_marks(text) <= led_by_marks(clean)
    )


def led_by_marks(text: str) -> int:
    return sum(unicodedata.category(text[start])[0] == "M" for start, _ in clusters(text))


def foreign(clean: str, text: str) -> bool:
    """Whether a text has letters of a script that the clean one has not."""
    return bool(scripts(text) - scripts(clean) - {OTHER_SCRIPT})


def scripts(text: str) -> set[str]:
    return {script(letter) for letter in LETTER.findall(text)}


def respaced(clean: str, text: str) -> bool:
    return clean.count(" ") != text.count(" ")


def share(seen: Sequence[Seen], holds: Callable[[str, str], bool]) -> float:
    """The mean over languages of the share of texts of which something holds, in per cent."""
    return 100 * statistics.mean(statistics.mean(holds(*pair) for pair in one.pairs) for one in seen)


def row(name: str, found: dict[str, dict[str, Seen]]) -> tuple[object, ...]:
    """One side: speed over its languages, beside typo_edit on the same ones, and what became of the texts."""
    own = {language: seen[name] for language, seen in found.items() if name in seen}
    seen, reference = list(own.values()), [found[language][MAIN] for language in own]
    fresh, again = (statistics.mean(1 / min(getattr(one, kind)) for one in seen) for kind in ("fresh", "again"))
    return (
        name,
        len(own),
        fresh,
        again,
        statistics.mean(1 / min(one.fresh) for one in reference) / fresh,
        statistics.mean(1 / min(one.again) for one in reference) / again,
        share(seen, sound),
        share(seen, lambda clean, text: clean != text),
        share(seen, foreign),
        share(seen, respaced),
        "yes" if all(one.repeated for one in seen) else "no",
        "yes" if all(one.alone for one in seen) else "no",
    )


HEADER = (
    "side", "languages", "fresh sentences/s", "again", "typo_edit over this, fresh", "again ", "sound %", "changed %",
    "foreign letters %", "spaces changed %", "same seed, same texts", "same alone",
)  # fmt: skip


def by_language(found: dict[str, dict[str, Seen]], names: Sequence[str]) -> str:
    import harness

    rows = [
        (language, *(1 / min(seen[name].fresh) if name in seen else "" for name in names))
        for language, seen in found.items()
    ]
    return harness.table(("language", *names), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", nargs="*", default=[], metavar="PYTHON", help="interpreters that have the peers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sentences", type=int, default=1000, help="a language")
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    parser.add_argument("--only", nargs="*", help="sides to measure")
    options = parser.parse_args()

    sides = {name: Process(name, sys.executable) for name in catalogued()}
    missing = []
    for name in PEERS:
        for interpreter in options.peers:
            side = Process(name, interpreter)
            if side.ask("en", ["Mary said she does not know where Tom was yesterday."], 0):
                sides[name] = side
                break
        else:
            missing.append(name)
    if options.only:
        sides = {name: side for name, side in sides.items() if name in options.only or name == MAIN}

    found = {}
    for language in options.languages:
        texts = sentences(language, options.sentences)
        found[language] = measured(sides, language, texts, options.rounds, warm=options.sentences // 10)
        print(language, {name: round(1 / min(seen.fresh)) for name, seen in found[language].items()}, flush=True)
    for side in sides.values():
        side.close()

    import harness  # torch only now: its start-up is not what is measured

    origin = "Tatoeba" if os.environ.get("CROSSWIND_DATA") else "the tests, repeated"
    num_texts = statistics.mean(len(sentences(language, options.sentences)) for language in options.languages)
    fast = [name for name in sides if name == MAIN or name in PEERS]
    parts = [
        f"{num_texts:,.0f} sentences a language, from {origin}; {SHARE:.0%} of the words; by CPU time, the best of "
        f"{options.rounds} rounds in turn; means over languages. Fresh: sentences that the process has not seen, after "
        "a tenth of them to warm up. Again: the same ones with another seed.",
        harness.table(HEADER, [row(name, found) for name in sides]),
        "Sound: NFC, and no mark gained that stands on no letter. Foreign letters: of a script that the sentence does "
        "not have. Same alone: the last ten sentences by themselves come out as they did among the others.",
        "Fresh sentences a second by language.",
        by_language(found, fast),
        *([f"Not measured, since no given interpreter can run it: {', '.join(missing)}."] if missing else []),
    ]
    raw = {
        language: {
            name: {
                "fresh": one.fresh,
                "again": one.again,
                "changed": share([one], str.__ne__),
                "sound": share([one], sound),
            }
            for name, one in seen.items()
        }
        for language, seen in found.items()
    }
    harness.write("perturbation-speed", "Perturbing sentences", parts, raw)


if __name__ == "__main__":
    main()
