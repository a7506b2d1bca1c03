"""One plain sentence for every script that words and clusters treat in their own way, and strategies built on them."""

import unicodedata

from hypothesis import strategies as st

from crosswind.text.edits import Edit, Span, conflict

RAW = {
    "en": "The old bridge was closed on 12 March, but people still cross it.",
    "de": "Die Straße über den Fluss ist schon lange gesperrt.",
    "fr": "L'élève n'a pas encore traversé le vieux pont.",
    "tr": "Işıklı köprüyü İstanbul'da ilk kez gördük.",
    "vi": "Chiếc cầu cũ đã đóng cửa từ lâu.",
    "yo": "Ọmọ náà lọ sí ọjà lánàá.",
    "ru": "Старый мост давно закрыт, но люди всё ещё ходят по нему.",
    "el": "Η παλιά γέφυρα έκλεισε τον Μάιο, αλλά ο κόσμος περνάει ακόμη.",
    "ar": "الجسر القديم مغلق منذ زمن طويل، لكن الناس يعبرونه.",
    "fa": "پل قدیمی بسته است، ولی مردم از آن می‌گذرند.",
    "ur": "پرانا پل بند ہے مگر لوگ اب بھی گزرتے ہیں۔",
    "he": "הגשר הישן סגור מזמן, אבל אנשים עוברים בו. שָׁלוֹם",
    "hi": "पुराना पुल बंद है, पर लोग अब भी उसे पार करते हैं।",
    "bn": "পুরানো সেতুটি বন্ধ, তবু মানুষ পার হয়।",
    "gu": "જૂનો પુલ બંધ છે, પણ લોકો હજી પસાર થાય છે.",
    "pa": "ਪੁਰਾਣਾ ਪੁਲ ਬੰਦ ਹੈ ਪਰ ਲੋਕ ਲੰਘਦੇ ਹਨ।",
    "ta": "பழைய பாலம் மூடப்பட்டுள்ளது, ஆனால் மக்கள் கடக்கிறார்கள்.",
    "te": "పాత వంతెన మూసివేశారు, కానీ ప్రజలు దాటుతున్నారు.",
    "ml": "പഴയ പാലം അടച്ചു, പക്ഷേ ആളുകൾ കടക്കുന്നു.",
    "th": "สะพานเก่าปิดมานานแล้ว แต่คนยังเดินข้ามอยู่",
    "my": "တံတားဟောင်းကို ပိတ်ထားသော်လည်း လူများ ဖြတ်ကူးနေကြသည်။",
    "km": "ស្ពានចាស់ត្រូវបានបិទ ប៉ុន្តែមនុស្សនៅតែឆ្លងកាត់។",
    "lo": "ຂົວເກົ່າປິດແລ້ວ ແຕ່ຄົນຍັງຂ້າມຢູ່",
    "ka": "ძველი ხიდი დიდი ხანია დაკეტილია, მაგრამ ხალხი მაინც გადადის.",
    "ko": "오래된 다리는 막혔지만 사람들은 아직도 건넌다.",
    "zh": "那座老桥早就封闭了，但人们仍然从上面走过。",
    "ja": "古い橋はもう閉まっているが、人々はまだコンクリートの上を渡る。",
}
SENTENCES = {code: unicodedata.normalize("NFC", text) for code, text in RAW.items()}

# Marks of every behaviour, joiners, conjoining jamo, leading vowels, emoji parts, numbers, spaces and signs.
ODD = "\u0301\u0323\u0308\u094d\u093c\u0bbe\u102c\u103a\u1039\u0e31\u0e40\u200c\u200d\u1100\u1161\u11a8\ufe0f" + (
    "ーー々ヶッがｶﾞ👩🏽🇩🇪ﬁ½²٣१ 　\u00a0\n\r.,'’·@#-İıſΐή"
)
LETTERS = sorted({character for text in SENTENCES.values() for character in text} | set(ODD))


def nfc(text: str) -> str:
    """The text in NFC."""
    return unicodedata.normalize("NFC", text)


raw_texts = st.one_of(
    st.text(st.sampled_from(LETTERS), max_size=40),
    st.text(max_size=25),
    st.lists(st.sampled_from(sorted(SENTENCES.values())), min_size=1, max_size=2).map(" ".join),
)
texts = raw_texts.map(nfc)
languages = st.sampled_from([*SENTENCES, "az", "qqx"])


@st.composite
def spans_in(draw: st.DrawFn, text: str, most: int = 3) -> tuple[Span, ...]:
    """Some spans of a text, sorted; they may overlap."""
    if not text:
        return ()
    starts = draw(st.lists(st.integers(0, len(text) - 1), max_size=most))
    return tuple(sorted({(start, draw(st.integers(start + 1, len(text)))) for start in starts}))


@st.composite
def scripts_on(draw: st.DrawFn, text: str) -> list[Edit]:
    """A sorted edit script on a text, free of conflict, of replacements, deletions and insertions."""
    places = st.tuples(st.integers(0, len(text)), st.integers(0, 3), st.text("ab é", max_size=3))
    edits: list[Edit] = []
    for start, length, new in draw(st.lists(places, max_size=6)):
        edit = Edit(start, min(start + length, len(text)), new)
        if text[edit.start : edit.end] != new and not any(conflict(edit, other) for other in edits):
            edits.append(edit)
    return sorted(edits)
