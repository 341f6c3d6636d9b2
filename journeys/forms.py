"""What people type about personas, journeys and stations."""

import uuid
import warnings
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile, ImageOps

from accounts.forms import UncutForm
from accounts.models import Organisation
from journeys.models import PERSONA_ANSWERS, PERSONA_FIELDS, Journey, Persona, Station
from touchpoints.enums import Phase

PICTURE_BYTES = 5 * 1024 * 1024
PICTURE_SIDE = 800
# A small file can unpack to a huge picture; beyond this nothing is unpacked.
PICTURE_PIXELS = 50_000_000
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")


def new_code() -> uuid.UUID:
    """Return the code that makes a form's second arrival find the row of the first."""
    return uuid.uuid4()


class PersonaForm(UncutForm, forms.ModelForm):
    """A persona. A name is enough to begin."""

    code = forms.UUIDField(widget=forms.HiddenInput, initial=new_code, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1, min_value=1)
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 5 MB. Only members of your organisation see it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    remove_picture = forms.BooleanField(label=_("Remove the picture"), required=False)

    class Meta:
        model = Persona
        fields = PERSONA_FIELDS
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 3}) for name in (*PERSONA_ANSWERS, "evidence")},
            "evidence_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "role": _("For example: commutes by train every day, 34, two children"),
            "quote": _("A sentence that a real customer said, without the name."),
            "demographics": _("Age, place, education, income; in business also job, company and who else decides."),
            "goals": _("What this person wants to reach in the next months."),
            "pains": _("What annoys, worries or stops this person."),
            "channels": _("Where this person looks, asks and buys."),
            "communication_style": _(
                "How this person wants to be addressed: short or at length, by phone or in writing."
            ),
            "evidence": _("Interviews, surveys, complaints, figures: what makes you believe that it is so."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (self.instance.pk and self.instance.picture):
            del self.fields["remove_picture"]
        self.fields["name"].widget.attrs["autocomplete"] = "off"

    def clean_picture(self) -> ContentFile | None:
        """Return the upload as a small JPEG without metadata, or None when there is none."""
        upload = self.cleaned_data["picture"]
        return reduce_picture(upload) if upload else None

    def clean_code(self) -> uuid.UUID:
        """Return the posted code, or a new one."""
        return self.cleaned_data["code"] or new_code()

    @property
    def lost_picture(self) -> bool:
        """Whether a picture was chosen that a browser does not keep over this answer."""
        return bool(self.files.get("picture"))


def reduce_picture(upload: UploadedFile) -> ContentFile:
    """Re-encode an uploaded picture as a JPEG of at most 800 px that keeps nothing but its pixels.

    Raises ValidationError with a sentence for whoever chose it.
    """
    if (upload.size or 0) > PICTURE_BYTES:
        raise ValidationError(_("The picture is larger than 5 MB. Please choose a smaller one."))
    unreadable = ValidationError(_("This file is not a picture we can read. Please choose a JPEG, PNG or WebP file."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(upload, formats=PICTURE_FORMATS)
            if picture.width * picture.height > PICTURE_PIXELS:
                raise ValidationError(_("The picture has too many pixels. Please choose a smaller one."))
            picture.draft("RGB", (PICTURE_SIDE * 2, PICTURE_SIDE * 2))
            load_whole(picture)
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
            return encode_picture(upright)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise unreadable from error


def load_whole(picture: Image.Image) -> None:
    """Read the pixels; a torn file raises OSError, also where WeasyPrint has told Pillow to be lenient."""
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        picture.load()
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def encode_picture(picture: Image.Image) -> ContentFile:
    """Return the pixels alone as a JPEG, transparent parts on white."""
    rgba = picture.convert("RGBA")
    ground = Image.new("RGB", rgba.size, "white")
    ground.paste(rgba, mask=rgba.getchannel("A"))
    out = BytesIO()
    ground.save(out, "JPEG", quality=86, optimize=True)
    return ContentFile(out.getvalue())


class JourneyForm(UncutForm, forms.ModelForm):
    """A journey and whose it is. A new persona needs no more than a name here."""

    code = forms.UUIDField(widget=forms.HiddenInput, initial=new_code, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1, min_value=1)
    # Declared here, because a scoped queryset cannot be built while the module is imported.
    persona: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Persona"),
        queryset=None,
        required=False,
        empty_label=_("None of these, a new one"),
        help_text=_("Through whose eyes the journey is seen, from the first to the last contact."),
    )
    persona_name = forms.CharField(
        label=_("Or a new persona"),
        required=False,
        max_length=120,
        help_text=_("A name is enough, for example “Petra, commutes by train”. The rest can follow later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    field_order = ("name", "persona", "persona_name", "industry", "description")

    class Meta:
        model = Journey
        fields = ("name", "persona", "industry", "description")
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {
            "name": _("For example: The way to work"),
            "industry": _("Taken from your organisation; change it when this journey belongs to another one."),
        }

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        personas = Persona.objects.order_by("name")
        self.fields["persona"].queryset = personas  # type: ignore[attr-defined]  # a ModelChoiceField
        if not self.instance.industry:
            self.initial["industry"] = organisation.industry
        if not self.instance.pk and not personas:
            del self.fields["persona"]
            self.fields["persona_name"].label = _("Persona")
            self.fields["persona_name"].required = True
            self.fields["persona_name"].help_text = _(
                "Through whose eyes is the journey seen? A name is enough, for example “Petra, commutes by train”. "
                "The rest can follow later."
            )
        elif not self.instance.pk and len(personas) == 1:
            self.initial["persona"] = personas[0]

    def clean_code(self) -> uuid.UUID:
        """Return the posted code, or a new one."""
        return self.cleaned_data["code"] or new_code()

    def clean(self) -> dict[str, Any]:
        """A typed name wins over a chosen persona; one of the two must be there."""
        data = super().clean() or self.cleaned_data
        if data.get("persona_name"):
            data["persona"] = None
        elif not data.get("persona") and not self.has_error("persona") and not self.has_error("persona_name"):
            self.add_error("persona_name", _("A journey needs a persona. Choose one, or type the name of a new one."))
        return data

    def _get_validation_exclusions(self) -> set[str]:
        # Without a chosen persona the service creates one; the model's own check would ask for it too early.
        return super()._get_validation_exclusions() | {"persona"}  # type: ignore[misc]  # private, untyped


class StationForm(UncutForm, forms.ModelForm):
    """The three answers of a station."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Station
        fields = ("expectation", "reality", "reaction")
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in fields}
        help_texts = {
            "expectation": _("What must be so that the customer is content here?"),
            "reality": _("What the customer gets, step by step, and in which way."),
            "reaction": _("What the customer then feels, says or does."),
        }


class QuickAddForm(UncutForm):
    """A touchpoint's name in a column of the board."""

    code = forms.UUIDField()
    phase = forms.ChoiceField(choices=Phase.choices)
    name = forms.CharField(
        max_length=200,
        error_messages={
            "required": _("Type the name of a touchpoint."),
            "max_length": _("A name has at most %(limit_value)d characters; this one has %(show_value)d."),
        },
    )


class PutBackForm(UncutForm):
    """A station that was taken off and shall return with its words."""

    code = forms.UUIDField()
    touchpoint = forms.UUIDField()
    before = forms.UUIDField(required=False)
    expectation = forms.CharField(max_length=1000, required=False)
    reality = forms.CharField(max_length=1000, required=False)
    reaction = forms.CharField(max_length=1000, required=False)


class MoveForm(forms.Form):
    """Where a station goes: a step (``to``), or a phase and the station that shall follow."""

    version = forms.IntegerField(min_value=1)
    to = forms.ChoiceField(choices=[("up", ""), ("down", ""), ("left", ""), ("right", "")], required=False)
    phase = forms.ChoiceField(choices=Phase.choices, required=False)
    before = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two ways must be named."""
        data = super().clean() or self.cleaned_data
        if bool(data.get("to")) == bool(data.get("phase")):
            raise ValidationError(_("It is not clear where the station should go."))
        return data
