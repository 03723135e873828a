import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AreaImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                (
                    "layout",
                    models.CharField(
                        choices=[("BY_DAY", "By Day"), ("PERIODS", "Periods")], max_length=10
                    ),
                ),
                ("rule", models.CharField(blank=True, max_length=40)),
                ("source", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("as_of_on", models.DateField()),
                ("imported_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DesignatedHospital",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("province_code", models.CharField(max_length=6)),
                ("city_code", models.CharField(blank=True, max_length=6)),
                ("county_code", models.CharField(blank=True, max_length=6)),
                ("county_name", models.CharField(blank=True, max_length=40)),
                ("name", models.CharField(max_length=100)),
                ("kind", models.CharField(blank=True, max_length=60)),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("listed_on", models.DateField()),
                ("delisted_on", models.DateField(null=True)),
                ("source", models.CharField(max_length=300)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["province_code", "city_code", "county_code"],
                        name="places_hospital_near",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("delisted_on__isnull", True)),
                        fields=("province_code", "city_code", "county_name", "name", "kind"),
                        name="places_one_open_entry_of_a_hospital",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("delisted_on__isnull", True),
                            ("delisted_on__gt", models.F("listed_on")),
                            _connector="OR",
                        ),
                        name="places_hospital_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("area_code", models.CharField(max_length=6)),
                ("name", models.CharField(max_length=60)),
                ("level", models.CharField(blank=True, max_length=20)),
                ("listed_on", models.DateField()),
                ("delisted_on", models.DateField(null=True)),
                ("source", models.CharField(max_length=200)),
                ("known_from_at", models.DateTimeField()),
                ("known_until_at", models.DateTimeField(null=True)),
                (
                    "came_with",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="areas",
                        to="places.areaimport",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["area_code", "listed_on"], name="places_listing_of_area"),
                    models.Index(
                        condition=models.Q(("known_until_at__isnull", True)),
                        fields=["listed_on", "delisted_on"],
                        name="places_current_listings",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_until_at__isnull", True)),
                        fields=("area_code", "listed_on"),
                        name="places_one_current_listing_from_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("delisted_on__isnull", True),
                            ("delisted_on__gt", models.F("listed_on")),
                            _connector="OR",
                        ),
                        name="places_listing_ends_after_it_begins",
                    ),
                ],
            },
        ),
    ]
