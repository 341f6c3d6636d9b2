"""Addresses of the workshops app: the organisation's side, and the room's side behind a join code."""

from django.urls import path, register_converter

from workshops.models import CODE_ALPHABET, CODE_LENGTH
from workshops.views import (
    activities,
    advance,
    after_sales,
    analysis,
    ballots,
    console,
    exports,
    guests,
    home,
    measures,
    results,
    reveals,
    room,
    rounds,
    tables,
    workshops,
)

app_name = "workshops"


class ShortCode:
    """A join code in any case as the whole path, with or without a slash; nothing else has this form."""

    regex = f"[{CODE_ALPHABET}{CODE_ALPHABET[8:].lower()}]{{{CODE_LENGTH}}}/?"

    def to_python(self, value: str) -> str:
        return value.rstrip("/").upper()

    def to_url(self, value: str) -> str:
        return value


class TypedCode:
    """Whatever somebody types where a join code belongs; the door looks at it and answers with a sentence."""

    regex = "[0-9A-Za-z]{1,40}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ShortCode, "short_code")
register_converter(TypedCode, "typed_code")

organisation_side = [
    path("o/<slug:org>/", home.home, name="home"),
    path("o/<slug:org>/after-sales/", after_sales.after_sales_list, name="after_sales_list"),
    path("o/<slug:org>/measures/", measures.measure_list, name="measure_list"),
    path("o/<slug:org>/measures/new/", measures.measure_create, name="measure_create"),
    path("o/<slug:org>/measures/export.csv", measures.measure_export, name="measure_export"),
    path("o/<slug:org>/measures/export.xlsx", measures.measure_xlsx, name="measure_xlsx"),
    path("o/<slug:org>/measures/<uuid:code>/", measures.measure_detail, name="measure_detail"),
    path("o/<slug:org>/measures/<uuid:code>/edit/", measures.measure_edit, name="measure_edit"),
    path("o/<slug:org>/measures/<uuid:code>/status/", measures.measure_status, name="measure_status"),
    path("o/<slug:org>/measures/<uuid:code>/remove/", measures.measure_remove, name="measure_remove"),
    path("o/<slug:org>/workshops/", workshops.workshop_list, name="workshop_list"),
    path("o/<slug:org>/workshops/new/", workshops.workshop_create, name="workshop_create"),
    path("o/<slug:org>/workshops/<uuid:code>/", workshops.workshop_detail, name="workshop_detail"),
    path("o/<slug:org>/workshops/<uuid:code>/edit/", workshops.workshop_edit, name="workshop_edit"),
    path("o/<slug:org>/workshops/<uuid:code>/spectators/", workshops.workshop_spectators, name="workshop_spectators"),
    path("o/<slug:org>/workshops/<uuid:code>/invite/", workshops.workshop_invite, name="workshop_invite"),
    path("o/<slug:org>/workshops/<uuid:code>/close/", workshops.workshop_close, name="workshop_close"),
    path("o/<slug:org>/workshops/<uuid:code>/console/", console.workshop_console, name="workshop_console"),
    path("o/<slug:org>/workshops/<uuid:code>/console/parts/", console.console_parts, name="console_parts"),
    path("o/<slug:org>/workshops/<uuid:code>/console/people/", console.console_people, name="console_people"),
    path("o/<slug:org>/workshops/<uuid:code>/projector/", console.workshop_projector, name="workshop_projector"),
    path("o/<slug:org>/workshops/<uuid:code>/stream/", console.workshop_stream, name="workshop_stream"),
    path("o/<slug:org>/workshops/<uuid:code>/poll/", console.workshop_poll, name="workshop_poll"),
    path("o/<slug:org>/workshops/<uuid:code>/steer/", console.steering_take, name="steering_take"),
    path("o/<slug:org>/workshops/<uuid:code>/result/", results.workshop_result, name="workshop_result"),
    path("o/<slug:org>/workshops/<uuid:code>/result/reasons/", results.result_reasons, name="result_reasons"),
    path("o/<slug:org>/workshops/<uuid:code>/analysis/", analysis.result_analysis, name="result_analysis"),
    path("o/<slug:org>/workshops/<uuid:code>/result/export.csv", exports.result_export, name="result_export"),
    path("o/<slug:org>/workshops/<uuid:code>/result/export.xlsx", exports.result_xlsx, name="result_xlsx"),
    path("o/<slug:org>/workshops/<uuid:code>/result/export.json", exports.result_json, name="result_json"),
    path("o/<slug:org>/workshops/<uuid:code>/result/curve.svg", exports.result_svg, name="result_svg"),
    path("o/<slug:org>/workshops/<uuid:code>/result/curve.png", exports.result_png, name="result_png"),
    path("o/<slug:org>/workshops/<uuid:code>/result/hide/", reveals.result_hide, name="result_hide"),
    path("o/<slug:org>/workshops/<uuid:code>/discard/", rounds.round_discard, name="round_discard"),
    path("o/<slug:org>/workshops/<uuid:code>/freeze/", results.ist_freeze, name="ist_freeze"),
    path("o/<slug:org>/workshops/<uuid:code>/blocks/new/", activities.activity_create, name="activity_create"),
    path("o/<slug:org>/blocks/<uuid:code>/edit/", activities.activity_edit, name="activity_edit"),
    path("o/<slug:org>/blocks/<uuid:code>/remove/", activities.activity_remove, name="activity_remove"),
    path("o/<slug:org>/blocks/<uuid:code>/open/", activities.activity_open, name="activity_open"),
    path("o/<slug:org>/blocks/<uuid:code>/pause/", activities.activity_pause, name="activity_pause"),
    path("o/<slug:org>/blocks/<uuid:code>/resume/", activities.activity_resume, name="activity_resume"),
    path("o/<slug:org>/blocks/<uuid:code>/extend/", activities.activity_extend, name="activity_extend"),
    path("o/<slug:org>/blocks/<uuid:code>/reveal/", reveals.activity_reveal, name="activity_reveal"),
    path("o/<slug:org>/blocks/<uuid:code>/deadline/", advance.activity_deadline, name="activity_deadline"),
    path("o/<slug:org>/blocks/<uuid:code>/remind/", advance.activity_remind, name="activity_remind"),
    path("o/<slug:org>/blocks/<uuid:code>/end/", advance.activity_end, name="activity_end"),
    path("o/<slug:org>/blocks/<uuid:code>/show/", reveals.result_show, name="result_show"),
    path("o/<slug:org>/blocks/<uuid:code>/tables/new/", tables.table_create, name="table_create"),
    path("o/<slug:org>/blocks/<uuid:code>/tables/<uuid:table>/", tables.table_edit, name="table_edit"),
    path("o/<slug:org>/blocks/<uuid:code>/tables/<uuid:table>/remove/", tables.table_remove, name="table_remove"),
    path("o/<slug:org>/blocks/<uuid:code>/round/", rounds.round_start, name="round_start"),
    path("o/<slug:org>/workshops/<uuid:code>/guests/", guests.guest_list, name="guest_list"),
    path("o/<slug:org>/people/<uuid:code>/erase/", guests.guest_erase, name="guest_erase"),
    path("o/<slug:org>/people/<uuid:code>/remove/", console.participant_remove, name="participant_remove"),
    path("o/<slug:org>/people/<uuid:code>/rating/", console.participant_rating, name="participant_rating"),
    path("o/<slug:org>/baselines/<uuid:code>/", results.baseline_detail, name="baseline_detail"),
    path("o/<slug:org>/baselines/<uuid:code>/analysis/", analysis.baseline_analysis, name="baseline_analysis"),
    path("o/<slug:org>/baselines/<uuid:code>/export.csv", exports.baseline_export, name="baseline_export"),
    path("o/<slug:org>/baselines/<uuid:code>/export.xlsx", exports.baseline_xlsx, name="baseline_xlsx"),
    path("o/<slug:org>/baselines/<uuid:code>/export.json", exports.baseline_json, name="baseline_json"),
    path("o/<slug:org>/baselines/<uuid:code>/curve.svg", exports.baseline_svg, name="baseline_svg"),
    path("o/<slug:org>/baselines/<uuid:code>/curve.png", exports.baseline_png, name="baseline_png"),
]

room_side = [
    path("join/", room.join, name="join"),
    path("w/<typed_code:code>/", room.room, name="room"),
    path("w/<typed_code:code>/enter/", room.room_enter, name="room_enter"),
    path("w/<typed_code:code>/leave/", room.room_leave, name="room_leave"),
    path("w/<typed_code:code>/seen/", room.room_seen, name="room_seen"),
    path("w/<typed_code:code>/stream/", room.room_stream, name="room_stream"),
    path("w/<typed_code:code>/poll/", room.room_poll, name="room_poll"),
    path("w/<typed_code:code>/ballot/", ballots.ballot_detail, name="ballot_detail"),
    path("w/<typed_code:code>/stations/<uuid:station>/", ballots.station_rate, name="station_rate"),
    # The bare code on the poster.
    path("<short_code:code>", room.join_short, name="join_short"),
]

# The room first: addresses are tried in order, and nothing is asked for as often as a rating.
urlpatterns = [*room_side, *organisation_side]
