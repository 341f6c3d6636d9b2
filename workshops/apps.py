from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "workshops"

    def ready(self) -> None:
        """Logout and the end of a membership end open streams; both happen in an app that does not know this one."""
        from workshops.live import farewell  # noqa: PLC0415 - models exist only now

        farewell.listen()
