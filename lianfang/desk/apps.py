from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "lianfang.desk"
