"""What people type: moderators while planning, everybody in the room."""

from workshops.forms.deadlines import DeadlineForm
from workshops.forms.measures import MeasureEditForm, MeasureFilterForm, MeasureForm, MeasureStatusForm
from workshops.forms.planning import ActivityEditForm, ActivityForm, NewWorkshopForm, WorkshopEditForm, changed_ticks
from workshops.forms.room import MAX_NAME, EnterForm, JoinCodeForm, RatingForm, ScalesForm, normalise_code
from workshops.forms.tables import TableForm

__all__ = [
    "MAX_NAME",
    "ActivityEditForm",
    "ActivityForm",
    "DeadlineForm",
    "EnterForm",
    "JoinCodeForm",
    "MeasureEditForm",
    "MeasureFilterForm",
    "MeasureForm",
    "MeasureStatusForm",
    "NewWorkshopForm",
    "RatingForm",
    "ScalesForm",
    "TableForm",
    "WorkshopEditForm",
    "changed_ticks",
    "normalise_code",
]
