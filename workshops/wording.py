"""What the six scales ask: on the phone, and in a frozen Ist, since a Kontrolle must ask the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from workshops.enums import Scale


@dataclass(frozen=True)
class Wording:
    """What a scale asks, and the words at 0 and at 10. After method.md 5.1: the scale between the drawers, importance,
    and the effects on buying, buying again and recommending, seen from the customer.
    """

    question: Promise
    low: Promise
    high: Promise


WORDINGS = {
    Scale.EXPERIENCE: Wording(
        gettext_lazy("What do customers experience here?"),
        pgettext_lazy("experience, 0", "disappointing"),
        pgettext_lazy("experience, 10", "delighting"),
    ),
    Scale.EXPECTATION: Wording(
        gettext_lazy("How much do they expect here?"),
        pgettext_lazy("expectation, 0", "very little"),
        pgettext_lazy("expectation, 10", "the very best"),
    ),
    Scale.IMPORTANCE: Wording(
        gettext_lazy("How important is this to customers?"),
        pgettext_lazy("importance, 0", "unimportant"),
        pgettext_lazy("importance, 10", "decisive"),
    ),
    Scale.PURCHASE: Wording(
        gettext_lazy("How much does it decide whether they buy at all?"),
        pgettext_lazy("purchase, 0", "not at all"),
        pgettext_lazy("purchase, 10", "entirely"),
    ),
    Scale.REPURCHASE: Wording(
        gettext_lazy("Would they buy again after this?"),
        pgettext_lazy("repurchase, 0", "certainly not"),
        pgettext_lazy("repurchase, 10", "certainly"),
    ),
    Scale.RECOMMENDATION: Wording(
        gettext_lazy("Would they recommend us after this?"),
        pgettext_lazy("recommendation, 0", "certainly not"),
        pgettext_lazy("recommendation, 10", "certainly"),
    ),
}
