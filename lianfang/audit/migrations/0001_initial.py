from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=12)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_label", models.CharField(max_length=80)),
                ("verb", models.CharField(max_length=80)),
                ("subject", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField(null=True)),
                ("concerns", models.BigIntegerField(null=True)),
                ("detail", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("concerns__isnull", False)),
                        fields=["concerns", "-at"],
                        name="audit_by_person",
                    ),
                    models.Index(fields=["subject", "subject_id"], name="audit_by_subject"),
                ],
            },
        ),
    ]
