"""Addresses of the journeys app, below /o/<org>/."""

from django.urls import path

from journeys.views import board, journeys, personas, stations

app_name = "journeys"

urlpatterns = [
    path("personas/", personas.persona_list, name="persona_list"),
    path("personas/new/", personas.persona_create, name="persona_create"),
    path("personas/<uuid:code>/", personas.persona_detail, name="persona_detail"),
    path("personas/<uuid:code>/edit/", personas.persona_edit, name="persona_edit"),
    path("personas/<uuid:code>/remove/", personas.persona_remove, name="persona_remove"),
    path("personas/<uuid:code>/picture/", personas.persona_picture, name="persona_picture"),
    path("journeys/", journeys.journey_list, name="journey_list"),
    path("journeys/new/", journeys.journey_create, name="journey_create"),
    path("journeys/<uuid:code>/", board.journey_board, name="journey_board"),
    path("journeys/<uuid:code>/changes/", board.journey_changes, name="journey_changes"),
    path("journeys/<uuid:code>/edit/", journeys.journey_edit, name="journey_edit"),
    path("journeys/<uuid:code>/remove/", journeys.journey_remove, name="journey_remove"),
    path("journeys/<uuid:code>/stations/", stations.station_add, name="station_add"),
    path("journeys/<uuid:code>/stations/all/", stations.station_add_all, name="station_add_all"),
    path("journeys/<uuid:code>/stations/<uuid:station>/", stations.station_edit, name="station_edit"),
    path("journeys/<uuid:code>/stations/<uuid:station>/move/", stations.station_move, name="station_move"),
    path("journeys/<uuid:code>/stations/<uuid:station>/remove/", stations.station_remove, name="station_remove"),
]
