"""The catalogue as a table, pasted or in a file: checked row by row, taken over by steps, and written out (clause 2.2.1)."""

from collections import Counter
from collections.abc import Callable
from io import BytesIO

import xlsxwriter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiedan.kernel.errors import Invalid
from jiedan.kernel.offers import births
from jiedan.resources.importing import taken_over
from jiedan.resources.table import COLUMNS, WRONG, Row, checked, title_of, written
from jiedan.screens.views.base import actor_of, page

ENCODINGS = ("utf-8-sig", "gb18030")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page
def table_page(request: HttpRequest) -> HttpResponse:
    """The table's form; what was pasted is checked, and taken over when nothing is wrong with it."""
    actor = actor_of(request)
    if not births(actor, "item"):
        return render(request, "403.html", status=403)
    if request.method != "POST":
        return _shown(request, "", [], "")
    text = request.POST.get("table", "")
    try:
        text = _brought(request)
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


@page
def catalogue_file(request: HttpRequest) -> HttpResponse:
    """The catalogue as a workbook with the columns that the form takes, to be changed there and brought again."""
    actor = actor_of(request)
    if not births(actor, "item"):
        return render(request, "403.html", status=403)
    content = BytesIO()
    # Whatever a cell begins with, it is text.
    with xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("目录")
        for number, row in enumerate(written(actor)):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
        sheet.freeze_panes(1, 1)
        sheet.autofit()
    answer = HttpResponse(content.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="catalogue.xlsx"'
    return answer


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return str(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    return str(content.decode("utf-8", "replace"))


READERS: dict[str, Callable[[bytes], str]] = {"file": _decoded}
"""How a file becomes the text of a table; the room that reads workbooks puts its own here. Raises Invalid."""


def _brought(request: HttpRequest) -> str:
    """The file as text, or what was pasted. Raises Invalid."""
    file = request.FILES.get("file")
    return request.POST.get("table", "") if file is None else READERS["file"](file.read())


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
