"""The room `orders` as a Django application."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "jiedan.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"
