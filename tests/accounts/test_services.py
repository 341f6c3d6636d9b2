"""Members, departments and settings below the views."""

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.enums import Role
from accounts.models import Department, Invitation, Membership, Organisation
from accounts.permissions import can_reset_password
from accounts.services.departments import merge_department, update_department
from accounts.services.members import create_invitation, remove_member, update_member
from accounts.services.organisations import update_organisation
from accounts.tenancy import member_scope
from tests.factories import BallotFactory, DepartmentFactory, MembershipFactory, ParticipantFactory, TouchpointFactory
from tests.locks import meeting

pytestmark = pytest.mark.usefixtures("in_scope")


def test_invitation_is_mailed_in_the_organisations_language(olga: Membership, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        _invitation, link = create_invitation(email="Neu@Example.org", role=Role.MANAGER, department=None, by=olga)

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["neu@example.org"], "Einladung zu Regio-Bahn Mitte")
    assert sent.body.count(link) == 1
    assert "Olga lädt Sie ein" in sent.body


def test_invitation_of_an_address_replaces_its_open_one(olga: Membership):
    for role in (Role.MANAGER, Role.EMPLOYEE):
        create_invitation(email="neu@example.org", role=role, department=None, by=olga)

    assert [invitation.role for invitation in Invitation.objects.all()] == [Role.EMPLOYEE]


def test_update_member_changes_role_and_department(organisation: Organisation, emil: Membership):
    department = DepartmentFactory(organisation=organisation)

    update_member(member=emil, version=1, role=Role.MODERATOR, department=department)

    emil.refresh_from_db()
    assert (emil.role, emil.department) == (Role.MODERATOR, department)


def test_one_of_two_owners_may_step_back_the_last_one_may_not(organisation: Organisation, olga: Membership):
    second = MembershipFactory(organisation=organisation, role=Role.OWNER)

    update_member(member=second, version=1, role=Role.EMPLOYEE, department=None)
    with pytest.raises(ValidationError):
        update_member(member=olga, version=1, role=Role.EMPLOYEE, department=None)

    assert dict(Membership.objects.values_list("pk", "role")) == {olga.pk: Role.OWNER, second.pk: Role.EMPLOYEE}


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_leave_one_behind(organisation: Organisation, olga: Membership):
    second = MembershipFactory(organisation=organisation, role=Role.OWNER)

    def second_leaves() -> str:
        with member_scope(organisation):
            try:
                remove_member(member=second)
            except ValidationError as refusal:
                return str(refusal.messages[0])
        return "left"

    _gone, answer = meeting(lambda: remove_member(member=olga), second_leaves)

    assert answer == (
        "Eine Organisation braucht eine Inhaberin oder einen Inhaber. Geben Sie zuerst jemand anderem diese Rolle."
    )
    assert [member.pk for member in Membership.objects.filter(role=Role.OWNER)] == [second.pk]


def test_only_owners_hand_out_password_links(olga: Membership, mara: Membership, emil: Membership, fremd: Membership):
    assert can_reset_password(olga, emil) is True
    assert can_reset_password(mara, emil) is False
    assert can_reset_password(olga, fremd) is False


def test_update_organisation_saves_what_is_named(organisation: Organisation):
    update_organisation(organisation=organisation, version=1, name="Regio-Bahn Süd", cut_ok=3, cut_delight=9)

    organisation.refresh_from_db()
    assert (organisation.name, organisation.cut_ok, organisation.cut_delight) == ("Regio-Bahn Süd", 3, 9)
    assert organisation.slug == "regio-bahn"


def test_update_department_counts_its_version(organisation: Organisation):
    department = DepartmentFactory(organisation=organisation, name="Vertrieb")

    update_department(department=department, version=1, name="Werkstatt", kind=Department.Kind.PROVIDER)

    assert department.version == 2
    assert list(Department.objects.values_list("name", "kind", "version")) == [("Werkstatt", "provider", 2)]


def test_a_merged_department_takes_everything_along(organisation: Organisation, emil: Membership):
    old, new = (DepartmentFactory(organisation=organisation, name=name) for name in ("Alt", "Neu"))
    with member_scope(organisation):
        update_member(member=emil, version=1, role=Role.EMPLOYEE, department=old)
        touchpoint = TouchpointFactory(organisation=organisation, department=old)
        person = ParticipantFactory(workshop__organisation=organisation, department=old)
        ballot = BallotFactory(activity__workshop=person.workshop, department=old)

        assert merge_department(department=new, into=new, by=emil) == new
        assert merge_department(department=old, into=new, by=emil) == new

        assert list(Department.objects.all()) == [new]
    for row in (emil, touchpoint, person, ballot):
        row.refresh_from_db()
        assert row.department == new
