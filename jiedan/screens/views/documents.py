"""An order's papers: putting one on file, and taking a copy (clauses 6.2.1, 6.2.3)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from jiedan.core import clock
from jiedan.documents import filing, queries
from jiedan.documents.actions.attach_document import AttachDocument
from jiedan.documents.places import LARGEST
from jiedan.documents.transfer import Brought, InMemory, as_download, too_long
from jiedan.documents.uploads import too_large
from jiedan.kernel.action import REGISTRY
from jiedan.kernel.dispatch import authorised, dispatch
from jiedan.kernel.errors import Invalid, StepRefused
from jiedan.kernel.wording import path_of
from jiedan.orders.models import Order
from jiedan.screens.own_forms import attach_form
from jiedan.screens.views.base import actor_of, page, subject_of
from jiedan.screens.views.subjects import TEMPLATES, subject_context

ATTACH = "documents.attach_document"


@csrf_exempt
@require_POST
@page
def attach(request: HttpRequest, ref: str) -> HttpResponse:
    """Put the form's file on file. Who may do so is asked before anything of the form is read."""
    order = subject_of(request, Order, ref)
    try:
        authorised(REGISTRY[ATTACH], order, actor_of(request))
        if too_long(request):
            raise _invalid(too_large(LARGEST))
    except StepRefused as refused:
        return _again(request, order, refused)
    request.upload_handlers = [InMemory(request)]
    return _attach(request, order)


@csrf_protect
def _attach(request: HttpRequest, order: Order) -> HttpResponse:
    # Exempt above, checked here: the check reads the form, and how the form is read had to be said before.
    try:
        dispatch(ATTACH, actor_of(request), _given(request), subject=order)
    except StepRefused as refused:
        return _again(request, order, refused)
    messages.success(request, _("%(step)s: done. %(ref)s") % {"step": REGISTRY[ATTACH].title, "ref": order.ref})
    return HttpResponseRedirect(f"{path_of('order', order.ref)}#documents")


def _given(request: HttpRequest) -> AttachDocument:
    brought = request.FILES.get("file")
    if not isinstance(brought, Brought) or brought.size is None:
        raise _invalid(_("Choose a file."))
    if brought.size > LARGEST:
        raise _invalid(too_large(LARGEST))
    return AttachDocument.brought(str(request.POST.get("kind", "")), brought.name or "", brought.content)


def _invalid(sentence: str) -> Invalid:
    return Invalid({"content": [sentence]}, _("The file isn't taken."))


def _again(request: HttpRequest, order: Order, refused: StepRefused) -> HttpResponse:
    errors = refused.fields if isinstance(refused, Invalid) else {}
    # Of a request that is refused for its length nothing is read.
    kind = "" if too_long(request) or refused.status == 403 else str(request.POST.get("kind", ""))
    context = {
        "action": REGISTRY[ATTACH],
        "subject": order,
        "sentence": str(refused.sentence),
        "answered": True,
        "back": path_of("order", order.ref),
        **attach_form({"kind": kind}, errors),
    }
    return render(request, "screens/attach_document.html", context, status=refused.status)


@page
@require_GET
def download(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """A copy of one paper; that this person took one is put down."""
    order = subject_of(request, Order, ref)
    document = queries.document_of(order, pk)
    try:
        found = filing.fetch(document, actor_of(request).staff_id or 0, "page", clock.now())
    except filing.Unavailable as gone:
        messages.error(request, str(gone))
        return render(request, TEMPLATES["order"], subject_context(request, order), status=409)
    return as_download(document, found)
