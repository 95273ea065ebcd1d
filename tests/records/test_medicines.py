from django.test import SimpleTestCase, override_settings

from accounts.errors import Refused
from records import safety
from records.knowledge import medicines as known


class TableTest(SimpleTestCase):
    def test_a_brand_is_its_ingredient_in_both_languages(self):
        for name in ("Tylenol 500 mg", "타이레놀정 500mg", "acetaminophen"):
            self.assertEqual([item.name for item in known.ingredients_in(name)], ["paracetamol"])

    def test_a_latin_name_is_a_whole_word(self):
        self.assertEqual(known.ingredients_in("advilish"), [])

    def test_no_name_means_two_ingredients(self):
        names = [known.plain(name) for item in known.ingredients() for name in item.names]
        self.assertEqual(len(names), len(set(names)))

    def test_every_group_holds_somebody_and_every_source_is_there(self):
        for group in known.groups():
            self.assertTrue(any(group.holds(item) for item in known.ingredients()), group.key)
        for _allergy, _medicine, source in known.related():
            self.assertIn("2022", source)


class LawTest(SimpleTestCase):
    def test_without_a_profile_nothing_is_forbidden(self):
        safety.refuse_blocked("졸피뎀 10mg")

    @override_settings(LAW_PROFILE="KR-2026")
    def test_the_profile_forbids_by_group_and_by_name(self):
        for name in ("zolpidem 10 mg", "디아제팜", "Wegovy 0.25 mg"):
            with self.assertRaises(Refused):
                safety.refuse_blocked(name)
        safety.refuse_blocked("아목시실린 250mg")
