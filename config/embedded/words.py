"""What the start says at the terminal, in English or German by the terminal's language.

Django's catalogue is not at hand here: most of this is said before Django can be imported.
"""

import os

WORDS: dict[str, tuple[str, str]] = {
    "starting": ("Starting Touchpoint-Werkstatt …", "Touchpoint-Werkstatt startet …"),
    "database_new": ("Creating the database …", "Die Datenbank wird angelegt …"),
    "preparing": ("Preparing the application …", "Die Anwendung wird vorbereitet …"),
    "preparing_demo": ("Loading the demo organisation …", "Die Demo-Organisation wird geladen …"),
    "demo_logins": ("Demo logins (also in {path}):", "Demo-Zugänge (auch in {path}):"),
    "setup_link": (
        "Set up your organisation with this link, which works once:",
        "Mit diesem Link, der einmal gilt, richten Sie Ihre Organisation ein:",
    ),
    "setup_link_beside_demo": (
        "To begin with your own organisation, beside the demo, use this link, which works once:",
        "Mit Ihrer eigenen Organisation, neben der Demo, beginnen Sie über diesen Link, der einmal gilt:",
    ),
    "stop_hint": ("Stop with Ctrl-C.", "Beenden mit Strg-C."),
    "stopping": ("Stopping …", "Wird beendet …"),
    "only_local": (
        "No address was found under which other devices reach this computer; set PUBLIC_URL if you know one.",
        "Es wurde keine Adresse gefunden, unter der andere Geräte diesen Rechner erreichen; setzen Sie PUBLIC_URL, wenn"
        " Sie eine kennen.",
    ),
    "backup_made": ("Backup before the update: {path}", "Sicherung vor der Aktualisierung: {path}"),
    "no_pdf": (
        "PDF reports are off because the system library Pango is missing; as root run:"
        " apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-inter fonts-noto-color-emoji",
        "PDF-Berichte sind aus, weil die Systembibliothek Pango fehlt; führen Sie als root aus:"
        " apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-inter fonts-noto-color-emoji",
    ),
    # refusals: one sentence each
    "port_used": (
        "Port {port} on {host} is already in use; choose another one with --port.",
        "Port {port} auf {host} ist schon belegt; wählen Sie mit --port einen anderen.",
    ),
    "port_forbidden": (
        "Port {port} may only be opened by root; choose one above 1023 with --port.",
        "Port {port} darf nur root öffnen; wählen Sie mit --port einen über 1023.",
    ),
    "host_unknown": (
        "This computer has no address {host}; use --host 127.0.0.1 or --host 0.0.0.0.",
        "Dieser Rechner hat keine Adresse {host}; nehmen Sie --host 127.0.0.1 oder --host 0.0.0.0.",
    ),
    "no_write": (
        "The data directory {path} cannot be written by {user}; choose another one with --data or change its owner.",
        "In das Datenverzeichnis {path} darf {user} nicht schreiben; wählen Sie mit --data ein anderes oder ändern Sie"
        " seinen Besitzer.",
    ),
    "already_running": (
        "Touchpoint-Werkstatt is already running with the data directory {path} (process {pid}); stop it first or"
        " choose another directory with --data.",
        "Touchpoint-Werkstatt läuft schon mit dem Datenverzeichnis {path} (Prozess {pid}); beenden Sie es zuerst oder"
        " wählen Sie mit --data ein anderes Verzeichnis.",
    ),
    "other_major": (
        "The database in {path} was made by PostgreSQL {found}, this version brings PostgreSQL {major}; with the"
        " previous version run bin/backup FILE, then here bin/restore FILE --data NEW-DIRECTORY.",
        "Die Datenbank in {path} stammt von PostgreSQL {found}, diese Version bringt PostgreSQL {major} mit; führen Sie"
        " mit der bisherigen Version bin/backup DATEI aus, dann hier bin/restore DATEI --data NEUES-VERZEICHNIS.",
    ),
    "upgradable": (
        "The database in {path} was made by PostgreSQL {found}, this version brings PostgreSQL {major}; run:"
        " bin/start --upgrade-database --data {path}",
        "Die Datenbank in {path} stammt von PostgreSQL {found}, diese Version bringt PostgreSQL {major} mit; führen Sie"
        " aus: bin/start --upgrade-database --data {path}",
    ),
    "upgrade_failed": (
        "The database could not be upgraded and was left as it was; the reason is in {log}.",
        "Die Datenbank konnte nicht aktualisiert werden und blieb, wie sie war; der Grund steht in {log}.",
    ),
    "no_account": (
        "PostgreSQL does not run as root and no account for it could be created; run: useradd --system {account}",
        "PostgreSQL läuft nicht als root, und ein Konto dafür ließ sich nicht anlegen; führen Sie aus:"
        " useradd --system {account}",
    ),
    "unreachable": (
        "PostgreSQL does not run as root, and its account {account} cannot reach {path}; put the application and its"
        " data where every account may enter, for example below /srv or with --data /var/lib/touchpoint-werkstatt.",
        "PostgreSQL läuft nicht als root, und sein Konto {account} erreicht {path} nicht; legen Sie Anwendung und Daten"
        " dorthin, wo jedes Konto eintreten darf, zum Beispiel unter /srv oder mit --data"
        " /var/lib/touchpoint-werkstatt.",
    ),
    "socket_dir_taken": (
        "The directory {path} for the database's socket belongs to somebody else; choose a shorter --data.",
        "Das Verzeichnis {path} für den Socket der Datenbank gehört jemand anderem; wählen Sie ein kürzeres --data.",
    ),
    "missing_program": (
        "The program {program} is missing; as root run: apt-get install {package}",
        "Das Programm {program} fehlt; führen Sie als root aus: apt-get install {package}",
    ),
    "not_started": (
        "The part '{name}' did not start; the reason is at the end of {log}.",
        "Der Teil „{name}“ ist nicht gestartet; der Grund steht am Ende von {log}.",
    ),
    "disk_full": (
        "There is no space left for the data directory {path}.",
        "Für das Datenverzeichnis {path} ist kein Platz mehr frei.",
    ),
    # backup and restore
    "backed_up": ("Saved in {path} ({size}).", "Gesichert in {path} ({size})."),
    "key_outside": (
        "The key comes from SECRET_KEY and is not part of the backup: keep it as well.",
        "Der Schlüssel kommt aus SECRET_KEY und ist nicht Teil der Sicherung: bewahren Sie ihn zusätzlich auf.",
    ),
    "file_exists": (
        "{path} exists already; choose another name.",
        "{path} gibt es schon; wählen Sie einen anderen Namen.",
    ),
    "file_unwritable": ("{path} cannot be written.", "{path} lässt sich nicht schreiben."),
    "not_a_backup": (
        "{path} is not a complete backup of Touchpoint-Werkstatt; nothing was changed.",
        "{path} ist keine vollständige Sicherung der Touchpoint-Werkstatt; es wurde nichts geändert.",
    ),
    "newer_backup": (
        "{path} was made by a newer version of Touchpoint-Werkstatt; nothing was changed.",
        "{path} stammt von einer neueren Version der Touchpoint-Werkstatt; es wurde nichts geändert.",
    ),
    "dump_failed": (
        "The database could not be read: {reason}",
        "Die Datenbank ließ sich nicht lesen: {reason}",
    ),
    "restore_failed": (
        "The backup could not be restored and the data are as before: {reason}",
        "Die Sicherung ließ sich nicht zurückspielen, die Daten sind wie zuvor: {reason}",
    ),
    "restored": (
        "Restored the backup of {made}. Start with bin/start.",
        "Die Sicherung vom {made} ist zurückgespielt. Starten Sie mit bin/start.",
    ),
}


class RefusalError(Exception):
    """A reason not to go on, as one sentence for the person at the terminal."""

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        super().__init__(say(key, **values))


def language() -> str:
    """Return ``de`` when the terminal is German, else ``en``."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "de" if value.lower().startswith("de") else "en"
    return "en"


def say(key: str, **values: object) -> str:
    """Return the sentence in the terminal's language."""
    english, german = WORDS[key]
    return (german if language() == "de" else english).format(**values)
