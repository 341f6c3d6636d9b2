"""Addresses of the touchpoints app."""

from django.urls import path

from touchpoints.views import imports, starter, touchpoints

app_name = "touchpoints"

urlpatterns = [
    path("", touchpoints.touchpoint_list, name="touchpoint_list"),
    path("new/", touchpoints.touchpoint_create, name="touchpoint_create"),
    path("move/", touchpoints.touchpoint_move, name="touchpoint_move"),
    path("export.csv", touchpoints.touchpoint_export, name="touchpoint_export"),
    path("export.xlsx", touchpoints.touchpoint_export_workbook, name="touchpoint_export_workbook"),
    path("starter/", starter.starter_list, name="starter_list"),
    path("starter/add/", starter.starter_add, name="starter_add"),
    path("import/", imports.import_create, name="import_create"),
    path("import/<uuid:code>/columns/", imports.import_columns, name="import_columns"),
    path("import/<uuid:code>/values/", imports.import_values, name="import_values"),
    path("import/<uuid:code>/preview/", imports.import_preview, name="import_preview"),
    path("import/<uuid:code>/confirm/", imports.import_confirm, name="import_confirm"),
    path("<uuid:code>/", touchpoints.touchpoint_edit, name="touchpoint_edit"),
    path("<uuid:code>/remove/", touchpoints.touchpoint_remove, name="touchpoint_remove"),
]
