from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0003_found_by_their_number"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="order",
            name="order_stage_known",
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "stage__in",
                        [
                            "unrouted",
                            "routed",
                            "cancelling",
                            "accepted",
                            "deciding",
                            "negotiating",
                            "declined",
                            "cancelled",
                        ],
                    )
                ),
                name="order_stage_known",
            ),
        ),
    ]
