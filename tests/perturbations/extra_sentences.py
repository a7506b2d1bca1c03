"""More sentences for changes of which those of tests/text/sentences.py hold few or none: by name, then by language."""

import unicodedata

RAW = {
    "digits": {
        "ar": "افتتح الجسر عام 1987 بطول 1,250 متراً، ثم أُغلق في ١٢ مارس ٢٠١٩.",
        "fa": "این پل در سال ۱۳۴۵ ساخته شد و 320 متر طول دارد.",
        "ur": "یہ پل 1965 میں بنا اور اس کی لمبائی ۲۵۰ میٹر ہے۔",
        "hi": "यह पुल 1952 में बना और १२ मार्च को बंद हुआ।",
        "mr": "हा पूल १९६० मध्ये बांधला आणि 45 वर्षे वापरला.",
        "bn": "সেতুটি ১৯৭২ সালে তৈরি, দৈর্ঘ্য 1.8 কিলোমিটার।",
        "gu": "પુલ 1958 માં બન્યો અને ૨૦ વર્ષ ચાલ્યો.",
        "pa": "ਪੁਲ 1960 ਵਿੱਚ ਬਣਿਆ ਅਤੇ ੨੫ ਸਾਲ ਚੱਲਿਆ।",
        "ta": "பாலம் 1956 இல் கட்டப்பட்டது, நீளம் 40.5 மீட்டர்.",
        "te": "వంతెన 1971లో కట్టారు, పొడవు 120 మీటర్లు.",
        "ml": "പാലം 1969ൽ പണിതു, നീളം 300 മീറ്റർ.",
        "my": "တံတားကို ၁၉၅၄ ခုနှစ်တွင် ဆောက်ပြီး အရှည် 900 မီတာ ရှိသည်။",
        "th": "สะพานสร้างเมื่อปี 2475 และปิดวันที่ ๖ เมษายน",
        "zh": "那座桥建于1957年，全长1,670米。",
        "ja": "橋は1964年に完成し、長さは２５２メートルです。",
        "ko": "그 다리는 1994년 10월에 무너졌다.",
    },
    "diacritics": {
        "de": "ÄRGER über große Bäume: Öl, Übel, Café, GRÖSSE.",
        "es": "El niño pidió más café en Perú.",
        "pt": "A ponte não está aberta; é preciso esperar até amanhã.",
        "pl": "Łukasz mówił, że most zamknięto wcześniej.",
        "hu": "Az őr többször fölhívta őt a hídról.",
        "ro": "Școala și podul își așteaptă învățătorii în fața râului.",
        "lt": "Žiemą tiltą uždengė ledas, o ežeras užšalo.",
        "et": "Õpetaja sõitis üle silla köögi juurde.",
        "az": "Körpünün üstündə işıqlar söndü, çay daşdı.",
        "yo": "Àwọn ènìyàn ṣì ń kọjá lórí afárá àtijọ́.",
        "ru": "Большо́й за́мок ещё видел Пётр, йод и Эльза.",
        "el": "Η προϋπόθεση ή ο γαϊδαράκος· ποτέ μην πεις Ώρα Ευρώπης.",
        "ar": "أُغلِقَ الجسر لأنّ الطالبات في المدينة الكبيرة سألن رئيس المؤسسة عن الآثار.",
        "fa": "آن مردِ مُسن دربارهٔ رأی دادگاه سؤال کرد.",
        "ur": "آپ کی رائے کے لئے شکریہ، مُحمّد نے جرأت دکھائی۔",
        "he": "בְּרֵאשִׁית היה גשר; תלמידים גדולים דיברו עברית בבית בירושלים.",
    },
}
EXTRA = {
    name: {lang: unicodedata.normalize("NFC", text) for lang, text in sentences.items()}
    for name, sentences in RAW.items()
}
