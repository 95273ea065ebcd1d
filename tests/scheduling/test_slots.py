from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from scheduling.slots import CELL, Slot, cells, cut, free, merged, opening, overlaps

ZONES = [
    "Asia/Seoul", "America/New_York", "Europe/London", "Europe/Berlin", "Australia/Lord_Howe",
    "America/St_Johns", "Africa/Casablanca", "Pacific/Apia", "Asia/Kathmandu",
]  # fmt: skip
CHANGES = [date(2026, 3, 8), date(2026, 11, 1), date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2026, 10, 4)]

zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.sampled_from(CHANGES) | st.dates(date(2020, 1, 1), date(2037, 12, 31))
lengths = st.integers(5, 120).map(lambda minutes: timedelta(minutes=minutes))
clock_times = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))


@st.composite
def hours(draw):
    """Opening and closing time of a day."""
    start, end = sorted((draw(clock_times), draw(clock_times)))
    return start, end


@st.composite
def periods(draw):
    start = draw(moments)
    return start, start + draw(st.timedeltas(timedelta(seconds=1), timedelta(hours=3)))


class CutTest(SimpleTestCase):
    @given(days, hours(), zones, lengths)
    def test_slots_fill_the_opening_without_gap_or_overlap(self, day, hours, zone, length):
        start, end = opening(day, *hours, zone)
        slots = list(cut(start, end, length))
        for slot in slots:
            self.assertEqual(slot.end - slot.start, length)
            self.assertTrue(start <= slot.start and slot.end <= end)
        for earlier, later in zip(slots, slots[1:], strict=False):
            self.assertEqual(earlier.end, later.start)
        used = length * len(slots)
        self.assertTrue(end <= start or timedelta(0) <= (end - start) - used < length)

    def test_a_remainder_too_short_to_use_is_dropped(self):
        start = datetime(2026, 1, 5, 9, tzinfo=UTC)
        slots = list(cut(start, start + timedelta(minutes=40), timedelta(minutes=15)))
        self.assertEqual([slot.start.minute for slot in slots], [0, 15])


class FreeTest(SimpleTestCase):
    spans = st.tuples(st.integers(0, 600), st.integers(1, 60)).map(lambda span: (span[0], sum(span)))

    @given(spans, st.integers(5, 60), st.integers(0, 30), st.lists(spans, max_size=8).map(merged))
    def test_free_beginnings_are_those_of_the_grid_that_meet_nothing(self, hours, length, gap, busy):
        start, end = hours
        grid = range(start, end - length + 1, length + gap)
        expected = [at for at in grid if not any(begins < at + length + gap and at < ends for begins, ends in busy)]
        self.assertEqual([at for row in free(start, end, length, gap, busy) for at in row], expected)


class OpeningTest(SimpleTestCase):
    @given(days, hours(), zones)
    def test_an_opening_is_in_utc_and_begins_when_the_clinics_clock_says_so(self, day, hours, zone):
        start, _end = opening(day, *hours, zone)
        self.assertEqual(start.utcoffset(), timedelta(0))
        local = start.astimezone(zone)
        skipped = local.replace(tzinfo=None) != datetime.combine(day, hours[0])
        if skipped:  # the clock jumped over this time: then it is the moment after the jump
            shift = local.replace(tzinfo=None) - datetime.combine(day, hours[0])
            self.assertTrue(timedelta(0) < shift <= timedelta(hours=24))

    def test_the_day_on_which_clocks_go_forward_is_an_hour_shorter(self):
        start, end = opening(date(2026, 3, 8), time(0), time(4), ZoneInfo("America/New_York"))
        self.assertEqual(end - start, timedelta(hours=3))

    def test_the_day_on_which_clocks_go_back_is_an_hour_longer(self):
        start, end = opening(date(2026, 11, 1), time(0), time(4), ZoneInfo("America/New_York"))
        self.assertEqual(end - start, timedelta(hours=5))
        self.assertEqual(len(set(cut(start, end, timedelta(minutes=30)))), 10)

    def test_half_an_hour_is_changed_on_lord_howe(self):
        start, end = opening(date(2026, 10, 4), time(0), time(4), ZoneInfo("Australia/Lord_Howe"))
        self.assertEqual(end - start, timedelta(hours=3, minutes=30))

    def test_an_opening_inside_the_missing_hour_has_no_slots(self):
        period = opening(date(2026, 3, 8), time(2, 30), time(3), ZoneInfo("America/New_York"))
        self.assertEqual(list(cut(*period, timedelta(minutes=15))), [])


class CellTest(SimpleTestCase):
    @given(periods())
    def test_cells_cover_the_period_and_no_more(self, period):
        start, end = period
        sold = list(cells(start, end))
        self.assertTrue(sold[0] <= start and end <= sold[-1] + CELL)
        for cell in sold:
            self.assertTrue(overlaps(Slot(cell, cell + CELL), start, end))
            self.assertEqual((cell.minute % 5, cell.second, cell.microsecond), (0, 0, 0))

    @given(periods(), periods())
    def test_whoever_shares_a_moment_shares_a_cell(self, one, other):
        if overlaps(Slot(*one), *other):
            self.assertTrue(set(cells(*one)) & set(cells(*other)))

    @given(moments, lengths)
    def test_neighbours_on_the_five_minute_grid_share_no_cell(self, moment, length):
        start = moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)
        length = timedelta(minutes=length.seconds // 300 * 5)
        middle = start + length
        self.assertFalse(set(cells(start, middle)) & set(cells(middle, middle + length)))


class OverlapTest(SimpleTestCase):
    @given(periods(), periods())
    def test_overlap_is_mutual(self, one, other):
        self.assertEqual(overlaps(Slot(*one), *other), overlaps(Slot(*other), *one))

    @given(periods())
    def test_what_ends_when_the_other_begins_does_not_overlap(self, period):
        start, end = period
        self.assertFalse(overlaps(Slot(start, end), end, end + CELL))
