"""A question on a paragraph in many languages, and sentences of another article that may distract from it or not."""

from collections.abc import Mapping
from dataclasses import dataclass

from crosswind.formats.span import Question, Quote
from tests.text.sentences import nfc


@dataclass(frozen=True)
class Told:
    """A question with its answer in a context; of another article one sentence that holds the answer too, one that is
    like the question, and one that is not."""

    question: str
    context: str
    telling: str
    similar: str
    other: str
    answer: str = "1912"

    def question_of(self, code: str) -> Question:
        start = nfc(self.context).index(self.answer)
        quote = Quote(self.answer, start)
        return Question(
            uid=f"{code}-1",
            cluster="0",
            question=nfc(self.question),
            context=nfc(self.context),
            answers=(quote,),
            article="bridges",
        )

    def elsewhere(self, code: str, gap: str) -> Question:
        """Another article, of which nothing is asked here."""
        context = nfc(gap.join((self.telling, self.similar, self.other)))
        return Question(uid=f"{code}-2", cluster="1", question="?", context=context, answers=(), article="parks")


TOLD: Mapping[str, Told] = {
    "en": Told(
        "When was the old bridge closed?",
        "The old bridge was closed in 1912. People still cross it on foot.",
        "The new hall was opened with exactly 1,912 seats for the guests.",
        "An old mill was bought when heavy rain fell again.",
        "Many birds sleep in the tall trees of the park.",
    ),
    "de": Told(
        "Wann wurde die alte Brücke gesperrt?",
        "Die alte Brücke wurde 1912 gesperrt. Zu Fuß geht man noch hinüber.",
        "Die neue Halle wurde 1912 mit einem großen Fest eröffnet.",
        "Die alte Mühle wurde verkauft, als der Fluss wieder stieg.",
        "Viele Vögel schlafen in den alten Bäumen im Park.",
    ),
    "fr": Told(
        "Quand le vieux pont a-t-il été fermé ?",
        "Le vieux pont a été fermé en 1912. On le traverse encore à pied.",
        "La nouvelle salle a été ouverte en 1912 avec une grande fête.",
        "Le vieux moulin a été vendu quand la rivière est montée.",
        "Beaucoup d'oiseaux dorment dans les grands arbres du parc.",
    ),
    "es": Told(
        "¿Cuándo se cerró el puente viejo?",
        "El puente viejo se cerró en 1912. Todavía se cruza a pie.",
        "La nueva sala se abrió en 1912 con una gran fiesta.",
        "El molino viejo se vendió cuando volvió a subir el río.",
        "Muchos pájaros duermen en los árboles altos del parque.",
    ),
    "tr": Told(
        "Eski köprü ne zaman kapatıldı?",
        "Eski köprü 1912 yılında kapatıldı. İnsanlar hâlâ yürüyerek geçiyor.",
        "Yeni salon 1912 yılında büyük bir şenlikle açıldı.",
        "Eski değirmen, nehir yeniden yükseldiği zaman satıldı.",
        "Parktaki uzun ağaçlarda birçok kuş uyur.",
    ),
    "vi": Told(
        "Chiếc cầu cũ bị đóng khi nào?",
        "Chiếc cầu cũ bị đóng năm 1912. Người ta vẫn đi bộ qua đó.",
        "Hội trường mới được mở năm 1912 với một lễ lớn.",
        "Chiếc cối xay cũ bị bán khi nước sông lại dâng.",
        "Nhiều con chim ngủ trên những cây cao trong công viên.",
    ),
    "ru": Told(
        "Когда закрыли старый мост?",
        "Старый мост закрыли в 1912 году. Пешком по нему ещё ходят.",
        "Новый зал открыли в 1912 году большим праздником.",
        "Старую мельницу продали, когда река снова поднялась.",
        "Много птиц спит на старых деревьях в парке.",
    ),
    "el": Told(
        "Πότε έκλεισε η παλιά γέφυρα;",
        "Η παλιά γέφυρα έκλεισε το 1912. Ο κόσμος την περνάει ακόμη πεζός.",
        "Η νέα αίθουσα άνοιξε το 1912 με μεγάλη γιορτή.",
        "Ο παλιός μύλος πουλήθηκε όταν ανέβηκε πάλι το ποτάμι.",
        "Πολλά πουλιά κοιμούνται στα ψηλά δέντρα του πάρκου.",
    ),
    "ar": Told(
        "متى أغلق الجسر القديم؟",
        "أغلق الجسر القديم سنة 1912. ما زال الناس يعبرونه سيرا.",
        "افتتحت القاعة الجديدة سنة 1912 بحفل كبير.",
        "بيعت الطاحونة القديمة عندما ارتفع النهر من جديد.",
        "تنام طيور كثيرة في أشجار الحديقة العالية.",
    ),
    "fa": Told(
        "پل قدیمی چه زمانی بسته شد؟",
        "پل قدیمی در سال ۱۹۱۲ بسته شد. مردم هنوز پیاده از آن می‌گذرند.",
        "تالار تازه در سال ۱۹۱۲ با جشنی بزرگ گشوده شد.",
        "آسیاب قدیمی زمانی فروخته شد که رودخانه بالا آمد.",
        "پرندگان بسیاری در درختان بلند باغ می‌خوابند.",
        "۱۹۱۲",
    ),
    "he": Told(
        "מתי נסגר הגשר הישן?",
        "הגשר הישן נסגר בשנת 1912. אנשים עוד עוברים בו ברגל.",
        "האולם החדש נפתח בשנת 1912 בחגיגה גדולה.",
        "הטחנה הישנה נמכרה כאשר הנהר עלה שוב.",
        "ציפורים רבות ישנות בעצים הגבוהים שבגן.",
    ),
    "hi": Told(
        "पुराना पुल कब बंद हुआ?",
        "पुराना पुल 1912 में बंद हुआ। लोग अब भी उसे पैदल पार करते हैं।",
        "नया भवन 1912 में एक बड़े उत्सव के साथ खुला।",
        "पुराना कारखाना तब बिका जब नदी फिर चढ़ गई।",
        "बाग़ के पुराने पेड़ों पर बहुत से पक्षी सोते हैं।",
    ),
    "th": Told(
        "สะพานเก่าปิดเมื่อใด",
        "สะพานเก่าที่ทอดข้ามแม่น้ำสายใหญ่ของเมืองปิดในปี 1912 ผู้คนยังคงเดินข้ามไปมากันอยู่ทุกเช้าและทุกเย็น",
        "หอประชุมใหม่ของเมืองเปิดในปี 1912 พร้อมงานฉลองใหญ่ซึ่งมีผู้คนมาร่วมมากมาย",
        "โรงสีเก่าริมน้ำถูกขายไปเมื่อแม่น้ำสายใหญ่เอ่อล้นขึ้นมาอีกครั้งหนึ่ง",
        "นกหลายตัวนอนหลับอยู่บนต้นไม้สูงในสวนสาธารณะกลางเมืองหลวงแห่งนี้",
    ),
    "ko": Told(
        "오래된 다리는 언제 닫혔나요?",
        "오래된 다리는 1912년에 닫혔다. 사람들은 아직도 걸어서 건넌다.",
        "새 강당은 1912년에 큰 잔치와 함께 열렸다.",
        "오래된 방앗간은 강물이 다시 불었을 때 팔렸다.",
        "공원의 높은 나무에서는 많은 새들이 잠을 잔다.",
    ),
    "zh": Told(
        "老桥是什么时候封闭的？",
        "老桥在1912年封闭了。人们仍然从上面走过。",
        "新礼堂在1912年举行大会时启用。",
        "老磨坊是在河水上涨的时候卖掉的。",
        "鸟儿睡觉的时候，公园里很安静。",
    ),
    "ja": Told(
        "古い橋はいつ閉まりましたか。",
        "古い橋は1912年に閉まった。人々は今も歩いて渡る。",
        "新しい講堂は1912年に大きな祭りとともに開いた。",
        "古い水車小屋は川がまた増えたときに売られた。",
        "公園の高い木には多くの鳥が眠っている。",
    ),
}
UNSPACED = frozenset({"zh", "ja"})
