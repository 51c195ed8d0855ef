import django.db.models.deletion
from django.db import migrations, models

import jiedan.core.lifecycle


def _carry_over(apps, _schema_editor):
    """Codes for the connections that exist; those that were switched off are paused."""
    for account in apps.get_model("connectors", "Account").objects.all():
        account.code = f"{account.platform}-{account.shop}".lower()[:30] + f"-{account.pk}"
        account.stage = "connected" if account.is_active else "paused"
        account.save(update_fields=["code", "stage"])


class Migration(migrations.Migration):
    dependencies = [
        ("connectors", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(blank=True, max_length=128)),
                ("kind", models.CharField(max_length=60)),
                ("digest", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField()),
                ("outcome", models.CharField(max_length=12)),
                ("reason", models.TextField(blank=True)),
                ("sealed", models.BinaryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Quarantined",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(editable=False, max_length=24)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("seq", models.PositiveIntegerField(default=0, editable=False)),
                ("head", models.CharField(default="", editable=False, max_length=64)),
                ("due_at", models.DateTimeField(editable=False, null=True)),
                ("channel", models.CharField(max_length=20)),
                ("kind", models.CharField(blank=True, max_length=60)),
                ("external_id", models.CharField(blank=True, max_length=128)),
                ("cause", models.CharField(max_length=40)),
                ("reason_zh", models.TextField()),
                ("reason_en", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("sealed", models.BinaryField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="callbacks",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="account",
            name="code",
            field=models.CharField(default="", max_length=40),
        ),
        migrations.AddField(
            model_name="account",
            name="due_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="head",
            field=models.CharField(default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="account",
            name="seq",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="account",
            name="stage",
            field=models.CharField(default="connected", editable=False, max_length=24),
            preserve_default=False,
        ),
        migrations.RunPython(_carry_over, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="account",
            name="code",
            field=models.SlugField(max_length=40, unique=True),
        ),
        migrations.RemoveField(
            model_name="account",
            name="is_active",
        ),
        migrations.AddField(
            model_name="account",
            name="test_result",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="account",
            name="tested_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="version",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="account",
            name="address",
            field=models.URLField(blank=True, max_length=300),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "stage__in",
                        [
                            jiedan.core.lifecycle.ConnectionStage["CONNECTED"],
                            jiedan.core.lifecycle.ConnectionStage["PAUSED"],
                            jiedan.core.lifecycle.ConnectionStage["CLOSED"],
                        ],
                    )
                ),
                name="connection_stage_known",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="connectors.account"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="key",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.datakey"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="order",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
            ),
        ),
        migrations.AddField(
            model_name="quarantined",
            name="account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="quarantined",
                to="connectors.account",
            ),
        ),
        migrations.AddField(
            model_name="quarantined",
            name="key",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.datakey"),
        ),
        migrations.DeleteModel(
            name="Unusable",
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("account"), models.OrderBy(models.F("received_at"), descending=True), name="message_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["order"], name="message_order"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("message_id", ""), _negated=True),
                fields=("account", "message_id"),
                name="message_once_per_account",
            ),
        ),
        migrations.AddIndex(
            model_name="quarantined",
            index=models.Index(
                condition=models.Q(("stage", "waiting")), fields=["account", "external_id"], name="quarantined_open"
            ),
        ),
        migrations.AddIndex(
            model_name="quarantined",
            index=models.Index(
                condition=models.Q(("stage", "waiting")), fields=["cause", "last_at"], name="quarantined_cause"
            ),
        ),
        migrations.AddConstraint(
            model_name="quarantined",
            constraint=models.UniqueConstraint(fields=("channel", "digest", "cause"), name="quarantined_once"),
        ),
        migrations.AddConstraint(
            model_name="quarantined",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "stage__in",
                        [
                            jiedan.core.lifecycle.MessageStage["WAITING"],
                            jiedan.core.lifecycle.MessageStage["SETTLED"],
                            jiedan.core.lifecycle.MessageStage["DISCARDED"],
                        ],
                    )
                ),
                name="message_stage_known",
            ),
        ),
    ]
