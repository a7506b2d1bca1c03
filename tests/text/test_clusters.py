import pytest
from hypothesis import given, settings

from crosswind.text.clusters import clusters, script_of
from tests.text.sentences import texts


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in clusters(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("naïve", ["n", "a", "ï", "v", "e"]),
        ("x\u0303y", ["x\u0303", "y"]),
        ("a\r\nb", ["a", "\r\n", "b"]),
        ("क्षत्रिय", ["क्ष", "त्रि", "य"]),
        ("হৃদয়", ["হৃ", "দ", "য়"]),
        ("தமிழ்", ["த", "மி", "ழ்"]),
        ("తెలుగు", ["తె", "లు", "గు"]),
        ("ആളുകൾ", ["ആ", "ളു", "ക", "ൾ"]),
        ("น้ำใจ", ["น้ำ", "ใ", "จ"]),
        ("မြန်မာ", ["မြန်", "မာ"]),
        ("တံတားဟောင်း", ["တံ", "တား", "ဟောင်း"]),
        ("한국어", ["한", "국", "어"]),
        ("가각", ["가", "각"]),
        ("שָׁלוֹם", ["שָׁ", "ל", "וֹ", "ם"]),
        ("می‌رود", ["م", "ی‌", "ر", "و", "د"]),
        ("がぎ", ["が", "ぎ"]),
        ("👩🏽‍🔬🇩🇪", ["👩🏽‍🔬", "🇩🇪"]),
    ],
)
def test_clusters_by_script(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@settings(deadline=None)
@given(texts)
def test_clusters_cover_the_text(text: str) -> None:
    assert "".join(cut(text)) == text
    assert all(start < end for start, end in clusters(text))


@pytest.mark.parametrize(
    ("word", "script"),
    [
        ("été", "Latn"),
        ("мост", "Cyrl"),
        ("பாலம்", "Taml"),
        ("「橋", "Hani"),
        ("かな", "Hira"),
        ("12", "Zzzz"),
        ("", "Zzzz"),
    ],
)
def test_script_of_the_first_letter(word: str, script: str) -> None:
    assert script_of(word) == script
