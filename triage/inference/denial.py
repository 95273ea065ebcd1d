"""What a story only says is not there: "no fever", "열은 없어요". It must not make anybody more or less urgent.

Only denials of usual complaints are known here. "Not breathing", "no pulse", "의식이 없어요" deny what ought to be there:
they stay.
"""

import re
from typing import Final

COMPLAINTS: Final = (
    r"(?:a |any |the |real |other |more |recent |high )*(?:fevers?|temp(?:erature)?|cough(?:ing)?|chest (?:pains?|tightness)|"
    r"(?:abdominal |belly |tummy |stomach |back |neck |head |eye |leg |arm |joint |throat )?(?:pains?|aches?)|"
    r"vomit(?:ing|ed)?|nausea|nauseous|diarrh\w+|the runs|rash(?:es)?|spots|hives|swelling|swollen|bleeding|"
    r"blood(?: in [a-z ]{2,20})?|headaches?|numb(?:ness)?|tingling|weakness|short(?:ness)? of breath|breathless(?:ness)?|"
    r"wheez\w+|breathing (?:trouble|problems?|difficulty)|trouble breathing|dizz\w+|vertigo|faint(?:ing|ed)?|black(?:ed)? ?outs?|"
    r"passed out|seizures?|fits|chills|shivers?|sweat(?:s|ing|y)?|phlegm|sputum|runny nose|sniffles|cold|sore throat|"
    r"itch(?:ing|y)?|discharge|injur\w+|falls?|fallen|allerg\w+|pregnan\w+|feverish|palpitations|redness|pus|jaundice|"
    r"weight loss|burning|stiff(?:ness| neck)?|neck stiffness|confusion|confused|trauma|head injury|loss of consciousness|"
    r"limb weakness|recent travel|travel)"
)
NOT: Final = (
    r"(?:no|not|without|denies|denied|denying|never(?: had)?|nor|isn't|not had|haven't had|hasn't had|have no|has no|had no|"
    r"don't have|doesn't have|didn't have|there's no|there is no|not having|no signs? of|no history of|free of|i'm not|is not|"
    r"am not|he's not|she's not)"
)
WHO: Final = (
    r"(?:(?:and|but|also|though|with|i|i've|i'm|he|he's|she|she's|it|they|we|there|have|has|had|is|are|am|got|so far|"
    r"thankfully|at all) )*"
)
ENGLISH: Final = re.compile(
    rf"(?:^|(?<=[.,;!?:(-])|(?<= and)|(?<= but)|(?<= with))\s*{WHO}{NOT} "
    rf"{COMPLAINTS}(?:(?:,? (?:or|and|nor) |, (?:no |or |nor )?|/){COMPLAINTS})*"
    r"(?: at all| so far| today| either| now| though)?(?= *(?:[.,;!?:)]|$|\bbut\b|\band\b|\bjust\b|\bthough\b))"
)
NAMED: Final = (
    r"(?:고열|열|발열|기침|가래|콧물|통증|흉통|복통|두통|요통|구토|구역|토|메스꺼움|메스꺼운 ?[건것]|설사|변비|어지럼증|"
    r"어지러움|어지럼|어지러운 ?[건것]|현기증|발진|두드러기|반점|붓기|부기|부종|출혈|혈변|객혈|피|마비|저림|저린 ?[데곳건것]|"
    r"감각 ?이상|호흡 ?곤란|숨찬 ?[건것거]|숨쉬기 ?힘든 ?[건것]|식은땀|오한|한기|실신|기절|경련|발작|임신|알레르기|외상|"
    r"다친 ?[데곳적]|쓰러진 ?적|의식 ?소실|혈뇨|잔뇨감|체중 ?감소|황달|고름|가려움|분비물)"
)
ABSENT: Final = (
    r"없(?:어요|고요?|구요?|습니다|음|이|다|네요|는데요?|지만|으며|었어요|었고|었습니다|대요|으시고|으세요|)|"
    r"안 ?[나해하했저생]\w{0,3}|(?:나|하|저리|있|어지럽|메스껍)(?:지[는도]?|진|질) ?않\w{1,4}|아니에요|아닙니다|"
    r"아니고요?|부인함?|음성"
)
PLACE: Final = r"(?:숨|가슴|배|머리|목|허리|팔다리)"
FINE: Final = r"안 ?(?:아프|아파|아픕|차|찹|붓|부었)\w{0,3}|(?:아프|차|붓)(?:지[는도]?|진) ?않\w{1,4}|괜찮(?:아요|고요?|습니다)"
QUITE: Final = r"(?:전혀 ?|별로 ?|따로 ?|아예 ?|한번도 ?)?"
KOREAN: Final = re.compile(
    r"(?:(?:그리고|또|아직|딱히) ?)?"
    rf"(?:(?:{NAMED}(?:(?: ?[,/·] ?| |이나 ?|나 ?|과 ?|와 ?|하고 ?|[도은는] ?)?{NAMED})*|(?:다른|특이) ?증상)"
    rf"[은는이가도을를]? ?{QUITE}(?:{ABSENT})|{PLACE}[은는이가도]? ?{QUITE}(?:{FINE}))[.,;!]?"
)


def without_denials(text: str) -> str:
    """A normalised text without them; as it was when nothing else would stay."""
    left = KOREAN.sub(" ", ENGLISH.sub(" ", text))
    return left if sum(character.isalpha() for character in left) > 1 else text
