"""Which kinds of papers a subject has on file: what a step that needs a proof asks."""

from collections.abc import Iterable

from jiedan.documents.models import Document
from jiedan.orders.models import Order
from jiedan.people.subject import Subject


def held(subject: Subject, kinds: Iterable[str]) -> frozenset[str]:
    """Those of KINDS that are on file for the subject, not withdrawn, and not altered after they were signed; only orders
    have papers.
    """
    if not isinstance(subject, Order):
        return frozenset()
    if "documents" in getattr(subject, "_prefetched_objects_cache", ()):
        # A page that shows them has read them along.
        there = {document.kind for document in subject.documents.all() if document.withdrawn_at is None}
        return frozenset(there.intersection(kinds))
    rows = Document.objects.filter(order=subject.pk, kind__in=list(kinds), withdrawn_at=None)
    return frozenset(rows.exclude(signature__state="altered").values_list("kind", flat=True))
