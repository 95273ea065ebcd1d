"""Who and when a sentence speaks of: denied, in the past, or about somebody else."""

import re
import unicodedata

# A match counts only if its own clause does not deny it, place it in the past, or give it to another person.
CLAUSE_END = re.compile(
    r"[.!?;\n]|,|\bbut\b|\bhowever\b|\bthough\b|(?<=지만)|(?<=는데)|(?<=은데)|(?<=인데)|(?<=[요다죠네고며서데])\s"
)
DENIED_BEFORE = re.compile(
    r"\b(no|not|never|without|denies|denied|isn't|aren't|wasn't|don't|doesn't|didn't|haven't|hasn't|can't say|nor|free of)\b"
    r"(?:(?!\b(?:only|just|sure|able|and|since|because|when|now|after)\b)[^.;\n]){0,45}$"
)
DENIED_AFTER = re.compile(
    r"^[^.!?,;\n]{0,14}?(없(?!어지|이 숨)|않|아니(?!라)|안 ?(나|해|했|돼|그|아프|들|보|느)|못 느끼|전혀)|^\s*(is|are|was)?\s*(absent|gone|negative)"
)
PAST = re.compile(
    r"\b(19|20)\d\d\b|\byears? ago\b|\bmonths? ago\b|\blast year\b|\bas a child\b|\bhistory of\b|\bused to\b|\bhad an? [a-z ]{0,30} in\b|"
    r"작년|재작년|몇 ?년 ?전|\d+ ?년 ?전|\d+ ?(개월|달) ?전|예전에|옛날|어릴 ?때|과거에|앓은 적|병력"
)
OTHERS = re.compile(
    r"\b(my|our) (neighbou?r|friend|colleague|co-?worker|uncle|aunt|cousin|boss)\b|\bin the news\b|\bon tv\b|\bfather died\b|\bmother died\b|"
    r"\bruns in (the|my) family\b|옆집|이웃|친구(가|는|도)|직장 ?동료|뉴스에서|텔레비전에서|티브이에서|가족력|돌아가"
)


def normalise(text: str) -> str:
    """NFC, lower case, one apostrophe; the length of ordinary Korean and English text stays as it is."""
    return unicodedata.normalize("NFC", text).replace("\u2019", "'").lower()


def clause_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause in which a match stands."""
    left = max((m.end() for m in CLAUSE_END.finditer(text, 0, start) if m.end() <= start), default=0)
    right = next((m.start() for m in CLAUSE_END.finditer(text, end) if m.end() > end), len(text))
    return left, right


def holds_now(text: str, start: int, end: int) -> bool:
    """Whether what stands at start..end is said of the patient, and of now."""
    left, right = clause_around(text, start, end)
    before, after, clause = text[left:start], text[end:right], text[left:right]
    if PAST.search(clause) or OTHERS.search(clause):
        return False
    if DENIED_BEFORE.search(before):
        return False
    return not DENIED_AFTER.search(after)
