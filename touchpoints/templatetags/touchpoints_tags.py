"""How touchpoints are put into words."""

from django import template

from touchpoints.models import Touchpoint

register = template.Library()


@register.simple_tag
def touchpoint_maker(touchpoint: Touchpoint) -> str:
    """Return who makes a touchpoint and how it is met, in a few words: “direct, owned, in person”."""
    words = (touchpoint.get_relation_display(), touchpoint.get_media_display(), touchpoint.get_contact_display())
    return ", ".join(str(word) for word in words if word)
