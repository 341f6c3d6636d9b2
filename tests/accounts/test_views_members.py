"""Members, invitations, departments, set-up: who may, and what happens."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scopes_disabled

from accounts.enums import Role
from accounts.models import Department, Invitation, Membership, Organisation, SetupLink, User
from accounts.services.members import accept_invitation, create_invitation, update_member
from accounts.services.organisations import create_setup_link, update_organisation, use_setup_link
from accounts.tenancy import member_scope
from tests.factories import (
    PASSWORD,
    DepartmentFactory,
    MeasureFactory,
    MembershipFactory,
    TouchpointFactory,
    UserFactory,
)
from tests.locks import meeting
from touchpoints.models import TouchpointChange

pytestmark = pytest.mark.django_db


def url(name: str, **kwargs: object) -> str:
    return reverse(f"accounts:{name}", kwargs={"org": "regio-bahn", **kwargs})


def sign_up(client: Client, email: str) -> None:
    data = {"name": "Neu", "email": email, "password1": PASSWORD}
    response = client.post(reverse("account_signup"), data)
    assert response.status_code == 302


def test_invited_person_signs_up_and_belongs_to_the_organisation(olga):
    with member_scope(olga.organisation):
        _invitation, link = create_invitation(email="neu@example.org", role=Role.MANAGER, department=None, by=olga)
    path = link.removeprefix("http://127.0.0.1:8000")
    client = Client()

    client.get(path)
    sign_up(client, "neu@example.org")
    page = client.get("/", follow=True)
    client.post(path)

    assert page.redirect_chain[-1][0] == path
    with scopes_disabled():
        member = Membership.objects.get(user__email="neu@example.org")
        assert (member.organisation_id, member.role, member.user.name) == (olga.organisation_id, "manager", "Neu")
        assert Invitation.objects.get().accepted_at is not None
    assert client.get(path).status_code == 404


def test_used_invitation_admits_nobody_else(olga, emil_client, emil, fremd_client, fremd):
    with member_scope(olga.organisation):
        _invitation, link = create_invitation(email="neu@example.org", role=Role.EMPLOYEE, department=None, by=olga)
    path = link.removeprefix("http://127.0.0.1:8000")
    fremd_client.post(path)

    response = emil_client.post(path)

    assert response.status_code == 404
    with scopes_disabled():
        assert Membership.objects.filter(organisation=olga.organisation, user=fremd.user).count() == 1


def test_sign_up_is_closed_once_an_owner_exists(olga):
    response = Client().get(reverse("account_signup"))

    assert response.templates[0].name == "account/signup_closed.html"


def test_setup_link_opens_sign_up_and_founding_once(olga):
    Organisation.objects.update(is_demo=True)
    path = create_setup_link().removeprefix("http://127.0.0.1:8000")
    client = Client()

    client.get(path)
    sign_up(client, "gruenderin@example.org")
    client.post(
        reverse("accounts:organisation_create"),
        {"name": "Müller & Söhne", "industry": "", "language": "de", "time_zone": "Europe/Berlin"},
    )

    founded = Organisation.objects.get(name="Müller & Söhne")
    assert founded.slug == "mueller-soehne"
    assert SetupLink.objects.get().used_at is not None
    assert Client().get(path).status_code == 404


def test_a_browser_that_opened_the_setup_link_before_its_use_cannot_use_it_again(olga):
    Organisation.objects.update(is_demo=True)
    path = create_setup_link().removeprefix("http://127.0.0.1:8000")
    late, first = Client(), Client()
    late.get(path)
    first.get(path)
    sign_up(first, "gruenderin@example.org")

    data = {"name": "Neu", "email": "spaet@example.org", "password1": PASSWORD}
    answer = late.post(reverse("account_signup"), data)

    assert answer.templates[0].name == "account/signup_closed.html"
    assert not User.objects.filter(email="spaet@example.org").exists()
    assert first.get(reverse("accounts:organisation_create")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_up_with_one_setup_link_at_once_only_one_may(olga):
    path = create_setup_link().removeprefix("http://127.0.0.1:8000")
    late = Client()
    late.get(path)

    def sign_up_late() -> int:
        data = {"name": "Neu", "email": "spaet@example.org", "password1": PASSWORD}
        return late.post(reverse("account_signup"), data).status_code

    link = SetupLink.objects.get()
    _used, status = meeting(lambda: use_setup_link(link_id=link.pk), sign_up_late)

    assert status == 403
    assert not User.objects.filter(email="spaet@example.org").exists()


def test_the_first_person_of_an_empty_installation_founds_without_any_link(db):
    client = Client()

    sign_up(client, "erste@example.org")

    assert client.get(reverse("accounts:organisation_create")).status_code == 200


def test_a_used_setup_link_keeps_nobody_from_an_open_sign_up(olga, settings):
    path = create_setup_link().removeprefix("http://127.0.0.1:8000")
    late = Client()
    late.get(path)
    use_setup_link(link_id=SetupLink.objects.get().pk)
    settings.SIGNUP = "open"

    sign_up(late, "spaet@example.org")

    settings.SIGNUP = "invite"
    assert late.get(reverse("accounts:organisation_create")).status_code == 403


def test_somebody_who_signed_up_before_founds_once_with_the_setup_link(olga, emil):
    """Not only whoever has no account yet opens it; founding ends it for every other browser."""
    client, other = Client(), Client()
    client.force_login(emil.user)
    path = create_setup_link().removeprefix("http://127.0.0.1:8000")
    other.get(path)
    assert client.get(path)["Location"] == reverse("accounts:organisation_create")

    answer = client.post(
        reverse("accounts:organisation_create"),
        {"name": "Zweite", "industry": "", "language": "de", "time_zone": "Europe/Berlin"},
    )

    assert answer.status_code == 302
    assert SetupLink.objects.get().used_at is not None
    assert other.get(reverse("account_signup")).templates[0].name == "account/signup_closed.html"


def test_an_invitation_that_was_used_since_opens_no_sign_up(olga, fremd, fremd_client):
    with member_scope(olga.organisation):
        _invitation, link = create_invitation(email="neu@example.org", role=Role.OWNER, department=None, by=olga)
    path = link.removeprefix("http://127.0.0.1:8000")
    late = Client()
    late.get(path)
    assert late.get(reverse("account_signup")).templates[0].name == "account/signup.html"
    fremd_client.post(path)

    assert late.get(reverse("account_signup")).templates[0].name == "account/signup_closed.html"


@pytest.mark.django_db(transaction=True)
def test_of_two_with_one_invitation_at_the_same_moment_one_becomes_a_member(olga, fremd, fremd_client):
    with member_scope(olga.organisation):
        invitation, link = create_invitation(email="neu@example.org", role=Role.OWNER, department=None, by=olga)
    path = link.removeprefix("http://127.0.0.1:8000")
    first = UserFactory()

    member, second = meeting(
        lambda: accept_invitation(invitation=invitation, user=first), lambda: fremd_client.post(path)
    )

    assert (member.user, second.status_code) == (first, 404)
    with scopes_disabled():
        assert not Membership.objects.filter(organisation=olga.organisation, user=fremd.user).exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_person_twice_at_the_same_moment_is_let_in(olga, fremd, fremd_client):
    with member_scope(olga.organisation):
        invitation, link = create_invitation(email="neu@example.org", role=Role.EMPLOYEE, department=None, by=olga)
    path = link.removeprefix("http://127.0.0.1:8000")

    _member, second = meeting(
        lambda: accept_invitation(invitation=invitation, user=fremd.user), lambda: fremd_client.post(path)
    )

    assert second.status_code == 302


def test_setup_link_makes_nobody_of_the_demo_an_owner_outside_it(olga, olga_client, mara_client):
    link = create_setup_link().removeprefix("http://127.0.0.1:8000")

    outside = olga_client.get(link)
    Organisation.objects.update(is_demo=True)
    inside = mara_client.get(link)

    assert outside["Location"] == reverse("accounts:organisation_create")
    assert inside["Location"] == reverse("account_signup")
    sign_up(mara_client, "gruenderin@example.org")
    assert mara_client.get(reverse("accounts:organisation_create")).status_code == 200


def test_owner_invites_and_sees_the_link_once(olga_client):
    response = olga_client.post(
        url("invitation_create"), {"email": "a@example.org", "role": "employee", "department": ""}
    )

    assert response.status_code == 200
    assert "/invitations/" in response.content.decode()
    assert "http://127.0.0.1:8000/invitations/" not in olga_client.get(url("member_list")).content.decode()


def test_inviting_a_member_says_so_and_keeps_what_was_typed(olga_client, emil):
    response = olga_client.post(url("invitation_create"), {"email": "emil@example.org", "role": "manager"})

    assert response.status_code == 422
    assert 'value="emil@example.org"' in response.content.decode()


@pytest.mark.parametrize("name", ["member_list", "department_list"])
def test_employee_does_not_see_people(emil_client, name):
    assert emil_client.get(url(name)).status_code == 403


def test_moderator_cannot_invite(mara_client):
    assert mara_client.post(url("invitation_create"), {"email": "a@example.org", "role": "owner"}).status_code == 403


def test_last_owner_stays(olga_client, olga):
    changed = olga_client.post(url("member_edit", code=olga.code), {"version": 1, "role": "employee", "department": ""})
    olga_client.post(url("member_remove", code=olga.code))

    assert changed.status_code == 422
    with scopes_disabled():
        assert Membership.objects.get(pk=olga.pk).role == Role.OWNER


def test_removed_member_loses_account_only_without_other_organisation(olga_client, emil, fremd):
    both = MembershipFactory(organisation=emil.organisation, user=fremd.user)

    olga_client.post(url("member_remove", code=emil.code))
    olga_client.post(url("member_remove", code=both.code))

    assert list(User.objects.filter(pk__in=[emil.user_id, fremd.user_id])) == [fremd.user]


def test_password_link_sets_a_password_once(olga_client, emil):
    page = olga_client.post(url("member_password_link", code=emil.code)).content.decode()
    path = page.split('value="http://127.0.0.1:8000', 1)[1].split('"', 1)[0]
    client = Client()
    form_url = client.get(path, follow=True).redirect_chain[-1][0]
    new = "another long passphrase"

    client.post(form_url, {"password1": new, "password2": new})

    emil.user.refresh_from_db()
    assert emil.user.check_password(new)
    assert Client().get(path).status_code == 200
    assert Client().get(path, follow=True).redirect_chain == []


def test_owner_gets_no_password_link_for_a_person_of_another_organisation(olga_client, organisation, fremd):
    both = MembershipFactory(organisation=organisation, user=fremd.user)

    assert olga_client.post(url("member_password_link", code=both.code)).status_code == 403


def test_member_export_holds_own_organisation_only(olga_client, emil):
    body = json.loads(olga_client.get(url("member_export", code=emil.code)).content)

    assert body["email"] == "emil@example.org"
    assert body["organisation"] == "Regio-Bahn Mitte"


def test_department_created_once_by_a_double_click(mara_client):
    data = {"code": "11111111-1111-4111-8111-111111111111", "name": "Vertrieb", "kind": "department"}

    mara_client.post(url("department_create"), data)
    mara_client.post(url("department_create"), data)

    with scopes_disabled():
        assert list(Department.objects.values_list("name", "kind")) == [("Vertrieb", "department")]


def test_department_name_twice_is_a_sentence(mara_client, organisation):
    DepartmentFactory(organisation=organisation, name="Vertrieb")

    response = mara_client.post(url("department_create"), {"name": "vertrieb", "kind": "provider"})

    assert response.status_code == 422
    assert "Eine Abteilung dieses Namens gibt es schon." in response.content.decode()


def test_stale_department_edit_shows_both(mara_client, organisation):
    row = DepartmentFactory(organisation=organisation, name="Neu benannt", version=2)

    response = mara_client.post(
        url("department_edit", code=row.code), {"version": 1, "name": "Mein Name", "kind": "department"}
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "Neu benannt" in page
    assert 'value="Mein Name"' in page
    assert 'value="2"' in page


def test_department_of_another_organisation_is_not_found(mara_client, other_organisation):
    row = DepartmentFactory(organisation=other_organisation)

    assert mara_client.post(url("department_remove", code=row.code)).status_code == 404


def test_removing_a_department_asks_first_and_says_what_hangs_on_it(mara_client, organisation, emil):
    sales = DepartmentFactory(organisation=organisation, name="Vertrieb")
    DepartmentFactory(organisation=organisation, name="Service")
    Membership._base_manager.filter(pk=emil.pk).update(department=sales)
    touchpoints = [TouchpointFactory(organisation=organisation, department=sales) for _number in range(2)]
    MeasureFactory(organisation=organisation, department=sales)
    german = {"accept-language": "de"}

    asked = mara_client.get(url("department_remove", code=sales.code), headers=german).content.decode()

    assert "2 Touchpoints werden von dort betreut." in asked
    assert "1 Mitglied gehört dazu und hat danach keine Abteilung." in asked
    assert "1 Maßnahme ist ihre Aufgabe." in asked
    assert f'href="{url("department_edit", code=sales.code)}#merge-heading"' in asked
    with scopes_disabled():
        assert Department.objects.filter(pk=sales.pk).exists()

    done = mara_client.post(url("department_remove", code=sales.code), headers=german, follow=True)

    assert "„Vertrieb“ ist entfernt." in done.content.decode()
    with scopes_disabled():
        assert list(Department.objects.values_list("name", flat=True)) == ["Service"]
        assert [TouchpointChange.objects.get(touchpoint=row).changes for row in touchpoints] == [
            {"department": ["Vertrieb", None]}
        ] * 2


def test_removing_a_department_without_anything_and_without_another_says_so(mara_client, organisation):
    only = DepartmentFactory(organisation=organisation, name="Vertrieb")

    page = mara_client.get(url("department_remove", code=only.code), headers={"accept-language": "de"}).content.decode()

    assert "Kein Touchpoint und kein Mitglied gehört dazu." in page
    assert "#merge-heading" not in page


def test_removing_a_member_asks_first(olga_client, olga, emil):
    other = olga_client.get(url("member_remove", code=emil.code), headers={"accept-language": "de"}).content.decode()
    own = olga_client.get(url("member_remove", code=olga.code), headers={"accept-language": "de"}).content.decode()

    assert "Emil entfernen?" in other
    assert "Das sind Sie selbst" not in other
    assert "Das sind Sie selbst" in own
    with scopes_disabled():
        assert Membership.objects.filter(pk=emil.pk).exists()


def test_organisation_is_erased_with_its_people(olga_client, olga, emil, fremd):
    wrong = olga_client.post(url("organisation_remove"), {"name": "Regio"})
    right = olga_client.post(url("organisation_remove"), {"name": "Regio-Bahn Mitte"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert list(User.objects.all()) == [fremd.user]


def test_cut_points_in_the_wrong_order_are_refused(olga_client, organisation):
    data = {
        "name": "X",
        "language": "de",
        "time_zone": "Europe/Berlin",
        "cut_ok": 7,
        "cut_delight": 7,
        "guest_days": 30,
    }

    response = olga_client.post(url("organisation_edit"), data, headers={"accept-language": "de"})

    assert response.status_code == 422
    assert "„Begeisternd“ muss über „okay“ beginnen." in response.content.decode()
    assert (response.context["form"]["name"].value(), response.context["form"]["cut_ok"].value()) == ("X", "7")
    organisation.refresh_from_db()
    assert organisation.name == "Regio-Bahn Mitte"


@pytest.mark.parametrize(("cut_ok", "cut_delight"), [("0", "7"), ("4", "11"), ("", "7"), ("4,5", "7")])
def test_cut_points_outside_the_scale_are_refused(olga_client, organisation, cut_ok, cut_delight):
    data = {"name": "X", "language": "de", "time_zone": "Europe/Berlin", "guest_days": 30}

    response = olga_client.post(url("organisation_edit"), {**data, "cut_ok": cut_ok, "cut_delight": cut_delight})

    assert response.status_code == 422
    organisation.refresh_from_db()
    assert (organisation.cut_ok, organisation.cut_delight) == (4, 7)


def test_cut_points_are_changed(olga_client, organisation):
    data = {"name": "X", "language": "de", "time_zone": "Europe/Berlin", "guest_days": 30}

    assert (
        olga_client.post(url("organisation_edit"), {**data, "version": 1, "cut_ok": 3, "cut_delight": 9}).status_code
        == 302
    )

    organisation.refresh_from_db()
    assert (organisation.cut_ok, organisation.cut_delight) == (3, 9)


def test_stale_settings_are_kept_and_shown_beside_what_is_saved(olga_client, organisation):
    update_organisation(organisation=organisation, version=1, name="Regio-Bahn Süd", language="en")
    data = {"version": 1, "name": "Regio-Bahn Nord", "language": "de", "time_zone": "Europe/Berlin"}
    data |= {"cut_ok": 4, "cut_delight": 7, "guest_days": 30}

    stale = olga_client.post(url("organisation_edit"), data, headers={"accept-language": "de"})
    again = olga_client.post(url("organisation_edit"), data | {"version": stale.context["form"]["version"].value()})

    page = stale.content.decode()
    assert (stale.status_code, again.status_code) == (409, 302)
    assert [(str(row["label"]), row["value"]) for row in stale.context["theirs"]] == [
        ("Name", "Regio-Bahn Süd"),
        ("Sprache", "Englisch"),
    ]
    assert "Jemand anderes hat inzwischen gespeichert." in page
    assert 'value="Regio-Bahn Nord"' in page
    organisation.refresh_from_db()
    assert (organisation.name, organisation.version) == ("Regio-Bahn Nord", 3)


def test_stale_role_is_not_overwritten_and_both_are_shown(olga_client, organisation, emil):
    department = DepartmentFactory(organisation=organisation, name="Vertrieb")
    with member_scope(organisation):
        update_member(member=emil, version=1, role=Role.MANAGER, department=department)
    sent = {"version": 1, "role": "moderator", "department": ""}

    stale = olga_client.post(url("member_edit", code=emil.code), sent, headers={"accept-language": "de"})

    assert stale.status_code == 409
    assert [(str(row["label"]), str(row["value"])) for row in stale.context["theirs"]] == [
        ("Rolle", "Führungskraft"),
        ("Abteilung", "Vertrieb"),
    ]
    assert (stale.context["form"]["role"].value(), stale.context["form"]["version"].value()) == ("moderator", "2")
    emil.refresh_from_db()
    assert (emil.role, emil.version) == (Role.MANAGER, 2)


def test_form_that_says_nothing_of_a_version_overwrites_nothing(olga_client, organisation, emil):
    settings = {"name": "X", "language": "de", "time_zone": "Europe/Berlin"}
    settings |= {"cut_ok": 4, "cut_delight": 7, "guest_days": 30}

    assert olga_client.post(url("organisation_edit"), settings).status_code == 409
    assert olga_client.post(url("member_edit", code=emil.code), {"role": "manager"}).status_code == 409


def test_organisation_is_founded_once_by_a_double_click(olga_client, olga):
    data = {"name": "Neues Haus", "industry": "", "language": "de", "time_zone": "Europe/Berlin"}
    data["code"] = olga_client.get(reverse("accounts:organisation_create")).context["form"]["code"].value()

    first = olga_client.post(reverse("accounts:organisation_create"), data)
    second = olga_client.post(reverse("accounts:organisation_create"), data)

    assert first["Location"] == second["Location"] == "/o/neues-haus/"
    assert Organisation.objects.filter(name="Neues Haus").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_member_list_asks_the_same_number_of_queries(olga_client, organisation, count, django_assert_num_queries):
    MembershipFactory.create_batch(count, organisation=organisation)

    with django_assert_num_queries(6):
        assert olga_client.get(url("member_list")).status_code == 200


def test_a_department_is_merged_from_its_page(mara_client, organisation):
    old = DepartmentFactory(organisation=organisation, name="Alt")
    assert "Zusammenlegen" not in mara_client.get(url("department_edit", code=old.code)).content.decode()
    new = DepartmentFactory(organisation=organisation, name="Neu")
    assert "Mit einer anderen zusammenlegen" in mara_client.get(url("department_edit", code=old.code)).content.decode()

    nothing = mara_client.post(url("department_merge", code=old.code), {"into": ""})
    itself = mara_client.post(url("department_merge", code=old.code), {"into": old.code})
    done = mara_client.post(url("department_merge", code=old.code), {"into": new.code}, follow=True)

    assert (nothing.status_code, itself.status_code, done.status_code) == (422, 422, 200)
    assert "„Alt“ gehört jetzt zu „Neu“." in done.content.decode()
    with member_scope(organisation):
        assert list(Department.objects.all()) == [new]


def test_where_people_are_invited_an_owner_reads_that_no_mail_is_sent(olga_client, mara_client, settings):
    settings.HAS_MAIL = False
    home = reverse("workshops:home", kwargs={"org": "regio-bahn"})
    said = "Dieser Server verschickt keine E-Mails."

    for address in (home, url("member_list"), url("department_list")):
        assert said in olga_client.get(address).content.decode(), address
        assert said not in mara_client.get(home).content.decode()
    for name in ("workshops:workshop_list", "journeys:journey_list", "reports:report_list"):
        assert said not in olga_client.get(reverse(name, kwargs={"org": "regio-bahn"})).content.decode(), name
    settings.HAS_MAIL = True
    assert said not in olga_client.get(home).content.decode()
