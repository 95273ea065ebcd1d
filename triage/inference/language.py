"""Who and when a sentence speaks of: denied, in the past, or about somebody else."""

import re
import unicodedata
from typing import NamedTuple

# A match counts only if its own clause does not deny it, place it in the past, or give it to another person.
CLAUSE_END = re.compile(
    r"[.!?;\n]|,|\bbut\b|\bhowever\b|\bthough\b|\band (?=(i|i'm|my|he|she|his|her|it|it's|there|now|today|the|"
    r"then|can't|cannot)\b)|"
    r"(?<=지만)|(?<=는데)|(?<=은데)|(?<=인데)|(?<!에서)(?<=[요다죠네고며서데니음임])\s"
)
DENIED_BEFORE = re.compile(
    r"\b(no|not|never|without|denies|denied|denying|isn't|aren't|wasn't|don't|doesn't|didn't|haven't|hasn't|"
    r"nor|none of|free of|rather than)\b"
    # "not feeling well", "not sure", "never had such ..." complain, they do not deny
    r"(?! (?:(?:feeling|doing) )?(?:well|good|right|ok|okay|great|sure|only|just|yet|able|long|like|idea|"
    r"doubt|matter|reason|relief|help\w*|stop\w*|"
    r"sleep\w*|eat\w*|improv\w*|getting better|going away|(?:had|felt|known) (?:such|this|anything)))"
    r"(?:(?!\b(?:since|because|when|now|after|and my|and i)\b)[^.;\n]){0,45}$"
)
GONE_AFTER = re.compile(r"^\s*(is|are|was|has been|:)?\s*(absent|denied|gone|negative|ruled out|none)\b")
DENIED_AFTER = re.compile(
    r"(없(?!어지|이)|않(?!고는)|아니(?!라)|아닌|아님|안 ?(나|해|했|돼|그|아프|아파|들|보|느|차|붓|부|토|흘|멍|"
    r"조|저|어지)|못 ?느끼|전혀|음성)"
)
# "cannot bear it", "no strength", "no answer": here something else is missing, not the complaint
LACKS_OTHER = re.compile(
    r"(수(가|는|도|를)?|힘이?|기운이?|정신이?|입맛이?|의식이?|감각이?|반응이?|소변이?|대답이?|말이?|효과가?|"
    r"소용이?|차도가?|잠이?|맥이?|쉴 ?새|끊임|"
    r"견디지|참지|멈추지|멎지|낫지|가시지|가라앉지|나아지지|움직이지|되지) ?$"
)
DENIED_INSIDE = re.compile(
    r".([은는도] ?안 ?(아프|아파|나|차|붓|부)|[은는도] 없이|\b(no|not|without|isn't|doesn't|don't) (pain|hurt|"
    r"swollen|swelling|bleed|fever|sweat))"
)
PAST = re.compile(
    r"(?<!\d)(19|20)\d\d(?!\d)(?!년생)|\byears? (ago|back)\b|\bmonths? ago\b|\blast year\b|\bas a (child|"
    r"kid)\b|\bhistory of\b|\bused to\b|\bback then\b|"
    r"\b(previous|prior|old) (stroke|heart attack|seizure)|\bhad an? [a-z ]{0,30} in\b|"
    r"작년|재작년|지난 ?해|몇 ?년 ?전|\d+ ?년 ?전|\d+ ?(개월|달) ?전|[한두세네석] ?달 ?전|예전에|옛날|"
    r"어릴 ?(때|적)|과거에|앓은 적|병력|적이 ?있"
)
OTHERS = re.compile(
    r"\b(my|our|the) (neighbou?r|friend|colleague|co-?worker|uncle|aunt|cousin|boss|teacher)('s)?\b|"
    r"\bin the news\b|\bon (tv|the news)\b|"
    r"\b(father|mother|dad|mum|mom|brother|sister|grandfather|grandmother) (died|had|passed away)\b|"
    r"\bruns in (the|my) family\b|\bfamily history\b|"
    r"옆집|이웃|친구(가|는|도|네)|직장 ?동료|동료(가|는|도)|회사 ?사람|뉴스|텔레비전에서|티브이에서|드라마|"
    r"가족력|돌아가(셨|신|시)"
)
NOW = re.compile(
    r"\b(right now|now|again|today|currently|at the moment|please help|tonight)\b|지금|방금|또(?!렷)|다시|"
    r"오늘|빨리 ?(와|오|좀|요)|살려"
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
    if DENIED_INSIDE.search(text, start, end):
        return False
    left, right = clause_around(text, start, end)
    return not is_elsewhere(text[left:right]) and not is_denied(text[left:start], text[end:right])


def is_elsewhere(clause: str) -> bool:
    """Whether a clause tells of the past or of somebody else; "now" or "again" brings it back to the patient."""
    return bool(PAST.search(clause) or OTHERS.search(clause)) and not NOW.search(clause)


def is_denied(before: str, after: str) -> bool:
    """Whether the clause around a match denies it: English before it, Korean after it."""
    if DENIED_BEFORE.search(before) or GONE_AFTER.search(after):
        return True
    denial = DENIED_AFTER.search(after[:16])
    return denial is not None and not LACKS_OTHER.search(after[: denial.start()])


def language_of(words: str) -> str:
    """ "ko" if there is a Korean syllable or letter, else "en"."""
    return "ko" if re.search("[가-힣ㄱ-ㅎㅏ-ㅣ]", words) else "en"
