"""Every mistake in a file is told once, with its path and line, what was found, what was expected and what to do."""

import json
from pathlib import Path

import pytest

from crosswind.leaderboard.files import Refused
from crosswind.leaderboard.layout import Labels, Layout, Numbered, Pairs, Rankings, Rows, Tags, Texts
from crosswind.leaderboard.pairing import Paired
from tests.leaderboard.submissions import squad

NLI, ROWS, CHOICES, PAIRS, TEXTS, RANKINGS = (
    Labels(("yes", "no")),
    Rows(),
    Numbered((0, 1)),
    Pairs(),
    Texts(),
    Rankings(),
)
TAGS = Tags(("O", "B-X", "I-X"))
SOUND: dict[Layout, tuple[str, str]] = {
    NLI: ("yes\nno\n", "no\nno\n"),
    ROWS: ("1\n0\n", "0\n12\n"),
    CHOICES: ('{"label": 1, "idx": 0}\n{"label": 0}\n', '{"label": 0}\n{"label": 0}\n'),
    TAGS: ("O\nB-X\n\nO\n", "B-X\nI-X\n\nO\n"),
    PAIRS: ("de-1\ten-1\nde-2\ten-2\n", "de-1\ten-1\nde-3\ten-2\n"),
    TEXTS: (squad({"q1": ["a"], "q2": ["b"]}), '{"q1": "a", "q2": ""}'),
    RANKINGS: ('{"q1": ["a"], "q2": ["b", "c"]}', '{"q1": ["b"], "q2": []}'),
}


def paired(folder: Path, layout: Layout, labels: str | bytes, predictions: str | bytes) -> Paired:
    paths = folder / "labels", folder / "predictions"
    for path, text in zip(paths, (labels, predictions), strict=True):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return layout.pair(*paths)


def complaints(folder: Path, layout: Layout, labels: str | bytes, predictions: str | bytes) -> list[str]:
    """What is told about two files, without the path of their folder."""
    with pytest.raises(Refused) as caught:
        paired(folder, layout, labels, predictions)
    return [told.replace(f"{folder}/", "") for told in caught.value.told]


@pytest.mark.parametrize("layout", SOUND, ids=repr)
def test_sound_files_are_read(tmp_path: Path, layout: Layout) -> None:
    assert len(paired(tmp_path, layout, *SOUND[layout]).pairs) == (3 if layout is PAIRS else 2)


def test_the_last_line_may_lack_its_end_or_be_blank_after_a_sentence(tmp_path: Path) -> None:
    assert paired(tmp_path, NLI, "yes\nno", "yes\nno\n").pairs == [("yes", "yes"), ("no", "no")]
    whole = paired(tmp_path, TAGS, "O\nB-X\n\nO\n", "O\nB-X\n\nO\n\n").pairs
    assert whole == [(["O", "B-X"], ["O", "B-X"]), (["O"], ["O"])]


def test_only_line_feeds_end_lines(tmp_path: Path) -> None:
    layout = Labels(("a\u2028b", "c"))
    assert paired(tmp_path, layout, "a\u2028b\nc\n", "c\nc\n").pairs == [("a\u2028b", "c"), ("c", "c")]


def test_answers_may_use_tags_that_gold_may_not(tmp_path: Path) -> None:
    layout = Tags(("X",), only_answers=("O",))
    assert paired(tmp_path, layout, "X\n", "O\n").pairs == [(["X"], ["O"])]
    assert complaints(tmp_path, layout, "O\n", "O\n")[0].startswith("labels:1: found 'O'; expected one of X.")


@pytest.mark.parametrize(
    ("layout", "predictions", "start"),
    [
        (NLI, "yes\nno\nno\n", "predictions:3: found 3 lines; expected 2 as in labels."),
        (NLI, "yes\n", "predictions:1: found 1 line; expected 2 as in labels."),
        (NLI, "", "predictions:1: found 0 lines; expected 2 as in labels."),
        (NLI, "yes\nmaybe\n", "predictions:2: found 'maybe'; expected one of yes no."),
        (NLI, "yes\n no\n", "predictions:2: found ' no'; expected one of yes no."),
        (NLI, "yes\n\nno\n", "predictions:2: found an empty line; expected one of yes no."),
        (NLI, "yes\nde\tno\n", "predictions:2: found 2 columns, 'de\\tno'; expected one of"),
        (NLI, "yes\nno\r\n", "predictions:2: found a carriage return; expected line feeds alone."),
        (NLI, b"\xef\xbb\xbfyes\nno\n", "predictions:1: found a byte-order mark; expected UTF-8 without one."),
        (NLI, b"yes\nn\xe9\n", "predictions:2: found the byte 0xe9; expected UTF-8."),
        (NLI, "yes\n" + "n" * 999 + "\n", "predictions:2: found 'nnnnnnnnn"),
        (ROWS, "[1]\n0\n", "predictions:1: found '[1]'; expected the number of a row"),
        (ROWS, "0\n-1\n", "predictions:2: found '-1'; expected the number of a row"),
        (ROWS, "0\n01\n", "predictions:2: found '01'; expected the number of a row"),
        (ROWS, "0\n١\n", "predictions:2: found '١'; expected the number of a row"),
        (CHOICES, '{"label": 0}\n{"label": 0\n', "predictions:2: found '{\"label\": 0'; expected a JSON object"),
        (CHOICES, '{"label": 2}\n{"label": 0}\n', "predictions:1: found '{\"label\": 2}'; expected a JSON object"),
        (CHOICES, '{"label": true}\n{"label": 0}\n', "predictions:1: found '{\"label\": true}'; expected a JSON"),
        (CHOICES, '{"label": 0}\n1\n', "predictions:2: found '1'; expected a JSON object"),
        (CHOICES, '{"label": 0}\n', "predictions:1: found 1 line; expected 2 as in labels."),
        (TAGS, "O\nB-Y\n\nO\n", "predictions:2: found 'B-Y'; expected one of O B-X I-X."),
        (TAGS, "a\tO\nb\tO\n\nc\tO\n", "predictions:1: found 2 columns, 'a\\tO'; expected one of"),
        (TAGS, "O\nO\n\n\nO\n", "predictions:4: found a blank line after no tag; expected a tag."),
        (TAGS, "\nO\nO\n\nO\n", "predictions:1: found a blank line after no tag; expected a tag."),
        (TAGS, "O\nO\n\nO\n\n\n", "predictions:6: found a blank line after no tag; expected a tag."),
        (TAGS, "O\nO\nO\n", "predictions:3: found 1 sentence; expected 2 as in labels."),
        (TAGS, "O\nO\n\nO\nO\n", "predictions:4: found 2 tags in sentence 2; expected 1 as in labels."),
        (TAGS, "O\n\nO\n", "predictions:1: found 1 tag in sentence 1; expected 2 as in labels."),
        (PAIRS, "de-1\ten-1\nde-2 en-2\n", "predictions:2: found 1 column, 'de-2 en-2'; expected"),
        (PAIRS, "de-1\ten-1\t0.9\n", "predictions:1: found 3 columns, 'de-1\\ten-1\\t0.9'; expected"),
        (PAIRS, "en-1\tde-1\n", "predictions:1: found 'en-1\\tde-1'; expected a sentence's id"),
        (PAIRS, "de-1\ten-1\nde-2\ten-2\nde-1\ten-1\n", "predictions:3: found 'de-1\\ten-1' again after line 1"),
        (TEXTS, '{"q1": "a",\n "q2" "b"}', "predictions:2: found no JSON ("),
        (TEXTS, '["a"]', "predictions:1: found ['a']; expected one JSON object."),
        (TEXTS, '{"q1": "a",\n"q2": "b",\n"q1": "c"}', "predictions:3: found the key 'q1' again; expected every"),
        (TEXTS, '{"q1": "q2",\n"q2": ["b", 0.5]}', "predictions:2: found ['b', 0.5] for 'q2'; expected the text"),
        (TEXTS, b'\xef\xbb\xbf{"q1": "a"}', "predictions:1: found a byte-order mark; expected UTF-8 without one."),
        (RANKINGS, '{"q1": ["a"],\n"q2": "b"}', "predictions:2: found 'b' for 'q2'; expected a list of ids"),
        (RANKINGS, '{"q1": ["a"],\n"q2": ["b", 3]}', "predictions:2: found ['b', 3] for 'q2'; expected a list of ids"),
        (RANKINGS, '{"q1": ["a", "b", "a"]}', "predictions:1: found ['a', 'b', 'a'] for 'q1'; expected a list of ids"),
    ],
)  # fmt: skip
def test_a_mistake_in_predictions_is_told(tmp_path: Path, layout: Layout, predictions: str | bytes, start: str) -> None:
    (told,) = complaints(tmp_path, layout, SOUND[layout][0], predictions)
    assert told.startswith(start)
    assert len(told) < 400
    assert told.count(". ") >= 1, "no advice"


@pytest.mark.parametrize(
    ("layout", "labels", "start"),
    [
        (NLI, "yes\nnein\n", "labels:2: found 'nein'; expected one of yes no."),
        (TEXTS, squad({"q1": ["a"], "q2": ["b"]}).replace('"answers"', '"answer"'), "labels:1: found another"),
        (TEXTS, squad({"q1": ["a"], "q2": [""]}), "labels:19: found [''] for 'q2'; expected at least one answer."),
        (TEXTS, squad({"q1": ["a"], "q2": ["b"]}).replace("q2", "q1"), "labels:19: found question 'q1' again"),
        (TEXTS, "[]", "labels:1: found []; expected one JSON object."),
        (RANKINGS, '{"q1": ["a"],\n"q2": [""]}', "labels:2: found [''] for 'q2'; expected at least one id."),
        (RANKINGS, '{"q1": ["a"],\n"q2": []}', "labels:2: found [] for 'q2'; expected at least one id."),
    ],
)  # fmt: skip
def test_a_mistake_in_labels_is_told(tmp_path: Path, layout: Layout, labels: str, start: str) -> None:
    (told,) = complaints(tmp_path, layout, labels, SOUND[layout][1])
    assert told.startswith(start)
    assert told.count(". ") >= 1, "no advice"


def test_blanked_labels_of_choices_are_refused(tmp_path: Path) -> None:
    lines = '{"label": 0}\n' * 500
    (told,) = complaints(tmp_path, CHOICES, lines, lines)
    assert told.startswith("labels:1: found 0 as the label of all 500 lines; expected different ones.")


def test_equal_mistakes_are_counted_and_others_told_beside_them(tmp_path: Path) -> None:
    told = complaints(tmp_path, NLI, "yes\n" * 6, "maybe\n\nperhaps\ta\nnever\nnever\tb\nno\n")
    assert [each.partition(";")[0] for each in told] == [
        "predictions:1: found 'maybe'",
        "predictions:2: found an empty line",
        "predictions:3: found 2 columns, 'perhaps\\ta'",
    ]
    assert ["1 more mistake like" in each for each in told] == [True, False, True]


def test_mistakes_on_both_sides_are_told(tmp_path: Path) -> None:
    told = complaints(tmp_path, ROWS, "a\n", "b\n")
    assert [each.partition(":")[0] for each in told] == ["labels", "predictions"]


def test_a_key_is_found_however_it_is_spelled(tmp_path: Path) -> None:
    for ascii_only in True, False:
        text = json.dumps({"a": "x", "früh": 3}, indent=1, ensure_ascii=ascii_only)
        (told,) = complaints(tmp_path, TEXTS, SOUND[TEXTS][0], text)
        assert told.startswith("predictions:3: found 3 for 'früh'")
