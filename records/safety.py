"""Before a medicine is prescribed: is the patient allergic to it, do they take it already, may it be prescribed from afar?"""

from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import Language

from . import background
from .knowledge import medicines as known


class Doubt(NamedTuple):
    """One reason to think again: its kind, the words it came from, and the group that connects them."""

    kind: str
    said: str
    group: str = ""
    source: str = ""

    def __str__(self):
        return self.words

    @property
    def words(self) -> str:
        """The reason, explained in the reader's language."""
        sentences = {
            "allergy": _("Allergy told: “%(said)s”. This medicine contains what they are allergic to."),
            "allergy-group": _("Allergy told: “%(said)s”. This medicine belongs to the same group (%(group)s)."),
            "allergy-related": _("Allergy told: “%(said)s”. Medicines of this group (%(group)s) can cause the same reaction."),
            "same": _("Already there: “%(said)s”. It would be taken twice."),
            "same-group": _("Already there: “%(said)s”. Both belong to one group (%(group)s) and add up."),
        }
        return sentences[self.kind] % {"said": self.said, "group": group_title(self.group)}


class Doubtful(Refused):
    """There are reasons to think again; with a reason of the doctor's own it is prescribed all the same."""

    def __init__(self, doubts):
        super().__init__(" ".join(doubt.words for doubt in doubts))
        self.doubts = doubts


def group_title(key: str) -> str:
    language = Language.of_the_page()
    return next((group.title(language) for group in known.groups() if group.key == key), "")


def refuse_blocked(medication: str) -> None:
    """A law profile may forbid a medicine in remote visits; no reason lifts that."""
    if why := known.blocked(medication, settings.LAW_PROFILE):
        raise Refused(why[Language.of_the_page()])


def doubts(medication: str, visit, *, beside=()) -> list[Doubt]:
    """Every reason to think again: allergies first, then what is taken or prescribed already."""
    patient = visit.patient
    taken = [told.text for told in background.medicines(patient)]
    taken += [item.medication for item in (*background.prescribed(patient), *beside)]
    found = [doubt for told in background.allergies(patient) for doubt in _allergy(medication, told.text)]
    found += [doubt for text in taken for doubt in _twice(medication, text)]
    return list(dict.fromkeys(found))


def _allergy(medication: str, said: str) -> Iterator[Doubt]:
    """The strongest thing that connects a medicine with an allergy."""
    mine, theirs = known.ingredients_in(medication), known.ingredients_in(said)
    named = known.groups_said_in(said)
    if set(mine) & set(theirs) or known.names(said, _first_word(medication)):
        yield Doubt("allergy", said)
        return
    my_groups = [group for item in mine for group in known.groups_of(item)]
    their_groups = [*named, *(group for item in theirs for group in known.groups_of(item))]
    for group in my_groups:
        if group in their_groups:
            yield Doubt("allergy-group", said, group.key, known.source(group.key))
            return
    for allergy, medicine, source in known.related():
        if any(group.key == allergy for group in their_groups) and any(group.key == medicine for group in my_groups):
            yield Doubt("allergy-related", said, medicine, source)


def _twice(medication: str, said: str) -> Iterator[Doubt]:
    """The same medicine, or one that acts alike, is there already."""
    mine, theirs = known.ingredients_in(medication), known.ingredients_in(said)
    if set(mine) & set(theirs) or known.names(said, _first_word(medication)):
        yield Doubt("same", said)
        return
    their_groups = {group for item in theirs for group in known.groups_of(item)} | set(known.groups_said_in(said))
    for group in {group for item in mine for group in known.groups_of(item)} & their_groups:
        yield Doubt("same-group", said, group.key, known.source("class"))


def _first_word(medication: str) -> str:
    """A medicine's name without its strength: the whole of it, if it has no word of its own."""
    words = medication.split()
    return words[0] if words and len(words[0]) > 1 else medication
