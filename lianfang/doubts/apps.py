from django.apps import AppConfig


class DoubtsConfig(AppConfig):
    name = "lianfang.doubts"
