"""The starter catalogue: complete in both languages, copied once."""

from collections import Counter

import pytest

from accounts.models import Membership, Organisation
from tests.factories import TouchpointFactory
from touchpoints.enums import Contact, Media, Medium, Phase, Relation
from touchpoints.models import Touchpoint
from touchpoints.queries import entries_taken, starter_phases
from touchpoints.services import add_starter_entries
from touchpoints.starter import starter_entries


def test_starter_holds_102_entries_with_unique_numbers_in_the_order_of_the_phases():
    entries = starter_entries()

    assert Counter(entry.phase for entry in entries) == {"IB": 20, "PS": 21, "PU": 18, "LO": 26, "IA": 17}
    assert len({entry.number for entry in entries}) == 102
    assert [entry.phase for entry in entries] == sorted((entry.phase for entry in entries), key=list(Phase).index)
    assert all(entry.number.startswith(entry.phase.value) for entry in entries)


@pytest.mark.parametrize(("language", "start"), [("de", "Ich "), ("en", "I ")])
def test_starter_speaks_as_the_customer_in_one_sentence(language, start):
    for entry in starter_entries():
        assert entry.name(language).strip() == entry.name(language) != ""
        assert entry.description(language).startswith(start)
        assert entry.description(language).endswith(".")
        assert len(entry.description(language)) <= 200


@pytest.mark.parametrize(
    ("number", "de", "en"),
    [
        ("PS-15", "Design-in-Beratung", "design-in advice"),  # R71
        ("PS-16", "Demonstration", "demonstration"),  # R72
        ("PS-18", "Fallstudie", "case study"),  # R72
        ("PS-17", "Muster", "sample"),  # R73
        ("PS-19", "Referenzkunden", "reference customer"),  # R74
        ("PU-02", "kundenspezifische Preise", "customer-specific prices"),  # R75
        ("PU-16", "kundenspezifische Verpackung", "customer-specific packaging"),  # R75
        ("LO-04", "Schulung", "training"),  # R76
        ("PS-20", "Kosten und Nutzen", "cost and benefit"),  # R77
    ],
)
def test_starter_names_what_delights_business_customers(number, de, en):
    entry = next(entry for entry in starter_entries() if entry.number == number)

    assert de in entry.description("de")
    assert en in entry.description("en")


def test_add_starter_entries_copies_everything_in_the_organisations_language(in_scope: Organisation, mara: Membership):
    assert add_starter_entries(numbers={"IB-11", "PS-15"}, by=mara) == 2

    first, second = Touchpoint.objects.in_order()
    assert (first.name, first.phase, first.starter_number) == (
        "Empfehlung aus Familie und Freundeskreis",
        "IB",
        "IB-11",
    )
    assert (first.medium, first.relation) == (Medium.OFFLINE, Relation.INDIRECT)
    assert (first.media, first.contact) == (Media.EARNED, Contact.HUMAN)
    assert second.description.startswith("Ich schildere meine Anwendung")


def test_add_starter_entries_twice_adds_nothing_twice(in_scope: Organisation, mara: Membership):
    add_starter_entries(numbers={"IB-01"}, by=mara)

    assert add_starter_entries(numbers={"IB-01", "IB-02"}, by=mara) == 1
    assert [row.starter_number for row in Touchpoint.objects.in_order()] == ["IB-01", "IB-02"]


def test_entries_taken_knows_an_entry_by_its_name_in_either_language(in_scope: Organisation):
    TouchpointFactory(organisation=in_scope, name="whatever", phase="LO", starter_number="LO-03")
    TouchpointFactory(organisation=in_scope, name="ORGANIC search result", phase="IB")
    TouchpointFactory(organisation=in_scope, name="Webinar", phase="LO")  # the entry stands in another phase

    assert entries_taken() == {"LO-03", "IB-01"}


def test_starter_phases_keeps_hidden_entries_when_searching(in_scope: Organisation):
    phases = starter_phases(language="de", search="messestand")

    assert [len(phase.rows) for phase in phases] == [20, 21, 18, 26, 17]
    assert [row.name for phase in phases for row in phase.rows if row.matches] == ["Messestand"]
