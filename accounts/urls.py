"""Addresses of the accounts app: before, beside and inside the organisations."""

from django.urls import path

from accounts.views import departments, landing, members, organisations

app_name = "accounts"

urlpatterns = [
    path("", landing.landing, name="landing"),
    path("stored-data/", landing.stored_data, name="stored_data"),
    path("setup/<str:token>/", landing.setup, name="setup"),
    path("organisations/", organisations.organisation_list, name="organisation_list"),
    path("organisations/new/", organisations.organisation_create, name="organisation_create"),
    path("invitations/<str:token>/", members.invitation_accept, name="invitation_accept"),
    path("o/<slug:org>/settings/", organisations.organisation_edit, name="organisation_edit"),
    path("o/<slug:org>/settings/remove/", organisations.organisation_remove, name="organisation_remove"),
    path("o/<slug:org>/members/", members.member_list, name="member_list"),
    path("o/<slug:org>/members/<uuid:code>/", members.member_edit, name="member_edit"),
    path("o/<slug:org>/members/<uuid:code>/remove/", members.member_remove, name="member_remove"),
    path("o/<slug:org>/members/<uuid:code>/password/", members.member_password_link, name="member_password_link"),
    path("o/<slug:org>/members/<uuid:code>/export/", members.member_export, name="member_export"),
    path("o/<slug:org>/invitations/", members.invitation_create, name="invitation_create"),
    path("o/<slug:org>/invitations/<uuid:code>/revoke/", members.invitation_revoke, name="invitation_revoke"),
    path("o/<slug:org>/departments/", departments.department_list, name="department_list"),
    path("o/<slug:org>/departments/new/", departments.department_create, name="department_create"),
    path("o/<slug:org>/departments/<uuid:code>/", departments.department_edit, name="department_edit"),
    path("o/<slug:org>/departments/<uuid:code>/merge/", departments.department_merge, name="department_merge"),
    path("o/<slug:org>/departments/<uuid:code>/remove/", departments.department_remove, name="department_remove"),
]
