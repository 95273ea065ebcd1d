"""Every red flag: it fires in both languages, and not when denied, long past, or about somebody else."""

import re
import unicodedata
from unittest import TestCase

from triage.inference.case import Case
from triage.knowledge import red_flags

# code: (Korean, English) that must fire, then (Korean, English) twins that must not
FIRES = {
    "arrest": ("아이가 숨을 안 쉬어요", "The man is not breathing"),
    "unconscious": ("엄마가 의식이 없어요", "My mother is unconscious"),
    "airway": ("떡이 목에 걸려서 숨을 못 쉬어요", "He is choking and cannot speak"),
    "fainted": ("정신을 잃었다가 금방 깼어요", "She passed out and came round"),
    "faint-danger": ("축구하다 쓰러졌어요", "My heart raced and I blacked out"),
    "seizure": ("지금 경련을 하고 있어요", "She is having a seizure"),
    "seizure-now-over": ("방금 발작을 했어요", "My son just had a seizure"),
    "shock": ("얼굴이 창백하고 식은땀이 나요", "He is pale and about to faint"),
    "bleeding-shock": ("피가 콸콸 쏟아지고 얼굴이 하얘요", "Blood is spurting out and he is going limp"),
    "anaphylaxis": ("두드러기가 나고 숨이 차요", "I have hives and I am wheezing"),
    "breathless-dying": ("숨이 차고 입술이 파래요", "Gasping and her lips are blue"),
    "burn-major": ("온몸에 화상을 입었어요", "He was burned all over"),
    "stroke": ("갑자기 말이 어눌해졌어요", "Her speech is slurred"),
    "chest-pain": ("가슴이 조이고 식은땀이 나요", "I have a tight chest and sweating"),
    "chest-pain-atypical": ("체한 것 같고 식은땀이 나요", "I am clammy with pain in my jaw"),
    "breathless-severe": ("숨이 너무 차요", "I am struggling to breathe"),
    "pulmonary-embolism": ("수술하고 나서 숨이 차요", "I am short of breath since my operation"),
    "thunderclap": ("머리를 망치로 맞은 것처럼 아파요", "This is the worst headache of my life"),
    "meningitis": ("열이 나고 목이 뻣뻣해요", "I have a fever and a stiff neck"),
    "ectopic": ("임신 7주인데 아랫배가 아파요", "I am pregnant and I am bleeding"),
    "pregnancy-late": ("양수가 터졌어요", "My waters broke"),
    "torsion": ("고환이 갑자기 아파요", "Sudden pain in my testicle"),
    "infant-ill": ("두 달 된 아기가 열이 나요", "My two month old has a fever"),
    "neutropenic-fever": ("항암 치료 중인데 열이 나요", "I am on chemo and have a fever"),
    "dka": ("당뇨가 있는데 계속 토해요", "I am diabetic and keep vomiting"),
    "hypoglycaemia": ("혈당이 45예요", "My blood sugar is 45"),
    "bleeding-major": ("피를 토했어요", "I am vomiting blood"),
    "coughing-blood": ("기침에 피가 섞여 나와요", "I am coughing up a little blood"),
    "sight-loss": ("갑자기 눈이 안 보여요", "I suddenly lost sight in my eye"),
    "eye-chemical": ("눈에 락스가 튀었어요", "Bleach splashed in my eye"),
    "eye-injury": ("철사에 눈을 찔렸어요", "A twig is stuck in my eye"),
    "tooth-out": ("앞니가 뿌리째 빠졌어요", "His front tooth came out with its root"),
    "violence": ("아들이 칼을 들고 소리를 질러요", "He is swinging a knife at us"),
    "trauma-high": ("트럭에 치였어요", "She was hit by a car"),
    "suicide-plan": ("자살하려고 약을 모았어요", "I want to kill myself"),
    "suicidal-thoughts": ("죽고 싶다는 생각이 들어요", "I keep thinking of dying"),
    "overdose": ("수면제를 서른 알 먹었어요", "I took an overdose"),
    "head-injury": ("머리를 부딪히고 토했어요", "I hit my head and keep vomiting"),
    "abdomen-severe": ("배가 찢어질 것 같아요", "A ripping pain in my back"),
    "cauda-equina": ("허리가 아프고 소변이 안 나와요", "I have back pain and can't pee"),
    "confusion-acute": ("할머니가 헛소리를 하세요", "Grandma is confused"),
    "heart-rhythm": ("심장이 빨리 뛰어 쓰러질 것 같아요", "My heart is racing and I nearly fainted"),
    "limb-threat": ("기계에 손가락이 잘렸어요", "The saw cut off my finger"),
    "sepsis": ("열이 나고 혈압이 낮아요", "She has a fever and low blood pressure"),
    "epiglottitis": ("침을 흘리고 목소리가 이상해요", "He is drooling and his voice is muffled"),
    "blood-pressure-told": ("혈압이 70이에요", "His blood pressure is 70"),
    "dehydrated-child": ("아이가 소변을 거의 안 봐요", "My child is not drinking"),
}
TWINS = {
    "denied": [
        "가슴이 조이지는 않아요",
        "숨이 너무 차지는 않아요",
        "의식이 없지는 않아요",
        "가슴이 쑤시지만 조이는 건 아닙니다",
        "열, 가슴 조임, 두통 모두 없어요",
        "숨이 너무 차거나 가슴이 조이거나 하는 건 없어요",
        "목 뻣뻣 열 구토 다 없이 콧물만 나요",
        "피 없이 설사만 해요",
        "토를 했는데 피 안 토했어요",
        "죽고 싶다 그런 건 아니에요",
        "말이 어눌하길 하나 멀쩡해요",
        "객혈(-) 호흡곤란(-)",
        "자살 생각은 부인함",
        "피를 토하지는 않았어요",
        "경련을 하고 있지 않아요",
        "말이 어눌하지 않아요",
        "두드러기는 없고 숨도 안 차요",
        "자살 생각은 없어요",
        "고환이 아프지 않아요",
        "당뇨는 없는데 토해요",
        "머리를 부딪혔는데 토하지 않았어요",
        "임신은 했지만 배는 안 아파요",
        "열은 없고 목도 안 뻣뻣해요",
        "식은땀은 없어요",
        "No chest tightness",
        "No cough, chest tightness or slurred speech",
        "tight chest, slurred speech, seizure: none",
        "slurred speech, double vision, absolutely none",
        "Is my speech slurred? No.",
        "Nobody here had a seizure",
        "poo is not black",
        "red eyes, no bleach in my eye",
        "I am not pregnant and no bleeding",
        "He is not confused",
        "No seizure, she is awake",
        "She denies slurred speech",
        "I do not want to kill myself",
        "no hives and no wheezing",
        "I hit my head, no vomiting, not sleepy",
        "no stiff neck, no fever",
        "He never lost sight in his eye",
        "without vomiting blood",
        "not short of breath after the operation",
        "I have not taken an overdose",
    ],
    "past": [
        "작년에 뇌졸중으로 말이 어눌했었어요",
        "어릴 때 경련을 하고 있던 적이 있어요",
        "3년 전에 피를 토한 적이 있어요",
        "예전에 자살 시도를 했어요",
        "2015년에 가슴이 조여서 시술했어요",
        "10년 전 의식이 없었던 적이 있어요",
        "작년에 고환이 갑자기 아팠어요",
        "옛날에 눈에 락스가 튀었어요",
        "I had a stroke in 2015 with slurred speech",
        "Years ago I vomited blood",
        "As a child I was having a seizure every week",
        "Last year I had the worst headache",
        "In 2012 I took an overdose",
        "I used to have tight chest pain",
        "Two years ago bleach splashed in my eye",
        "Last spring I had a tight chest",
        "I was suicidal once",
        "지난봄에 가슴이 조여서 검사를 다 했어요",
        "십 년 전에 손가락이 잘렸어요",
    ],
    "somebody else": [
        "옆집 아저씨가 가슴이 조인대요",
        "친구가 말이 어눌했대요",
        "직장 동료가 피를 토했대요",
        "이웃이 자살했어요",
        "뉴스에서 수면제를 서른 알 먹었다고 봤어요",
        "My neighbour had a tight chest",
        "My friend had a seizure",
        "A colleague, our boss had slurred speech",
        "My uncle was vomiting blood",
        "My cousin took an overdose",
        "I saw suicide in the news",
    ],
}
HARMLESS = (
    "이틀 전부터 콧물이 나요",
    "혈압약이 다 떨어졌어요",
    "팔이 가려워요",
    "발목을 접질렸는데 걸을 수 있어요",
    "진단서가 필요해요",
    "커피를 쏟아서 손이 따가워요",
    "목이 부었어요 물은 넘어가요",
    "변기에 피가 조금 묻었어요",
    "철분제를 먹고 변이 까매요",
    "회사에 낼 사유서를 써 주세요",
    "자살예방교육 확인서가 필요해요",
    "다리가 아파서 못 뛰어요",
    "피곤해서 토할 것 같아요",
    "수건 적셔서 이마에 올렸어요",
    "당뇨약 다 먹어가요",
    "벤치프레스 했더니 가슴이 뻐근해요",
    "당뇨가 있는데 두 번 토했어요",
    "The itch doesn't wake me",
    "I'd rather not wake up early",
    "Sore pecs since bench press, heavy feeling in the chest",
    "I need a certificate for the suicide prevention course",
    "I have had a runny nose for two days",
    "I need a refill of my blood pressure tablets",
    "My arm itches",
    "I twisted my ankle but I can walk",
)


def codes(words, **known):
    return {finding.code: finding for finding in red_flags.find(Case(words, **known))}


class FlagsInWords(TestCase):
    def test_every_flag_fires_in_both_languages(self):
        for code, sentences in FIRES.items():
            for words in sentences:
                with self.subTest(code=code, words=words):
                    self.assertIn(code, codes(words))

    def test_no_flag_is_without_a_sentence(self):
        self.assertEqual({flag["code"] for flag in red_flags.knowledge()["words"]}, set(FIRES))

    def test_a_denied_past_or_other_persons_twin_does_not_fire(self):
        for why, sentences in TWINS.items():
            for words in sentences:
                with self.subTest(why=why, words=words):
                    self.assertEqual(codes(words), {})

    def test_every_flag_is_silent_when_it_was_long_ago_or_of_a_neighbour(self):
        for code, (korean, english) in FIRES.items():
            korean, english = re.sub("지금 |방금 ", "", korean), english.replace(" and I ", " and ")
            for words in (f"작년에 {korean}", f"옆집 사람이 {korean}", f"Years ago {english}", f"My neighbour: {english}"):
                with self.subTest(code=code, words=words):
                    self.assertNotIn(code, codes(words))

    def test_everyday_complaints_raise_no_flag(self):
        for words in HARMLESS:
            with self.subTest(words=words):
                self.assertEqual(codes(words), {})

    def test_now_brings_the_past_back(self):
        self.assertIn("chest-pain", codes("작년에도 그랬는데 지금 또 가슴이 조여요"))
        self.assertIn("chest-pain", codes("I had a heart attack in 2015 and now my chest feels tight"))
        self.assertIn("arrest", codes("옆집 아저씨가 지금 숨을 안 쉬어요"))

    def test_a_complaint_beside_a_denial_still_counts(self):
        for words in (
            "열은 없는데 가슴이 조여요",
            "가슴이 조여서 참을 수 없어요",
            "No fever but my chest feels tight",
            "I am not feeling well, tight chest",
        ):
            with self.subTest(words=words):
                self.assertIn("chest-pain", codes(words))

    def test_what_began_long_ago_and_lasts_still_counts(self):
        self.assertIn("chest-pain", codes("한 달 전부터 가슴이 조여요"))

    def test_a_denial_is_not_stretched_over_another_complaint(self):
        for words in (
            "열은 없고, 가슴이 조이고, 기침은 전혀 없어요",
            "No fever, my chest is tight or heavy",
            "열, 기침은 없는데 가슴이 조여요",
        ):
            with self.subTest(words=words):
                self.assertIn("chest-pain", codes(words))

    def test_what_is_over_is_less_urgent_and_what_is_back_is_not(self):
        for code, words, level in (
            ("stroke", "어제 말이 어눌했는데 지금은 괜찮아요", 3),
            ("stroke", "어제 말이 어눌했다가 돌아왔는데 오늘 또 그래요", 2),
            ("stroke", "My face drooped this morning, it came back completely", 3),
            ("stroke", "My face drooped, it came back but is drooping again", 2),
            ("seizure-now-over", "방금 경련했는데 지금은 울고 엄마를 알아봐요", 3),
            ("seizure-now-over", "She had a seizure and is awake, crying for me", 3),
            ("seizure-now-over", "방금 발작을 했어요", 2),
        ):
            with self.subTest(words=words):
                self.assertEqual(codes(words)[code].level, level)

    def test_how_grave_decides_the_level(self):
        for code, words, level in (
            ("shock", "얼굴이 창백하고 식은땀이 나요", 2),
            ("shock", "얼굴이 창백하고 축 처졌어요", 1),
            ("bleeding-major", "Blood is spurting out of the wound", 2),
            ("burn-major", "끓는 물에 얼굴을 데었어요", 2),
            ("heart-rhythm", "pulse 142", 3),
            ("heart-rhythm", "pulse 160", 2),
            ("limb-threat", "The foot is cold and I can't feel a pulse", 2),
            ("anaphylaxis", "두드러기가 나고 숨이 차요", 1),
        ):
            with self.subTest(words=words):
                self.assertEqual(codes(words)[code].level, level)

    def test_a_long_text_of_any_kind_takes_no_longer_than_its_length(self):
        for piece in ("no a, ", "열, ", "가슴 ", "or nor ", "? ", "was a had in ", "피 토 ", "foot pulse ", "a" * 50):
            with self.subTest(piece=piece):
                red_flags.find(Case((piece * 50_000)[:50_000]))

    def test_the_span_is_of_the_words_as_written(self):
        for words in ("  열은 없어요. 가슴이 조이고 식은땀이 나요", "MY CHEST feels TIGHT"):
            for form in ("NFC", "NFD"):
                written = unicodedata.normalize(form, words)
                finding = codes(written)["chest-pain"]
                span = unicodedata.normalize("NFC", written[finding.start : finding.end]).lower()
                self.assertIn(span[:5], ("가슴이 조", "chest"))

    def test_the_most_urgent_stands_first(self):
        levels = [finding.level for finding in red_flags.find(Case("가슴이 조이고 의식이 없어요 죽고 싶다는 생각이 들어요"))]
        self.assertEqual(levels, sorted(levels))
        self.assertEqual(levels[0], 1)

    def test_a_very_long_text_is_not_slow(self):
        red_flags.find(Case("가슴 no not 열 " * 500_000))


class FlagsThatNeedMore(TestCase):
    def test_a_man_has_no_ectopic_pregnancy(self):
        self.assertIn("ectopic", codes("pregnant with belly pain", sex="F", age=30))
        self.assertNotIn("ectopic", codes("pregnant with belly pain", sex="M", age=30))

    def test_an_answer_completes_a_flag(self):
        words = "어제 넘어져서 머리를 부딪혔어요"
        self.assertNotIn("head-injury", codes(words))
        self.assertIn("head-injury", codes(words, answers={"medicines": "와파린"}))
        self.assertIn("ectopic", codes("아랫배가 아파요", sex="F", answers={"pregnant": "yes"}))

    def test_age_decides_about_a_baby(self):
        self.assertIn("infant-ill", codes("열이 나요", age=0.1))
        self.assertNotIn("infant-ill", codes("열이 나요", age=5))
        self.assertNotIn("infant-ill", codes("열이 나요"))


class FlagsInVitalsAndAnswers(TestCase):
    def test_a_danger_value_fires_and_its_neighbour_does_not(self):
        cases = [
            ("spo2", 84, 1),
            ("spo2", 89, 2),
            ("spo2", 93, 3),
            ("spo2", 94, None),
            ("sbp", 89, 2),
            ("sbp", 90, None),
            ("hr", 131, 2),
            ("hr", 130, None),
            ("hr", 39, 2),
            ("hr", 40, None),
            ("rr", 31, 2),
            ("rr", 30, None),
            ("rr", 7, 1),
            ("temp", 41, 2),
            ("temp", 39.5, 3),
            ("temp", 39.4, None),
            ("temp", 34, 2),
            ("temp", 34.1, None),
            ("glucose", 53, 2),
            ("glucose", 54, None),
            ("glucose", 401, 3),
            ("pain", 8, 3),
            ("pain", 7, None),
        ]
        for key, value, level in cases:
            with self.subTest(key=key, value=value):
                found = red_flags.find(Case("", age=40, vitals={key: value}))
                self.assertEqual(found[0].level if found else None, level)

    def test_38_degrees_is_urgent_in_a_baby_only(self):
        self.assertEqual(codes("", age=0.2, vitals={"temp": 38})["temp-infant"].level, 2)
        self.assertEqual(codes("", age=2, vitals={"temp": 38}), {})
        self.assertEqual(codes("", age=None, vitals={"temp": 38}), {})

    def test_high_sugar_with_symptoms_is_more_urgent(self):
        self.assertEqual(codes("계속 토해요", vitals={"glucose": 450})["glucose-high"].level, 2)

    def test_an_impossible_value_is_not_believed(self):
        for vitals in ({"temp": 98.6}, {"spo2": 0.97}, {"hr": float("nan")}, {"sbp": 12}):
            with self.subTest(vitals=vitals):
                self.assertEqual(codes("", vitals=vitals), {})

    def test_i_do_not_know_is_no_alarm(self):
        unknown = dict.fromkeys(("onset", "pregnant"), "unknown")
        self.assertEqual(codes("", answers=unknown), {})


class TheKnowledge(TestCase):
    def test_every_line_speaks_both_languages_and_names_its_source(self):
        data = red_flags.knowledge()
        for rule in [*data["words"], *data["vitals"]]:
            with self.subTest(code=rule["code"]):
                self.assertTrue(rule["source"])
                self.assertEqual([*rule["text"], *rule["plain"]], ["ko", "en", "ko", "en"])
                self.assertTrue(all([*rule["text"].values(), *rule["plain"].values()]))
                self.assertIn(rule["level"], (1, 2, 3))
