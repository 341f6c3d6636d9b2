"""No field cuts a long paste without a word: none carries ``maxlength``, and each says by how much it is too long."""

import re

import pytest

from accounts.forms import UncutForm
from tests.bad_input.pages import APPS, form_classes
from tests.conftest import client_of
from tests.guards.test_permission_table import TABLE
from tests.world import address
from touchpoints.forms.touchpoints import FilterForm
from workshops.forms import MeasureFilterForm

FORMS = [form for app in APPS for form in form_classes(app)]
# What may carry maxlength, and why.
REASONS = {
    (FilterForm, "q"): "a search is part of the address, which has to stay one that every server takes",
    (MeasureFilterForm, "q"): "a search is part of the address",
}
PAGES_WITH_THE_SEARCH = {
    "touchpoints:touchpoint_list",
    "touchpoints:after_sales_list",
    "touchpoints:archive_list",
    "workshops:measure_list",
}


def limited_fields(form):
    """The fields of a form class in which one types, and which end somewhere."""
    return [
        name
        for name, field in form.base_fields.items()
        if getattr(field, "max_length", None) is not None and not field.widget.is_hidden
    ]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_form_with_something_to_type_cuts_nothing(form):
    fields = [name for name in limited_fields(form) if (form, name) not in REASONS]

    assert fields == [] or issubclass(form, UncutForm)


def test_every_reason_is_needed():
    cutting = {(form, name) for form in FORMS if not issubclass(form, UncutForm) for name in limited_fields(form)}

    assert cutting == set(REASONS)


def test_no_page_has_a_field_that_cuts(world):
    """Also what templates write by hand, and fields that a form makes while it is made."""
    client = client_of(world.people["mara"])
    owner = client_of(world.people["olga"])
    pages = {}
    for name, row in TABLE.items():
        who = client if "mara" in row.let_in else owner
        response = who.get(address(name, row.needs, world))
        if response.streaming:
            if not response.is_async:
                b"".join(response.streaming_content)  # closes the file
        elif response.status_code == 200 and "text/html" in response["Content-Type"]:
            pages[name] = response.content.decode()

    assert len(pages) > 40
    cutting = {name: re.findall(r"<(?:input|textarea)[^>]*maxlength[^>]*>", page) for name, page in pages.items()}
    assert {name for name, fields in cutting.items() if fields} == PAGES_WITH_THE_SEARCH
    assert [field for fields in cutting.values() for field in fields if 'name="q"' not in field] == []
