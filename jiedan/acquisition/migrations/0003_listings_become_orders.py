"""A listing knows the order that it became."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The order, and the stage that says so."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("acquisition", "0002_changes_and_early_cancels"),
        ("orders", "0003_found_by_their_number"),
    ]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.AddField(
            model_name="listing",
            name="order",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="listing", to="orders.order"
            ),
        ),
        migrations.RemoveConstraint(model_name="listing", name="listing_stage_known"),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage__in", ["open", "claimed", "contacted", "won", "dismissed"])),
                name="listing_stage_known",
            ),
        ),
    ]
