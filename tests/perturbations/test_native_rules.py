"""Misspellings by hand, a few for every group of rules; a word in front of the slash becomes each of those behind."""

import pytest

from tests.perturbations.specimens import misspelt
from tests.text.sentences import nfc


@pytest.mark.parametrize(
    ("lang", "op", "cases"),
    [
        ("en", "vowels", "receive/recieve believe/beleive"),
        ("en", "halve", "accommodate/acommodate/accomodate"),
        ("en", "double", "amount/ammount"),
        ("en", "ending", "responsible/responsable dependence/dependance actor/acter usually/usualy"),
        ("en", "word", "their/there separate/seperate it's/its"),
        ("en", "apostrophe", "don't/dont"),
        ("en", "silent", "which/wich doubt/dout"),
        ("en", "british", "organise/organize colour/color"),
        ("de", "sharp", "Straße/Strasse dass/daß"),
        ("de", "umlaut", "Mädchen/Maedchen/Medchen/Madchen"),
        ("de", "hardening", "und/unt Stadt/Stat wichtig/wichtich"),
        ("de", "length", "wieder/wider fahren/faren"),
        ("de", "word", "dass/das seid/seit Standard/Standart"),
        ("de", "capital", "Hilfe/hilfe Übung/übung"),
        ("de", "ending", "einem/einen gehen/gehn"),
        ("nl", "dt", "wordt/word/wort word/wordt"),
        ("nl", "sound", "tijd/teid klein/klijn blauw/blouw"),
        ("af", "sound", "klein/klyn byt/beit"),
        ("fr", "ending", "mangé/manger/mangez parlais/parlait maisons/maison"),
        ("fr", "mark", "élève/elève/éleve garçon/garcon"),
        ("fr", "word", "est/et ces/ses où/ou à/a"),
        ("fr", "sound", "pendant/pendent bateau/batau maison/maizon"),
        ("fr", "ligature", "cœur/coeur"),
        ("es", "b", "vaca/baca haber/haver"),
        ("es", "h", "hola/ola ahora/aora"),
        ("es", "y", "lluvia/yuvia mayo/mallo"),
        ("es", "s", "zapato/sapato cena/sena casa/caza"),
        ("es", "j", "gente/jente"),
        ("es", "mark", "canción/cancion"),
        ("pt", "s", "caça/cassa passo/paço casa/caza"),
        ("pt", "nasal", "falarão/falaram campo/canpo"),
        ("pt", "l", "Brasil/Brasiu alto/auto"),
        ("it", "halve", "mattina/matina"),
        ("it", "double", "aceto/acceto"),
        ("it", "q", "acqua/aqua/acua cuore/quore"),
        ("it", "accent", "perché/perchè città/citta'"),
        ("ro", "mark", "știință/stiință/ştiință școală/scoală"),
        ("ro", "vowels", "când/cînd"),
        ("ro", "i", "copiii/copii"),
        ("pl", "homophone", "góra/gura rzeka/żeka chleb/hleb"),
        ("pl", "nasal", "robię/robie zęby/zemby"),
        ("pl", "mark", "łódź/lódź/łodź"),
        ("lt", "length", "ūkis/ųkis didysis/didisis"),
        ("et", "halve", "kool/kol"),
        ("et", "weak", "lõpus/lõbus"),
        ("et", "h", "hobune/obune"),
        ("fi", "halve", "tuuli/tuli kukka/kuka"),
        ("fi", "mark", "hyvä/hyva"),
        ("hu", "homophone", "folyosó/fojosó jól/lyól"),
        ("hu", "length", "híd/hid tűz/tüz"),
        ("hu", "ending", "házban/házba"),
        ("tr", "dots", "çalışkan/calışkan/çalıskan/çalişkan"),
        ("tr", "word", "yalnız/yanlız sürpriz/süpriz"),
        ("tr", "ending", "gelecek/gelicek herkes/herkez"),
        ("az", "schwa", "ailə/aile"),
        ("vi", "tone", "nửa/nữa/nưa"),
        ("vi", "initial", "sao/xao trời/chời làm/nàm nghỉ/ngỉ"),
        ("vi", "final", "bạn/bạng mắt/mắc"),
        ("vi", "placement", "hòa/hoà thủy/thuỷ"),
        ("id", "word", "risiko/resiko izin/ijin"),
        ("ms", "colloquial", "saya/saye"),
        ("jv", "vowels", "basa/baso/boso"),
        ("tl", "word", "nang/ng raw/daw"),
        ("tl", "glide", "siya/sya"),
        ("sw", "liquid", "kulala/kurala rangi/langi"),
        ("sw", "fricative", "dhambi/zambi ghali/gali"),
        ("ht", "r", "wouj/rouj gwo/gro"),
        ("eu", "sibilant", "zuri/suri etxe/etze"),
        ("eu", "h", "hemen/emen"),
        ("qu", "vowels", "qilla/qella urqu/urqo"),
        ("qu", "ejective", "t'anta/tanta"),
        ("wo", "letters", "xale/khale jëf/djëf"),
        ("yo", "tone", "ọ̀pọ̀/ọpọ̀/ọ̀pọ"),
        ("yo", "dot", "ọjà/ojà"),
    ],
)
def test_latin(lang: str, op: str, cases: str) -> None:
    check(lang, op, cases)


@pytest.mark.parametrize(
    ("lang", "op", "cases"),
    [
        ("ru", "yo", "ещё/еще"),
        ("ru", "verb", "учиться/учится"),
        ("ru", "unstressed", "молоко/малоко/молако"),
        ("ru", "hissing", "жизнь/жызнь чаща/чяща/чащя"),
        ("ru", "silent", "солнце/сонце грустный/грусный"),
        ("ru", "word", "чтобы/что␣бы русский/руский"),
        ("uk", "letters", "ґанок/ганок їжа/іжа"),
        ("uk", "apostrophe", "м'ята/мята"),
        ("uk", "prefix", "спитати/зпитати"),
        ("bg", "schwa", "път/пат"),
        ("bg", "article", "градът/града"),
        ("kk", "letters", "қазақ/казақ/қазак ұлы/улы кітап/китап"),
        ("el", "iotacism", "ήλιος/ίλιος/ύλιος/είλιος σπίτι/σπήτι/σπίτη"),
        ("el", "homophone", "καλός/καλώς ναι/νε και/κε έλα/αίλα"),
        ("el", "tonos", "νερό/νερο"),
        ("el", "final", "δρόμος/δρόμοσ"),
        ("ka", "ejective", "თეთრი/ტეთრი კარი/ქარი წყალი/ცყალი"),
    ],
)
def test_greek_cyrillic_georgian(lang: str, op: str, cases: str) -> None:
    check(lang, op, cases)


@pytest.mark.parametrize(
    ("lang", "op", "cases"),
    [
        ("ar", "hamza", "أكل/اكل إلى/الى آخر/اخر"),
        ("ar", "final", "مدرسة/مدرسه على/علي"),
        ("ar", "emphatic", "ضابط/ظابط"),
        ("ar", "word", "لكن/لاكن هذا/هاذا"),
        ("ar", "tashkeel", "قدّم/قدم"),
        ("fa", "code", "کتابی/كتابی/کتابي"),
        ("fa", "joiner", "می‌رود/میرود/می␣رود"),
        ("fa", "homophone", "گذار/گزار صدا/سدا خواهر/خاهر"),
        ("fa", "tanwin", "حتماً/حتما/حتمن"),
        ("ur", "choti", "بھی/بہی ہیں/ہین/ہی"),
        ("ur", "code", "ہے/هے"),
        ("ur", "homophone", "ظالم/زالم صبح/سبح"),
        ("ur", "final", "پیسہ/پیسا"),
        ("he", "mater", "אולם/אלם תיק/תק"),
        ("he", "homophone", "טוב/תוב כלב/קלב"),
        ("he", "final", "שלום/שלומ"),
        ("he", "point", "שָׁלוֹם/שׁלוֹם/שָלוֹם/שָׁלום"),
    ],
)
def test_arabic_hebrew(lang: str, op: str, cases: str) -> None:
    check(lang, op, cases)


@pytest.mark.parametrize(
    ("lang", "op", "cases"),
    [
        ("hi", "length", "दिन/दीन फूल/फुल"),
        ("hi", "nukta", "ज़रा/जरा पढ़ना/पड़ना"),
        ("hi", "nasal", "चाँद/चांद मैं/मै"),
        ("hi", "sibilant", "देश/देस भाषा/भाशा"),
        ("hi", "plain", "हाथ/हात"),
        ("hi", "homorganic", "हिन्दी/हिंदी लंबा/लम्बा"),
        ("hi", "joined", "बच्चा/बचा"),
        ("hi", "vocalic", "कृपा/क्रिपा"),
        ("hi", "glide", "गये/गए हुआ/हुवा"),
        ("hi", "word", "वह/वो में/मैं"),
        ("mr", "retroflex", "पाणी/पानी"),
        ("mr", "lateral", "शाळा/शाला"),
        ("bn", "sibilant", "দেশ/দেষ/দেস"),
        ("bn", "nasal", "কারণ/কারন চাঁদ/চাদ"),
        ("bn", "letters", "বাড়ি/বারি জাহাজ/যাহাজ"),
        ("bn", "word", "ভালো/ভাল তৈরি/তৈরী"),
        ("gu", "length", "જીવન/જિવન ઇમારત/ઈમારત"),
        ("gu", "lateral", "શાળા/શાલા"),
        ("pa", "addak", "ਬੱਚਾ/ਬਚਾ"),
        ("pa", "nukta", "ਭਾਸ਼ਾ/ਭਾਸਾ"),
        ("ta", "lateral", "பள்ளி/பல்ளி/பள்லி/பழ்ளி"),
        ("ta", "nasal", "மணி/மனி"),
        ("ta", "rhotic", "மரம்/மறம்"),
        ("ta", "joined", "பக்கம்/பகம்"),
        ("te", "plain", "అర్థం/అర్తం"),
        ("te", "length", "నీరు/నిరు"),
        ("ml", "chillu", "അവൻ/അവന്"),
        ("ml", "rhotic", "മരം/മറം"),
        ("ml", "joined", "അമ്മ/അമ"),
    ],
)
def test_indic(lang: str, op: str, cases: str) -> None:
    check(lang, op, cases)


@pytest.mark.parametrize(
    ("lang", "op", "cases"),
    [
        ("th", "tone", "น้ำ/นำ/น่ำ บ้าน/บาน/บ่าน"),
        ("th", "maimuan", "ใจ/ไจ"),
        ("th", "sibilant", "ศาลา/สาลา รักษา/รักสา"),
        ("th", "liquid", "รัก/ลัก ครู/คู"),
        ("th", "karan", "เสาร์/เสา เบอร์/เบอ"),
        ("th", "word", "คะ/ค่ะ อนุญาต/อนุญาติ"),
        ("my", "medial", "ကျောင်း/ကြောင်း"),
        ("my", "tone", "ကား/ကာ"),
        ("my", "final", "စာအုပ်/စာအုတ်"),
        ("ja", "particle", "こんにちは/こんにちわ を/お"),
        ("ja", "homophone", "つづく/つずく ちぢむ/ちじむ"),
        ("ja", "small", "がっこう/がつこう/がこう きゃく/きやく"),
        ("ja", "long", "コンピューター/コンピュータ おおきい/おうきい"),
        ("ja", "dakuten", "バラ/ハラ"),
        ("ja", "final", "ベッド/ベット"),
        ("ja", "loan", "ヴァイオリン/バイオリン"),
        ("ko", "vowel", "개/게 왜/외/웨 의자/이자"),
        ("ko", "coda", "않다/안다 있다/잇다 없다/업다"),
        ("ko", "tense", "할게/할께"),
        ("ko", "liaison", "받아/바다 같이/가치"),
        ("ko", "word", "며칠/몇일 역할/역활 든지/던지"),
        ("zh", "particle", "的/地/得"),
        ("zh", "word", "在/再 做/作"),
        ("zh", "homophone", "老桥/姥桥/老瞧"),
    ],
)
def test_east_and_southeast_asian(lang: str, op: str, cases: str) -> None:
    check(lang, op, cases)


def check(lang: str, op: str, cases: str) -> None:
    """Every word becomes what is behind its slashes, by the group of rules."""
    for case in cases.split():
        word, *expected = (nfc(part.replace("␣", " ")) for part in case.split("/"))
        assert {(op, result) for result in expected} <= misspelt(lang, word), f"{word}: {sorted(misspelt(lang, word))}"
