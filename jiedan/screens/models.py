"""Views of the lists that people have named."""

from typing import ClassVar

from django.db import models

from jiedan.people.models import Staff


class SavedView(models.Model):
    """A named set of filters; a shared one is offered to everybody of the owner's department."""

    owner = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="saved_views")
    of = models.CharField(max_length=10, default="orders")
    """The list that it narrows: "orders" or "listings"."""
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=400, blank=True)
    is_shared = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "of", "name"], name="view_name_once_per_person"),
        ]

    def __str__(self) -> str:
        return self.name
