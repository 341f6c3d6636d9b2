"""Addresses of the touchpoints app."""

from django.urls import path

from touchpoints.views import bulk, duplicates, exports, history, imports, lists, starter, touchpoints

app_name = "touchpoints"

urlpatterns = [
    path("", lists.touchpoint_list, name="touchpoint_list"),
    path("after-sales/", lists.after_sales_list, name="after_sales_list"),
    path("archive/", lists.archive_list, name="archive_list"),
    path("new/", touchpoints.touchpoint_create, name="touchpoint_create"),
    path("move/", touchpoints.touchpoint_move, name="touchpoint_move"),
    path("bulk/", bulk.touchpoint_bulk, name="touchpoint_bulk"),
    path("duplicates/", duplicates.duplicate_list, name="duplicate_list"),
    path("duplicates/apart/", duplicates.duplicate_dismiss, name="duplicate_dismiss"),
    path("export.csv", exports.touchpoint_export, name="touchpoint_export"),
    path("export.xlsx", exports.touchpoint_export_workbook, name="touchpoint_export_workbook"),
    path("history.csv", exports.history_export, name="history_export"),
    path("starter/", starter.starter_list, name="starter_list"),
    path("starter/add/", starter.starter_add, name="starter_add"),
    path("import/", imports.import_create, name="import_create"),
    path("import/<uuid:code>/columns/", imports.import_columns, name="import_columns"),
    path("import/<uuid:code>/values/", imports.import_values, name="import_values"),
    path("import/<uuid:code>/preview/", imports.import_preview, name="import_preview"),
    path("import/<uuid:code>/confirm/", imports.import_confirm, name="import_confirm"),
    path("<uuid:code>/", touchpoints.touchpoint_edit, name="touchpoint_edit"),
    path("<uuid:code>/history/", history.touchpoint_history, name="touchpoint_history"),
    path("<uuid:code>/merge/<uuid:other>/", duplicates.touchpoint_merge, name="touchpoint_merge"),
    path("<uuid:code>/archive/", touchpoints.touchpoint_archive, name="touchpoint_archive"),
    path("<uuid:code>/restore/", touchpoints.touchpoint_restore, name="touchpoint_restore"),
    path("<uuid:code>/remove/", touchpoints.touchpoint_remove, name="touchpoint_remove"),
]
