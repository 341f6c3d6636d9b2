"""What the demo says, in both languages. Everything in it is invented.

``Text`` holds German and English. ``answers`` are how many of the 26 raters chose disappointing, OK, delighting; the
rest could not judge. Figures are not written here: they come out of the ratings, as everywhere.
"""

from dataclasses import dataclass, field

from accounts.enums import Role
from touchpoints.enums import Contact, Criticality, Media, Medium, Phase, Relation
from workshops.enums import Drawer, MeasureKind, MeasureStatus

RATERS = 26


@dataclass(frozen=True)
class Text:
    """The same in German and English."""

    de: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the German or the English text for "de" or "en"."""
        return self.de if language == "de" else self.en


NOTHING = Text("", "")
LOW, FINE, HIGH = Drawer.DISAPPOINTING, Drawer.OK, Drawer.DELIGHTING


@dataclass(frozen=True)
class Said(Text):
    """A reason, beside a rating that it fits."""

    drawer: Drawer


@dataclass(frozen=True)
class Stop:
    """A touchpoint, its station on the journey, and how it was rated."""

    phase: Phase
    name: Text
    words: Text
    channel: Text
    medium: Medium
    relation: Relation
    media: Media
    contact: Contact
    department: str
    answers: tuple[int, int, int]
    criticality: Criticality = Criticality.MEDIUM
    moment_of_truth: bool = False
    expectation: Text = NOTHING
    reality: Text = NOTHING
    reaction: Text = NOTHING
    reasons: tuple[Said, ...] = field(default=())


@dataclass(frozen=True)
class Plan:
    """A measure. Touchpoints are named in German, as stops are; days count from the day of the start."""

    title: Text
    kind: MeasureKind
    touchpoints: tuple[str, ...]
    result: Text
    seen_by: Text
    department: str
    responsible: Role | None = None
    effort: int | None = None
    impact: int | None = None
    status: MeasureStatus = MeasureStatus.PLANNED
    begins_in: int | None = None
    due_in: int | None = None
    budget: int | None = None


ORGANISATION = Text("Falkner Wärme & Bad", "Falkner Heating & Baths")
INDUSTRY = Text("Heizung und Sanitär", "Heating and plumbing")
JOURNEY = Text("Der Weg zur Wärmepumpe", "The way to a heat pump")
JOURNEY_ABOUT = Text(
    "Von der alten Ölheizung bis zur Empfehlung an die Nachbarn.",
    "From the old oil boiler to telling the neighbours.",
)
WORKSHOP = Text("Ist-Workshop Herbst", "Ist workshop, autumn")
NEXT_WORKSHOP = Text("Probe-Workshop: gleich ausprobieren", "Trial workshop: try it right now")
BLOCK = Text("Alle Stationen bewerten", "Rate all stations")
NEXT_BLOCK = Text("Drei Stationen zum Ausprobieren", "Three stations to try")

# key: name, whether it is a provider
DEPARTMENTS: dict[str, tuple[Text, bool]] = {
    "sales": (Text("Vertrieb", "Sales"), False),
    "planning": (Text("Planung", "Planning"), False),
    "fitters": (Text("Montage", "Installation"), False),
    "service": (Text("Kundendienst", "Customer service"), False),
    "office": (Text("Büro und Rechnung", "Office and billing"), False),
    "marketing": (Text("Marketing", "Marketing"), False),
    "callcentre": (Text("Telefonzentrale Mertens", "Mertens call centre"), True),
}

PERSONA: dict[str, Text] = {
    "name": Text("Sabine Krüger", "Sabine Kruger"),
    "role": Text("52, Hausbesitzerin, alte Ölheizung von 1994", "52, owns a house with an oil boiler from 1994"),
    "demographics": Text(
        "Lehrerin, verheiratet, zwei erwachsene Kinder, Reihenhaus von 1978 am Stadtrand.",
        "Teacher, married, two grown-up children, terraced house of 1978 at the edge of town.",
    ),
    "goals": Text(
        "Im nächsten Winter sicher warm wohnen. Nur einmal entscheiden. Die Förderung nicht verschenken.",
        "A warm house next winter for certain. To decide only once. Not to miss the subsidy.",
    ),
    "pains": Text(
        "Versteht die Angebote nicht. Hat Angst vor Lärm und Dreck im Haus. Wartet ungern auf Rückrufe.",
        "Does not understand the offers. Fears noise and dirt in the house. Hates waiting for calls back.",
    ),
    "channels": Text(
        "Fragt zuerst die Nachbarn, sucht dann abends am Tablet, ruft lieber an, als zu schreiben.",
        "Asks the neighbours first, then searches on the tablet in the evening, rather phones than writes.",
    ),
    "communication_style": Text(
        "Freundlich und genau. Will eine Ansprechperson, keine Warteschleife.",
        "Friendly and precise. Wants one person to talk to, no queue.",
    ),
    "needs": Text(
        "Verlässliche Termine, einen Preis, der hält, und jemanden, der die Anträge erklärt.",
        "Dates that hold, a price that holds, and somebody who explains the forms.",
    ),
    "behaviour": Text(
        "Vergleicht drei Betriebe, liest die schlechten Bewertungen zuerst, entscheidet nach dem Hausbesuch.",
        "Compares three firms, reads the bad reviews first, decides after the visit to her house.",
    ),
    "preferences": Text(
        "Ein Termin am späten Nachmittag, alles schriftlich, ein Ordner statt zehn E-Mails.",
        "An appointment late in the afternoon, everything in writing, one folder instead of ten e-mails.",
    ),
    "quote": Text(
        "Ich will nicht alles über Wärmepumpen wissen. Ich will wissen, dass es im Januar warm ist.",
        "I do not want to know everything about heat pumps. I want to know that it is warm in January.",
    ),
    "evidence": Text(
        "Acht Gespräche mit Kundinnen und Kunden, 41 Bewertungen auf Portalen, Reklamationen aus zwei Jahren.",
        "Eight talks with customers, 41 reviews on portals, the complaints of two years.",
    ),
}

STOPS: tuple[Stop, ...] = (
    Stop(
        Phase.INFLUENCING_BEFORE,
        Text("Tipp der Nachbarn", "The neighbours' tip"),
        Text("Die Nachbarn erzählen mir, wer bei ihnen eingebaut hat.", "The neighbours tell me who fitted theirs."),
        Text("Gespräch", "Conversation"),
        Medium.OFFLINE, Relation.INDIRECT, Media.EARNED, Contact.HUMAN, "marketing",
        (2, 8, 14), Criticality.HIGH, True,
        Text("Eine ehrliche Meinung.", "An honest opinion."),
        Text("Wer uns kennt, lobt die Monteure.", "Those who know us praise the fitters."),
        Text("Schreibt sich unseren Namen auf.", "Writes our name down."),
        (Said("Die Monteure haben einen guten Ruf im Ort.", "The fitters have a good name in town.", HIGH),),
    ),
    Stop(
        Phase.INFLUENCING_BEFORE,
        Text("Suche im Internet", "Search on the web"),
        Text("Ich suche abends nach „Wärmepumpe“ und meiner Stadt.", "At night I search “heat pump” and my town."),
        Text("Suchmaschine", "Search engine"),
        Medium.ONLINE, Relation.INDIRECT, Media.EARNED, Contact.MEDIATED, "marketing",
        (9, 12, 3),
        expectation=Text("Wir stehen bei den ersten Treffern.", "We are among the first hits."),
        reality=Text("Zwei Portale und der Wettbewerb stehen davor.", "Two portals and the competitor come first."),
        reaction=Text("Klickt zuerst auf den Wettbewerb.", "Clicks on the competitor first."),
        reasons=(Said("Wir stehen erst auf der zweiten Seite.", "We only show up on page two.", LOW),),
    ),
    Stop(
        Phase.INFLUENCING_BEFORE,
        Text("Bewertungsportal", "Review portal"),
        Text("Ich lese, was andere über den Betrieb schreiben.", "I read what others write about the firm."),
        Text("Bewertungsportal", "Review portal"),
        Medium.ONLINE, Relation.INDIRECT, Media.EARNED, Contact.MEDIATED, "marketing",
        (8, 6, 9), Criticality.HIGH,
        reasons=(
            Said("Auf Kritik antwortet niemand.", "Nobody answers the criticism.", LOW),
            Said("4,6 Sterne sind doch gut.", "4.6 stars are good, surely.", HIGH),
        ),
    ),
    Stop(
        Phase.PRESALES,
        Text("Website", "Website"),
        Text("Ich will sehen, ob die so etwas wie bei mir können.", "I want to see whether they do houses like mine."),
        Text("Website", "Website"),
        Medium.ONLINE, Relation.DIRECT, Media.OWNED, Contact.MEDIATED, "marketing",
        (7, 14, 3),
        expectation=Text("Ein Preisbeispiel für ein Reihenhaus.", "A price example for a terraced house."),
        reality=Text("Viele Herstellerlogos, kein Preis.", "Many makers' logos, no price."),
        reaction=Text("Ruft an, wenn sie Geduld hat.", "Phones, if she has the patience."),
    ),
    Stop(
        Phase.PRESALES,
        Text("Anruf in der Zentrale", "Call to the switchboard"),
        Text("Ich rufe an und möchte mit jemandem sprechen, der Bescheid weiß.", "I call and want somebody who knows."),
        Text("Telefon", "Phone"),
        Medium.OFFLINE, Relation.DIRECT, Media.PAID, Contact.HUMAN, "callcentre",
        (15, 7, 2), Criticality.HIGH, True,
        Text("Jemand nimmt ab und kennt sich aus.", "Somebody answers who knows."),
        Text("Eine Zentrale notiert die Nummer und verspricht einen Rückruf.", "A call centre notes the number."),
        Text("Wartet zwei Tage, ruft dann woanders an.", "Waits for two days, then calls somebody else."),
        (
            Said("Der Rückruf kommt oft erst nach Tagen.", "The call back often takes days.", LOW),
            Said("Die Zentrale weiß nicht, wer wofür da ist.", "The call centre does not know who does what.", LOW),
        ),
    ),
    Stop(
        Phase.PRESALES,
        Text("Hausbesuch der Beratung", "Consultant's visit"),
        Text("Jemand schaut sich mein Haus an und erklärt mir, was geht.", "Somebody looks at my house and explains."),
        Text("Vor Ort", "On site"),
        Medium.OFFLINE, Relation.DIRECT, Media.OWNED, Contact.HUMAN, "sales",
        (1, 5, 19), Criticality.HIGH, True,
        Text("Eine verständliche Empfehlung.", "A recommendation she understands."),
        Text("Zwei Stunden Zeit, Skizze am Küchentisch.", "Two hours, a sketch at the kitchen table."),
        Text("Fühlt sich ernst genommen.", "Feels taken seriously."),
        (Said("Unsere Beraterinnen nehmen sich wirklich Zeit.", "Our consultants really take their time.", HIGH),),
    ),
    Stop(
        Phase.PRESALES,
        Text("Ausstellung im Haus", "Our showroom"),
        Text("Ich höre mir an, wie laut so ein Gerät ist.", "I want to hear how loud such a thing is."),
        Text("Ausstellung", "Showroom"),
        Medium.OFFLINE, Relation.DIRECT, Media.OWNED, Contact.HUMAN, "sales",
        (4, 11, 6), Criticality.LOW,
    ),
    Stop(
        Phase.PURCHASE,
        Text("Schriftliches Angebot", "Written offer"),
        Text("Ich bekomme ein Angebot und will es verstehen.", "I get an offer and want to understand it."),
        Text("E-Mail", "E-mail"),
        Medium.ONLINE, Relation.DIRECT, Media.OWNED, Contact.MEDIATED, "planning",
        (13, 9, 3), Criticality.HIGH, True,
        Text("Ein Preis und was er enthält, auf einer Seite.", "One price and what it includes, on one page."),
        Text("Elf Seiten mit Artikelnummern.", "Eleven pages of article numbers."),
        Text("Legt es weg und fragt die Nachbarn.", "Puts it aside and asks the neighbours."),
        (
            Said("Das versteht nur, wer vom Fach ist.", "Only a specialist understands it.", LOW),
            Said("Angebote dauern oft drei Wochen.", "Offers often take three weeks.", LOW),
        ),
    ),
    Stop(
        Phase.PURCHASE,
        Text("Hilfe beim Förderantrag", "Help with the subsidy form"),
        Text("Jemand hilft mir mit dem Antrag, damit ich kein Geld verliere.", "Somebody helps me not to lose money."),
        Text("Telefon und E-Mail", "Phone and e-mail"),
        Medium.BOTH, Relation.DIRECT, Media.OWNED, Contact.HUMAN, "office",
        (3, 6, 14), Criticality.MEDIUM,
        reasons=(Said("Damit rechnet niemand, und alle freuen sich.", "Nobody expects it, everybody is glad.", HIGH),),
    ),
    Stop(
        Phase.PURCHASE,
        Text("Auftragsbestätigung und Termin", "Order confirmation and date"),
        Text("Ich erfahre, wann sie kommen, und kann planen.", "I learn when they come, and can plan."),
        Text("E-Mail", "E-mail"),
        Medium.ONLINE, Relation.DIRECT, Media.OWNED, Contact.MEDIATED, "planning",
        (10, 12, 2),
        expectation=Text("Ein fester Tag.", "A fixed day."),
        reality=Text("Eine Kalenderwoche, die sich zweimal ändert.", "A week that changes twice."),
        reaction=Text("Nimmt umsonst frei.", "Takes a day off for nothing."),
    ),
    Stop(
        Phase.PURCHASE,
        Text("Einbau im Haus", "Installation in the house"),
        Text("Drei Tage lang sind fremde Menschen in meinem Keller.", "For three days strangers are in my cellar."),
        Text("Vor Ort", "On site"),
        Medium.OFFLINE, Relation.DIRECT, Media.OWNED, Contact.HUMAN, "fitters",
        (2, 6, 18), Criticality.HIGH, True,
        Text("Pünktlich, sauber, kein Schaden.", "Punctual, clean, no damage."),
        Text("Die Monteure legen Teppiche aus und erklären, was sie tun.", "They lay carpets and explain."),
        Text("Kocht Kaffee und erzählt davon.", "Makes coffee and talks about it."),
        (Said("Die Monteure sind unser bestes Aushängeschild.", "The fitters are our best advertisement.", HIGH),),
    ),
    Stop(
        Phase.PURCHASE,
        Text("Rechnung", "Invoice"),
        Text("Ich bekomme die Rechnung und vergleiche sie mit dem Angebot.", "I compare the invoice with the offer."),
        Text("Post", "Post"),
        Medium.OFFLINE, Relation.DIRECT, Media.OWNED, Contact.MEDIATED, "office",
        (8, 13, 1),
        reasons=(Said("Positionen heißen anders als im Angebot.", "Items are not named as in the offer.", LOW),),
    ),
    Stop(
        Phase.LOYALTY,
        Text("Einweisung in die Bedienung", "Introduction to the controls"),
        Text("Man zeigt mir, wie ich es warm bekomme.", "They show me how to make it warm."),
        Text("Vor Ort", "On site"),
        Medium.OFFLINE, Relation.DIRECT, Media.OWNED, Contact.HUMAN, "fitters",
        (6, 10, 8),
        expectation=Text("Eine halbe Stunde in Ruhe.", "Half an hour without haste."),
        reality=Text("Zehn Minuten am letzten Nachmittag.", "Ten minutes on the last afternoon."),
        reaction=Text("Stellt nichts mehr um, aus Angst.", "Changes no setting any more, out of fear."),
    ),
    Stop(
        Phase.LOYALTY,
        Text("App zur Heizung", "App for the heating"),
        Text("Ich sehe auf dem Handy, was die Heizung tut.", "I see on the phone what the heating does."),
        Text("App", "App"),
        Medium.ONLINE, Relation.DIRECT, Media.OWNED, Contact.MEDIATED, "service",
        (9, 4, 9), Criticality.LOW,
        reasons=(
            Said("Die einen lieben sie, die anderen löschen sie.", "Some love it, others delete it.", FINE),
            Said("Ohne WLAN im Keller geht nichts.", "Without WiFi in the cellar nothing works.", LOW),
        ),
    ),
    Stop(
        Phase.LOYALTY,
        Text("Störung am Wochenende", "Breakdown at the weekend"),
        Text("Es wird kalt, und es ist Samstag.", "It gets cold, and it is Saturday."),
        Text("Notruf", "Emergency line"),
        Medium.OFFLINE, Relation.DIRECT, Media.PAID, Contact.HUMAN, "callcentre",
        (18, 4, 1), Criticality.HIGH, True,
        Text("Jemand hilft noch am selben Tag.", "Somebody helps on the same day."),
        Text("Der Notruf vertröstet auf Montag.", "The emergency line puts her off until Monday."),
        Text("Erzählt es allen und schreibt eine Bewertung.", "Tells everybody and writes a review."),
        (
            Said("Die Zentrale darf niemanden losschicken.", "The call centre may not send anybody.", LOW),
            Said("Im Januar zwei Tage ohne Heizung, das vergisst keiner.", "Two cold days: nobody forgets.", LOW),
        ),
    ),
    Stop(
        Phase.LOYALTY,
        Text("Jährliche Wartung", "Yearly service"),
        Text("Einmal im Jahr schaut jemand nach, ob alles läuft.", "Once a year somebody checks that all is well."),
        Text("Vor Ort", "On site"),
        Medium.OFFLINE, Relation.DIRECT, Media.OWNED, Contact.HUMAN, "service",
        (2, 15, 7),
    ),
    Stop(
        Phase.INFLUENCING_AFTER,
        Text("Bitte um eine Bewertung", "Request for a review"),
        Text("Ich werde gefragt, ob ich etwas schreiben mag.", "I am asked whether I would write something."),
        Text("E-Mail", "E-mail"),
        Medium.ONLINE, Relation.DIRECT, Media.OWNED, Contact.MEDIATED, "marketing",
        (5, 12, 1), Criticality.LOW,
        reasons=(Said("Kommt zu früh, da lief sie noch keinen Winter.", "Too early: not one winter had passed.", LOW),),
    ),
    Stop(
        Phase.INFLUENCING_AFTER,
        Text("Erzählung am Gartenzaun", "Talk over the garden fence"),
        Text("Die Nachbarn fragen mich, wie es gelaufen ist.", "The neighbours ask me how it went."),
        Text("Gespräch", "Conversation"),
        Medium.OFFLINE, Relation.INDIRECT, Media.EARNED, Contact.HUMAN, "marketing",
        (4, 5, 13), Criticality.HIGH, True,
        reality=Text("Gelobt wird der Einbau, erzählt die Störung.", "Praise for the fitting, tales of the breakdown."),
        reasons=(Said("Ein gutes Wort bringt drei Anfragen.", "A good word brings three enquiries.", HIGH),),
    ),
)  # fmt: skip

MEASURES: tuple[Plan, ...] = (
    Plan(
        Text("Der Notruf schickt auch am Wochenende einen Monteur", "The emergency line sends fitters at weekends"),
        MeasureKind.REMOVE,
        ("Störung am Wochenende",),
        Text("Wer am Samstag friert, bekommt am selben Tag Hilfe.", "Who freezes on a Saturday gets help that day."),
        Text("Anteil der Störungen, die am selben Tag behoben sind.", "Share of breakdowns repaired on the same day."),
        "service", Role.MODERATOR, effort=2, impact=5, status=MeasureStatus.UNDER_WAY,
        begins_in=-14, due_in=21, budget=4800,
    ),
    Plan(
        Text("Einweisung an einem eigenen Termin, zwei Wochen nach dem Einbau", "Introduction on a day of its own"),
        MeasureKind.REMOVE,
        ("Einweisung in die Bedienung",),
        Text("Sie stellt ihre Heizung selbst um, ohne Angst.", "She changes the settings herself, without fear."),
        Text("Anrufe zur Bedienung in den ersten vier Wochen.", "Calls about the controls in the first four weeks."),
        "fitters", Role.EMPLOYEE, effort=2, impact=4, begins_in=7, due_in=45,
    ),
    Plan(
        Text("Angebot und Rechnung mit denselben Worten", "Offer and invoice in the same words"),
        MeasureKind.REMOVE,
        ("Schriftliches Angebot", "Rechnung"),
        Text("Auf einer Seite steht, was es kostet und was es enthält.", "One page says what it costs and includes."),
        Text("Rückfragen zu Rechnungen im Monat.", "Questions about invoices in a month."),
        "office", Role.MANAGER, effort=4, impact=5, begins_in=0, due_in=90, budget=12500,
    ),
    Plan(
        Text("Hilfe in der App, auch ohne WLAN im Keller", "Help in the app, even without WiFi in the cellar"),
        MeasureKind.REMOVE,
        ("App zur Heizung", "Störung am Wochenende"),
        Text("Die drei häufigsten Störungen behebt sie selbst.", "She solves the three most frequent faults herself."),
        NOTHING,
        "service", effort=4, impact=3, due_in=120,
    ),
    Plan(
        Text("Zur ersten Wartung ein Foto der Anlage mit Unterschrift der Monteure", "A signed photo of her heating"),
        MeasureKind.CREATE,
        ("Jährliche Wartung",),
        Text("Sie zeigt es den Nachbarn.", "She shows it to the neighbours."),
        Text("Wie viele davon erzählen, wenn wir nachfragen.", "How many tell of it when we ask."),
        "fitters", Role.EMPLOYEE,
    ),
    Plan(
        Text("Um eine Bewertung erst nach dem ersten Winter bitten", "Ask for a review only after the first winter"),
        MeasureKind.CREATE,
        ("Bitte um eine Bewertung",),
        Text("Wer schreibt, hat einen warmen Winter hinter sich.", "Who writes has had a warm winter."),
        Text("Bewertungen im Monat und ihre Sterne.", "Reviews in a month, and their stars."),
        "marketing", Role.MODERATOR, effort=1, impact=3, status=MeasureStatus.DONE, begins_in=-20, due_in=-5,
    ),
)  # fmt: skip
