from django.apps import AppConfig


class TouchpointsConfig(AppConfig):
    name = "touchpoints"

    def ready(self) -> None:
        """A department goes in an app that does not know this one; its touchpoints follow, and remember it."""
        from accounts.services.departments import FOLLOWERS  # noqa: PLC0415 - models exist only now
        from touchpoints.services.departments import follow_department  # noqa: PLC0415 - as above

        FOLLOWERS.append(follow_department)
