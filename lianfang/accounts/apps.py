from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lianfang.accounts"

    def ready(self) -> None:
        """Django's table of permissions is not filled: who may see what is asked of `access.py`.

        Filling it costs more than everything else after a migration, and after every test.
        """
        from django.contrib.auth.management import create_permissions
        from django.contrib.contenttypes.management import create_contenttypes
        from django.db.models.signals import post_migrate

        post_migrate.disconnect(
            create_permissions, dispatch_uid="django.contrib.auth.management.create_permissions"
        )
        post_migrate.disconnect(create_contenttypes)
