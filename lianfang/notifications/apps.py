from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "lianfang.notifications"
