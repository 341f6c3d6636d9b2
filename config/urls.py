"""All addresses: the organisation's door /o/<org>/, the room's door /w/<code>/, and the short join address /<code>."""

from django.urls import include, path

from config.health import healthz

handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.permission_denied"
handler404 = "accounts.views.errors.page_not_found"
handler500 = "accounts.views.errors.server_error"

urlpatterns = [
    path("", include("workshops.urls")),  # first, since a whole room asks at the same moment
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("accounts.urls")),
    path("o/<slug:org>/touchpoints/", include("touchpoints.urls")),
    path("o/<slug:org>/", include("journeys.urls")),
    path("o/<slug:org>/reports/", include("reports.urls")),
]
