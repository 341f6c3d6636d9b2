"""How dates and numbers are written and read in both languages."""

from datetime import UTC, date, datetime, time

import pytest
from django import forms
from django.conf import settings
from django.utils.formats import date_format, get_format, number_format, time_format
from django.utils.timezone import localtime
from django.utils.translation import override

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Twenty past five in the afternoon in Berlin.
MOMENT = datetime(2026, 11, 22, 16, 20, tzinfo=UTC)
WRITTEN = {
    "DATE_FORMAT": {"de": "22. November 2026", "en": "22 November 2026"},
    "SHORT_DATE_FORMAT": {"de": "22.11.2026", "en": "22 Nov 2026"},
    "DATETIME_FORMAT": {"de": "22. November 2026 17:20", "en": "22 November 2026, 17:20"},
    "SHORT_DATETIME_FORMAT": {"de": "22.11.2026 17:20", "en": "22 Nov 2026, 17:20"},
    "YEAR_MONTH_FORMAT": {"de": "November 2026", "en": "November 2026"},
    "MONTH_DAY_FORMAT": {"de": "22. November", "en": "22 November"},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WRITTEN)
def test_a_moment_is_written_as_its_language_does(language, name):
    with override(language):
        assert date_format(localtime(MOMENT), name) == WRITTEN[name][language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_has_24_hours_and_a_week_begins_on_monday(language):
    with override(language):
        assert [time_format(time(hour), "TIME_FORMAT") for hour in (0, 12, 17)] == ["00:00", "12:00", "17:00"]
        assert get_format("FIRST_DAY_OF_WEEK") == 1


def test_numbers_are_written_as_they_were():
    written = {}
    for language in LANGUAGES:
        with override(language):
            written[language] = number_format(12345.6, 1, force_grouping=True)

    assert written == {"de": "12.345,6", "en": "12,345.6"}


@pytest.mark.parametrize("typed", ["2026-11-22", "22 November 2026", "22 Nov 2026"])
def test_english_reads_the_days_that_it_writes(typed):
    with override("en"):
        assert forms.DateField().clean(typed) == date(2026, 11, 22)


@pytest.mark.parametrize(
    "typed", ["2026-11-22 17:20", "2026-11-22T17:20", "22 November 2026, 17:20", "22 Nov 2026, 17:20"]
)
def test_english_reads_the_moments_that_it_writes(typed):
    with override("en"):
        assert forms.DateTimeField().clean(typed) == MOMENT


@pytest.mark.parametrize("typed", ["11/12/2026", "11/12/26"])
def test_english_takes_no_date_that_could_be_two_days(typed):
    with override("en"), pytest.raises(forms.ValidationError):
        forms.DateField().clean(typed)
