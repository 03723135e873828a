from django.apps import AppConfig


class InstallationConfig(AppConfig):
    name = "lianfang.installation"

    def ready(self) -> None:
        from lianfang.installation import checks  # noqa: F401  (registers the system checks)
