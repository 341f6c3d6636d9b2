"""Closed lists: which value an entry of a file means, and which one to propose where it is not certain."""

from functools import lru_cache

from django.conf import settings
from django.db.models import Choices
from django.utils import translation
from django.utils.translation import pgettext_lazy

from accounts.models import Department
from touchpoints.csv_exchange.cells import comparable
from touchpoints.enums import Contact, ContactObject, Contract, Criticality, Existence, Media, Medium, Phase, Relation

LISTS: dict[str, type[Choices]] = {
    "phase": Phase,
    "medium": Medium,
    "relation": Relation,
    "media": Media,
    "contact": Contact,
    "contact_object": ContactObject,
    "criticality": Criticality,
    "existence": Existence,
    "contract": Contract,
}
# Lists that are no field of a touchpoint: their entries only help to propose what is asked anyway.
HINTS: dict[str, type[Choices]] = {"department_kind": Department.Kind}
FLAGS = ("serves_prospects", "serves_new", "serves_existing", "purchase_possible", "moment_of_truth")
YES_NO = (("yes", pgettext_lazy("answer", "yes")), ("no", pgettext_lazy("answer", "no")))

# Entries that mean exactly one thing, besides the labels in both languages, the stored values and their names.
CERTAIN = {
    "phase": {
        "IB": "influencing davor, influencing vorher, influencing before, influencing vor",
        "PS": "presales, pre sales, vorverkauf",
        "PU": "purchase, kauf",
        "LO": "loyalty, loyalität",
        "IA": "influencing danach, influencing nachher, influencing after, influencing nach",
    },
    "medium": {"both": "beides, beide, both, online offline, offline online, on und offline, online und offline"},
    "relation": {"direct": "direkt", "indirect": "indirekt"},
    "media": {"owned": "eigene, eigen, eigenes", "paid": "bezahlt, bezahlte", "earned": "verdient, verdiente"},
    "contact": {"human": "human, persönlich, mensch, in person", "mediated": "mediated, vermittelt"},
    "contact_object": {
        "product": "produkt",
        "brand": "marke",
        "employee": "mitarbeiter, mitarbeitende",
        "service": "dienstleistung, leistung",
    },
    "criticality": {"1": "low, niedrig, gering", "2": "medium, mittel", "3": "high, hoch"},
    "existence": {
        "actual": "actual, vorhanden, tatsächlich",
        "potential": "potential, möglich, potenziell, potentiell",
    },
    "contract": {"before": "vor, vor vertrag, before contract", "after": "nach, nach vertrag, after contract"},
    "department_kind": {
        "department": "intern, internal, in house, inhouse, eigene abteilung",
        "provider": "extern, external, externer dienstleister, external provider",
    },
    "flag": {"yes": "ja, yes, x, 1, true, wahr, j, y, ✓", "no": "nein, no, 0, false, falsch, n"},
}

# Entries that we only propose, and ask about.
LIKELY = {
    "phase": {
        "IB": "influencing, influence, awareness, aufmerksamkeit, information, inspiration, bekanntheit, davor, "
        "vorher, before",
        "PS": "consideration, interesse, interest, evaluation, beratung, advice, vergleich, orientierung, "
        "vorbereitung, discover",
        "PU": "buy, buying, decision, entscheidung, kaufen, abschluss, sales, verkauf, bestellung, order, "
        "conversion, checkout",
        "LO": "service, nutzung, use, usage, using, retention, bindung, kundenbindung, treue, after sales, aftersales, "
        "support, betreuung, gebrauch, delivery, lieferung, post purchase, nachkauf, reise, onboarding",
        "IA": "recommending, recommendation, recommend, empfehlung, empfehlen, weiterempfehlung, weiterempfehlen, "
        "advocacy, "
        "referral, danach, nachher, after, word of mouth, mundpropaganda, bewertung",
    },
    "medium": {
        "online": "digital, web, internet, website, app, e mail",
        "offline": "analog, persönlich, vor ort, print, telefon, stationär",
        "both": "hybrid, omnichannel, gemischt, mixed",
    },
    "relation": {
        "direct": "ja, yes, x, eigen, anbieter, provider, unternehmen, wir, own, 1",
        "indirect": "nein, no, dritte, third party, third parties, fremd, extern, external, 0",
    },
    "media": {
        "owned": "own, unternehmen, intern, eigene medien, owned media",
        "paid": "gekauft, gekaufte, bezahlte medien, paid media, werbung, ads, partner",
        "earned": "verdiente medien, earned media, organisch, organic, shared, mundpropaganda",
    },
    "contact": {
        "human": "ja, yes, menschlich, personal, face to face, person, telefon, phone",
        "mediated": "nein, no, digital, technisch, unpersönlich, automatisch, automatic, medial",
    },
    "contact_object": {
        "product": "ware, artikel, goods",
        "brand": "image, werbung",
        "employee": "mensch, person, people, personal, staff",
        "service": "support, dienst",
    },
    "criticality": {
        "1": "unkritisch, klein, c, uncritical",
        "2": "normal, b",
        "3": "kritisch, critical, sehr hoch, very high, a",
    },
    "existence": {
        "actual": "ist, ja, yes, x, existing, today, heute, aktiv, active",
        "potential": "nein, no, soll, geplant, planned, idee, idea, künftig, future, inaktiv, inactive",
    },
    "contract": {
        "before": "vorher, davor, before, vor abschluss, vor vertragsabschluss, pre",
        "after": "nachher, danach, after, nach abschluss, nach vertragsabschluss, post",
    },
    "department_kind": {
        "department": "eigen, eigene, own, bereich, team",
        "provider": "partner, agentur, agency, lieferant, supplier, vendor, dritte, third party",
    },
    "flag": {"yes": "wichtig, important, ok, vorhanden", "no": "keine, kein, none, nicht"},
}

# Parts of a channel's name that tell where it is.
CHANNELS = {
    Medium.ONLINE: "website, webseite, webshop, online, internet, homepage, e mail, email, mail, suchmaschine, google, "
    "soziale medien, "
    "social media, portal, chat, newsletter, forum, blog, video, webinar, app, app store, store app, "
    "wlan, wifi, download, "
    "instagram, facebook, linkedin, xing, youtube, tiktok, whatsapp, marktplatz, marketplace, search, "
    "landingpage, podcast",
    Medium.OFFLINE: "gespräch, schalter, bahnhof, zug, lautsprecher, automat, plakat, telefon, hotline, brief, post, "
    "laden, filiale, "
    "geschäft, messe, fax, print, katalog, prospekt, broschüre, vor ort, besuch, veranstaltung, kasse, "
    "lieferung, paket, "
    "empfang, gebäude, fahrzeug, bus, conversation, counter, station, train, speaker, machine, poster, "
    "phone, letter, shop, "
    "store, branch, fair, visit, event, till, delivery, reception, building, talk, meeting, termin",
    Medium.BOTH: "presse, press, medien, werbung, advertising, formular, form, rechnung, invoice, vertrag, contract, "
    "angebot, offer",
}


def list_name(field: str) -> str:
    """Return the name under which the words of ``field`` stand."""
    return "flag" if field in FLAGS else field


def choices(field: str) -> list[tuple[str, str]]:
    """Return the values of a closed list with their labels in the present language."""
    pairs = YES_NO if field in FLAGS else (LISTS | HINTS)[field].choices
    return [(str(value), str(label)) for value, label in pairs]


@lru_cache(maxsize=32)
def certain_entries(field: str) -> dict[str, str]:
    """Return every entry that means exactly one value of the list: labels in all languages, values, names, words."""
    known: dict[str, str] = {}
    for value, words in CERTAIN[list_name(field)].items():
        known |= {comparable(word): value for word in words.split(",")}
    if (values := (LISTS | HINTS).get(field)) is not None:
        for member in values:
            known |= {comparable(str(member.value)): str(member.value), comparable(member.name): str(member.value)}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {comparable(label): value for value, label in choices(field)}
    return known


@lru_cache(maxsize=32)
def likely_entries(field: str) -> dict[str, str]:
    """Return the entries for which we propose a value."""
    words = LIKELY[list_name(field)]
    return {comparable(word): value for value, text in words.items() for word in text.split(",")}


def recognise(field: str, entry: str) -> str | None:
    """Return the value that ``entry`` means beyond doubt, or None."""
    return certain_entries(field).get(comparable(entry))


def propose(field: str, entry: str) -> str:
    """Return the value that ``entry`` probably means, or ""."""
    return likely_entries(field).get(comparable(entry), "")


@lru_cache(maxsize=1024)
def propose_medium(channel: str) -> str:
    """Return whether a channel of this name is probably online, offline or both, or ""."""
    words = comparable(channel)
    for medium, names in channel_names().items():
        if words in names:
            return medium.value
    for medium, names in channel_names().items():
        for name in names:
            if len(name) > 3 and name in words:
                return medium.value
    return ""


@lru_cache(maxsize=1)
def channel_names() -> dict[Medium, frozenset[str]]:
    """Return the parts of channels' names as they are compared."""
    return {medium: frozenset(comparable(name) for name in names.split(",")) for medium, names in CHANNELS.items()}


def read_kind(entry: str) -> str:
    """Return the kind of department that an entry of its own column means, or ""."""
    return recognise("department_kind", entry) or propose("department_kind", entry)


def propose_kind(name: str) -> str:
    """Return whether a new department of this name is probably a provider: “Kundenservice (extern)”."""
    outside = ("extern", "external", "dienstleister", "provider", "partner", "agentur", "agency", "gmbh", "ltd")
    words = comparable(name).split()
    is_provider = any(word.startswith(outside) or word.endswith(("dienstleister", "agentur")) for word in words)
    return Department.Kind.PROVIDER.value if is_provider else Department.Kind.DEPARTMENT.value
