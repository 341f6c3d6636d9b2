"""The addresses of an organisation as a stranger sees them: none. Every path answers the ordinary 404 page."""

handler404 = "accounts.views.errors.page_not_found"
handler500 = "accounts.views.errors.server_error"

urlpatterns: list = []
