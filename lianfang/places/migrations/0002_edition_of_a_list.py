"""The day of an edition: of lists by day their last day, of named periods the day they came in."""

import datetime

from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import TruncDate


def date_editions(apps, schema_editor):
    lists = apps.get_model("places", "AreaImport").objects
    lists.filter(layout="BY_DAY").update(as_of_on=F("last_day"))
    lists.exclude(layout="BY_DAY").update(
        as_of_on=TruncDate("imported_at", tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
    )


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="areaimport",
            name="as_of_on",
            field=models.DateField(default=datetime.date(2020, 1, 1)),
            preserve_default=False,
        ),
        migrations.RunPython(date_editions, migrations.RunPython.noop),
    ]
