"""Who and when a sentence speaks of: denied, in the past, or about somebody else."""

import re
import unicodedata
from typing import NamedTuple

# A match counts only if its own clause does not deny it, place it in the past, or give it to another person.
CLAUSE_END = re.compile(
    r"[.!?;\n]|,|\bbut\b|\bhowever\b|\bthough\b|\band (?=(i|i'm|my|he|she|his|her|it|it's|there|now|today|the|"
    r"then|can't|cannot)\b)|"
    r"(?<=지만)|(?<=는데)|(?<=은데)|(?<=인데)|(?<!에서)(?<=[요다죠네고며서데니])\s|(?<=[음임])\s(?!없|아님|아니|안 |\()"
)
SENTENCE_END = re.compile(r"[.!?;\n]")
NEAR = 100  # characters before a clause and after a match in which its list or its question may stand
# "not feeling well", "not sure", "never had such ..." complain, they do not deny
COMPLAINS = (
    r"(?! (?:(?:feeling|doing) )?(?:well|good|right|ok|okay|great|sure|only|just|yet|able|long|like|idea|"
    r"doubt|matter|reason|relief|help\w*|stop\w*|going|eas\w+|lett\w+|"
    r"sleep\w*|eat\w*|improv\w*|getting better|(?:had|felt|known) (?:such|this|anything)))"
)
DENIED_BEFORE = re.compile(
    r"\b(?:no|not|never|without|denies|denied|denying|isn't|aren't|wasn't|don't|doesn't|didn't|haven't|hasn't|"
    rf"nor|neither|nobody|no one|none of|nothing like|free of|rather than)\b{COMPLAINS}"
    r"(?:(?!\b(?:since|because|when|now|after|and my|and i)\b)[^.;\n]){0,45}$"
)
GONE_AFTER = re.compile(
    r"^\s*(?:test|screen)?\s*(?:is|are|was|has been|:)?\s*(?:absent|denied|gone|negative|fine|ruled out|none)\b|^[가-힣 ]{0,3}\(-\)"
)
DENIED_AFTER = re.compile(
    r"[없읎](?!어지|이)|^(?: [가-힣]{1,4}){0,3}[이가은는도]? ?없이|^[은는도] ?(?:다 |모두 )?(?:괜찮|멀쩡|정상|편[하해함])|않(?!고는)|아니(?!라)|아닌|아님|아닙|아녜|"
    r"안 ?(?:나(?![아았을])|해|했|돼|그|아프|아파|들|보|느|차|붓|부|토|흘|멍|조|저|어지)|"
    r"못 ?느끼|전혀|음성|부인(?:함|하|했|$)|길 ?하나|기를 ?하나|^[가-힣]? ?(?:노|x|ㄴㄴ)(?=[\s.]|$)"
)
# "cannot bear it", "no strength", "no answer": here something else is missing, not the complaint
LACKS_OTHER = re.compile(
    r"(?:수(?:가|는|도|를)?|힘이?|기운이?|정신이?|입맛이?|의식이?|감각이?|반응이?|소변이?|대답이?|말이?|효과가?|"
    r"소용이?|이유|까닭|예고|원인|차도가?|잠이?|맥이?|쉴 ?새|끊임|"
    r"견디지|참지|멈추지|멎지|낫지|가시지|가라앉지|나아지지|움직이지|(?<!관찰)되지) ?$"
)
DENIED_INSIDE = re.compile(
    r"^(?!의식|힘|정신|맥)[가-힣]{1,3} ?없이|.(?:[은는도] ?안 ?(?:아프|아파|나|차|붓|부)|[은는도] 없이|[건은도] ?안 ?들|안 ?(?:토|어눌|뻣뻣|조이|조여|부딪|아프|아파|다치|다쳤))|"
    r"\b(?:no|not|without|isn't|doesn't|don't) (?:pain|hurt|swollen|swelling|bleed|fever|sweat|black)|"
    r".{8}\b(?:no|without)\b(?! (?:pulse|feeling|sensation|response|strength|urine|pee|sense))(?: \w+)? \w+$|"
    rf",[^,]{{0,12}}\b(?:no|not|without|never)\b{COMPLAINS}"
)
# One denial for a whole list: "no nausea, breathlessness or drowsiness", "열, 피, 구토 모두 없어요", "fever, rash: none"
ITEM = r"(?: (?!(?:i|i'm|my|he|she|it|is|are|was|has|have|but|and|now|then|since|there|because)\b)[a-z'-]+)"
LIST_OPENED = re.compile(
    rf"\b(?:no|not|never|without|denies|denied|nobody|neither)\b{COMPLAINS}(?:{ITEM}{{1,4}},){{1,6}}{ITEM}{{0,3}} $"
)
LIST_GOES_ON = re.compile(rf"^[a-z'-]*{ITEM}{{0,3}}(?:,{ITEM}{{1,4}}){{0,5}},? n?or\b")
LIST_CLOSED = re.compile(
    rf"^[a-z'-]*{ITEM}{{0,3}}(?:,{ITEM}{{1,4}}){{0,5}}\s?[,:-]?\s*"
    r"(?:(?:all|both) (?:absent|denied|negative)\b|(?:(?:absolutely|definitely) )?(?:none|nil)(?=\s*(?:[.,;!)\n]|$))|no(?=\s*(?:[.;!)\n]|$)))"
)
LIST_CLOSED_KO = re.compile(
    r"^(?P<items>[^.!?;\n]{0,50}?[\s,])(?:모두|다|전부|[둘셋] ?다|일절|아무 ?것도)(?: 다)? ?"
    r"(?:없|않|아니|아닙|안 |못 ?느|음성|부인|(?:노|x|ㄴㄴ)(?=[\s.,]|$))"
)
LIST_JOINED_KO = re.compile(
    r"^(?P<items>[가-힣]{0,3}(?:거나|이나|나|든지) [^.!?;,\n]{0,40}?)(?:없(?!어지)|않|아니(?!라)|아닙|안 |못 ?느|부인)"
)
NOT_A_LIST = re.compile(r"[요다죠네며데니고서]\s|[요다죠네며데니고서],|지만|는데|더니|(?:,[^,]*[은는] ?$)")
# "Is my speech slurred? No." "죽고 싶다 그런 건 아니에요"
ASKED_AND_DENIED = re.compile(
    r"^[^.?!\n]{0,40}\?(?:[^.?!\n]{1,40}\?){0,3}\s*(?:no|nope|neither|none|not at all|아뇨|아니요|아니오)\s*(?:[.,;!]|$)"
)
TAKEN_BACK = re.compile(r"^[가-힣]{0,3}[다고]?[ ,]+(?:뭐 ?)?(?:그런|그럴|이런) ?[^.!?\n]{0,6}(?:아니|아닙|없)")
PAST = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)(?!년생)|(?<!since )(?:\b(?:years?|months?) (?:ago|back)\b|"
    r"\blast (?:year|month|spring|summer|autumn|winter)\b)|"
    r"\bas an? (?:child|kid|teenager|young|boy|girl)\b|\bchildhood\b|\bhistory of\b|\bused to\b|\bback then\b|\blong ago\b|오래 ?전에|지 ?오래|\bwas \w+ once\b|"
    r"\b(?:previous|prior|old) (?:stroke|heart attack|seizure)|\bhad an? [a-z ]{0,30} (?:in|for)\b|"
    r"(?:작년|재작년|지난 ?(?:해|달|봄|여름|가을|겨울)|(?:\d|몇|[일이삼사오육칠팔구십]) ?년 ?전|\d+ ?(?:개월|달) ?전|[한두세네석] ?달 ?전)(?! ?(?:부터|이후))|"
    r"예전에|옛날|그때는|어릴 ?[때적]|과거에|앓은 적|병력|적이 ?있"
)
PAST_TENSE = re.compile(r"[았었였했갔왔렸졌]|던|기도")
OTHERS = re.compile(
    r"\bnext door's\b|\b(?:my|our|the|a) (?:neighbou?r|friend|colleague|co-?worker|uncle|aunt|cousin|boss|teacher)(?:'s)?\b|"
    r"\bin the news\b|\bon (?:tv|the news)\b|"
    r"\b(?:father|mother|dad|mum|mom|brother|sister|grandfather|grandmother) (?:died|had|passed away)\b|"
    r"\bruns in (?:the|my) family\b|\bfamily history\b|"
    r"옆집|이웃|친구(?:가|는|도|네)|직장 ?동료|동료(?:가|는|도)|회사 ?사람|뉴스|텔레비전에서|티브이에서|드라마|"
    r"가족력|돌아가(?:셨|신|시)"
)
NOW = re.compile(
    r"\b(?:right now|now|again|today|currently|at the moment|please help|tonight)\b|지금(?!은)|방금|또(?!렷)|다시|"
    r"오늘|어제|그제|아까|며칠|빨리 ?(?:와|오|좀|요)|살려"
)

BACK = re.compile(
    r"\b(?:again|another|getting worse|worse and worse|keeps coming|still(?! (?:dazed|foggy|confused|drowsy|sleepy))|going on)\b|아직(?!도? ?(?:멍|졸|처))|여전히|또(?!렷|래)|다시(?! 돌아)|재발|반복|점점|갈수록"
)


class Reading(NamedTuple):
    """Words made comparable, and where each character stands in what the person wrote."""

    text: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the comparable text as a span of the original words."""
        return self.at[start], self.at[end]


def normalise(text: str) -> str:
    """NFC, lower case, one apostrophe."""
    return unicodedata.normalize("NFC", text).replace("\u2019", "'").lower()


def read(words: str) -> Reading:
    """Normalise and keep positions: separate jamo (as some phones and Macs send them) become syllables."""
    pieces: list[str] = []
    at: list[int] = []
    start = 0
    while start < len(words):
        end = start + 1
        while end < len(words) and _joins(words[end]):
            end += 1
        piece = normalise(words[start:end])
        pieces.append(piece)
        at += [start] * len(piece)
        start = end
    return Reading("".join(pieces), (*at, len(words)))


def _joins(character: str) -> bool:
    """Whether a character belongs to the one before it: an accent, or a middle or final jamo."""
    return unicodedata.combining(character) != 0 or "\u1160" <= character <= "\u11ff"


def clauses(text: str) -> list[tuple[int, int]]:
    """The clauses of a normalised text, in order, without their dividing marks."""
    found, left = [], 0
    for mark in CLAUSE_END.finditer(text):
        found.append((left, mark.start()))
        left = mark.end()
    found.append((left, len(text)))
    return [(start, end) for start, end in found if text[start:end].strip()]


def clause_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause in which a match stands; a match over two clauses takes both."""
    left = max((m.end() for m in CLAUSE_END.finditer(text, 0, start + 1) if m.end() <= start), default=0)
    right = next((m.start() for m in CLAUSE_END.finditer(text, max(end - 1, 0)) if m.start() >= end), len(text))
    return left, right


def holds_now(text: str, start: int, end: int) -> bool:
    """Whether what stands at start..end of a normalised text is said of the patient, and of now."""
    if DENIED_INSIDE.search(text[start:end]):
        return False
    left, right = clause_around(text, start, end)
    before, after = text[max(left - NEAR, 0) : start], text[end : end + NEAR]
    return not (
        is_elsewhere(text[left:right])
        or is_denied(text[left:start], text[end:right])
        or is_denied_with_others(SENTENCE_END.split(before)[-1], after)
        or is_told_as_past(SENTENCE_END.split(before)[-1], text[start:right])
    )


def is_elsewhere(clause: str) -> bool:
    """Whether a clause tells of the past or of somebody else; "now" or "again" brings it back to the patient."""
    return bool(PAST.search(clause) or OTHERS.search(clause)) and not NOW.search(clause)


def is_told_as_past(before: str, clause: str) -> bool:
    """Whether the sentence began in the past and the clause goes on in the past tense (Korean)."""
    return bool(PAST_TENSE.search(clause) and PAST.search(before)) and not NOW.search(before + clause)


def is_denied(before: str, after: str) -> bool:
    """Whether the clause around a match denies it: English before it, Korean after it."""
    if DENIED_BEFORE.search(before) or GONE_AFTER.search(after):
        return True
    denial = DENIED_AFTER.search(after[:16])
    return denial is not None and not (denial.group() != "음성" and LACKS_OTHER.search(after[: denial.start()]))


def is_denied_with_others(before: str, after: str) -> bool:
    """Whether a match stands in a list that is denied as a whole, or in a question answered with no."""
    if ASKED_AND_DENIED.search(after) or TAKEN_BACK.search(after) or LIST_CLOSED.search(after):
        return True
    opened = LIST_OPENED.search(before)
    if opened and (" or " in opened.group() or LIST_GOES_ON.search(after)):
        return True
    closed = LIST_CLOSED_KO.search(after) or LIST_JOINED_KO.search(after)
    return closed is not None and not NOT_A_LIST.search(closed["items"]) and not LACKS_OTHER.search(closed["items"])


def language_of(words: str) -> str:
    """ "ko" if there is a Korean syllable or letter, else "en"."""
    return "ko" if re.search("[가-힣ㄱ-ㅎㅏ-ㅣ]", words) else "en"
