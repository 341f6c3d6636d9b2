"""Addresses of the reports app."""

from django.urls import path

from reports import views

app_name = "reports"

urlpatterns = [
    path("", views.report_list, name="report_list"),
    path("organisation.zip", views.organisation_export, name="organisation_export"),
    path("of/<uuid:code>/", views.report_create, name="report_create"),
    path("<uuid:code>/", views.report_detail, name="report_detail"),
    path("<uuid:code>/file/", views.report_download, name="report_download"),
]
