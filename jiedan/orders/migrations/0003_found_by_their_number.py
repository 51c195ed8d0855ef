"""Unique indexes begin with what tells rows apart.

Looked up many at once, an index that begins with the platform was read for all orders of a shop until the database had
analysed the table.
"""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """The same constraints over the same columns, the other way round."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("orders", "0002_source_at")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.RemoveConstraint(model_name="order", name="one_order_per_external_id"),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                fields=["external_id", "shop", "channel"],
                condition=models.Q(("external_id", ""), _negated=True),
                name="one_order_per_external_id",
            ),
        ),
        migrations.RemoveConstraint(model_name="customer", name="customer_once_per_channel"),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(fields=["account_index", "channel"], name="customer_once_per_channel"),
        ),
    ]
