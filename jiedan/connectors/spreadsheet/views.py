"""导入: files of orders or listings, how far each is, and the file given back with what became of every row (clauses 2.1.1, 2.1.2)."""

from pathlib import PurePath

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from jiedan.connectors.spreadsheet import results, showing
from jiedan.connectors.spreadsheet.models import LISTINGS, ORDERS, Import
from jiedan.kernel.offers import births
from jiedan.orders import access
from jiedan.orders.vault import Unreadable
from jiedan.screens.views.base import actor_of, page, readable, subject_of

PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@readable("import")
def imports(request: HttpRequest) -> HttpResponse:
    """The newest files that this person may see: state, who, counts, how far."""
    actor = actor_of(request)
    rows = access.visible(actor, Import).select_related("by", "department").defer("sample").order_by("-pk")[:PAGE]
    context = {
        "rows": [{"row": row, "counts": showing.counts_of(row), "moving": row.stage in showing.MOVING} for row in rows],
        "births": births(actor, Import.KIND),
        "most": PAGE,
    }
    return render(request, "spreadsheet/imports.html", context)


@readable("import")
def progress(request: HttpRequest, ref: str) -> HttpResponse:
    """The panel of a file that is being checked or imported, asked for again and again; the whole page at the end."""
    row = subject_of(request, Import, ref)
    answer = render(request, "spreadsheet/progress.html", {"subject": row})
    if row.stage not in showing.MOVING:
        answer["HX-Refresh"] = "true"
    return answer


@readable("import")
def result(request: HttpRequest, ref: str) -> HttpResponse:
    """The file with its reasons, for whoever uploaded it: nobody else had what stands there."""
    row = subject_of(request, Import, ref)
    if row.by_id != actor_of(request).staff_id:
        return render(request, "403.html", status=403)
    try:
        with results.given_back(row, only_wrong="wrong" in request.GET) as file:
            content = file.read()
    except Unreadable as error:
        raise Http404(ref) from error
    return _download(content, f"{PurePath(row.file_name).stem}-{_('result')}.xlsx")


@page
def template(request: HttpRequest) -> HttpResponse:
    """An empty list with the columns that are understood, of orders unless listings are asked for."""
    holds = LISTINGS if request.GET.get("holds") == LISTINGS else ORDERS
    name = _("listings template") if holds == LISTINGS else _("orders template")
    with results.template(holds) as file:
        return _download(file.read(), f"{name}.xlsx")


def _download(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    headers = {"Content-Disposition": str(disposition), "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=XLSX, headers=headers)
