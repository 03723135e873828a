"""Accounts. A person has at most one; an administrator may have one without being a person."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from lianfang.kernel.actors import Actor
from lianfang.roster.models import Person


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(login=username)


class Account(AbstractBaseUser):
    """`login` is the student or staff number, or a name chosen for an administrator.

    `is_operator` runs the installation (rosters, lists, posts) and sees no health answers.
    """

    login = models.CharField(max_length=32, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True)
    is_operator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    language = models.CharField(max_length=8, blank=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountManager] = AccountManager()

    def __str__(self) -> str:
        return f"{self.login} (account {self.pk})"

    @property
    def actor(self) -> Actor:
        if self.person is not None:
            return Actor("PERSON", self.person.pk, self.person.name)
        return Actor("OPERATOR", self.pk, self.login)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False  # Django's permissions are not used; see each room's access.py

    def has_module_perms(self, app_label: str) -> bool:
        return False


class ActivationCode(models.Model):
    """A one-time code for the first visit: random, short-lived, kept as a hash only."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="activation_codes")
    code_index = models.CharField(max_length=32)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    sent_by_channel = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            # the codes of a person that may still be used
            models.Index(
                fields=["person"],
                name="accounts_open_codes",
                condition=models.Q(used_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"activation of {self.person_id} (code {self.pk})"
