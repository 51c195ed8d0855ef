"""Pasting the catalogue as a table: checked row by row, taken over by steps (clause 2.2.1)."""

from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiedan.kernel.errors import Invalid
from jiedan.kernel.offers import births
from jiedan.resources.importing import taken_over
from jiedan.resources.table import COLUMNS, WRONG, Row, checked, title_of
from jiedan.screens.views.base import actor_of, page

ENCODINGS = ("utf-8-sig", "gb18030")


@page
def table_page(request: HttpRequest) -> HttpResponse:
    """The table's form; what was pasted is checked, and taken over when nothing is wrong with it."""
    actor = actor_of(request)
    if not births(actor, "item"):
        return render(request, "403.html", status=403)
    if request.method != "POST":
        return _shown(request, "", [], "")
    text = _brought(request)
    try:
        rows = checked(text, actor)
    except Invalid as refused:
        return _shown(request, text, [], " ".join(refused.fields.get("table", [str(refused.sentence)])), 422)
    reason = request.POST.get("reason", "").strip()[:200]
    if request.POST.get("go") != "take":
        return _shown(request, text, rows, "")
    if any(row.state == WRONG for row in rows):
        return _shown(request, text, rows, _("Correct the wrong rows first; nothing was taken over."), 422)
    if not reason:
        return _shown(request, text, rows, _("Say why; the reason stands in each record."), 422)
    count = taken_over(rows, actor, reason)
    if any(row.faults for row in rows):
        sentence = _("%(n)d rows were taken over; the others say what stood in their way.") % {"n": count}
        return _shown(request, text, rows, sentence, 409)
    messages.success(request, _("%(n)d rows were taken over.") % {"n": count})
    return HttpResponseRedirect("/resources/")


def _brought(request: HttpRequest) -> str:
    """The file's text, or what was pasted."""
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("table", "")
    content = file.read()
    for encoding in ENCODINGS:
        try:
            return str(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    return str(content.decode("utf-8", "replace"))


def _shown(request: HttpRequest, text: str, rows: list[Row], sentence: str, status: int = 200) -> HttpResponse:
    counts = Counter(row.state for row in rows)
    context = {
        "text": text,
        "rows": rows,
        "counts": counts,
        "ready": bool(rows) and not counts[WRONG] and bool(counts["new"] + counts["changed"]),
        "sentence": sentence,
        "reason": request.POST.get("reason", ""),
        "columns": [(titles[0], title_of(name)) for name, titles in COLUMNS.items()],
    }
    return render(request, "resources/table.html", context, status=status)
