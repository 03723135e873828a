"""The password hasher.

Argon2id with 19 MiB, two passes and one lane (OWASP Password Storage Cheat Sheet, 2024).
Django's default of 100 MiB would let a hundred log-ins at 11:55 fill the machine.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class LeanArgon2PasswordHasher(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
