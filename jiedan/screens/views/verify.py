"""/verify/: whether a paper was made here and is still as it was made. For everybody, and about nothing else (2.3.2)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from jiedan.documents import certificates, filing, places
from jiedan.documents.models import Document
from jiedan.documents.transfer import Brought, InMemory, too_long
from jiedan.documents.uploads import too_large
from jiedan.people.addresses import too_often

TIMES, SECONDS = 30, 60
"""How often one address may ask."""
CODE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Told:
    """What a stranger is told of a paper: what kind it is, when it was made, and whether it holds."""

    good: bool
    sentence: str
    kind: str = ""
    made_at: datetime | None = None


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """The page: a code leads to a paper, a file is held against all of them."""
    if too_often(request, "verify", TIMES, SECONDS):
        response = render(request, "screens/verify_busy.html", status=429)
        response["Retry-After"] = str(SECONDS)
        return response
    if request.method != "POST":
        return _page(request, code, _of_code(code) if code else None, 200)
    if too_long(request):
        return _page(request, code, Told(False, too_large(places.LARGEST)), 413)
    request.upload_handlers = [InMemory(request)]
    return _compared(request, code)


@csrf_protect
def _compared(request: HttpRequest, code: str) -> HttpResponse:
    brought = request.FILES.get("file")
    if not isinstance(brought, Brought):
        typed = "".join(str(request.POST.get("code", "")).split()).upper()
        return _page(request, typed[:CODE_LENGTH], _of_code(typed), 200)
    return _page(request, code, _of_file(brought.content, code), 200)


@require_safe
def authority(_request: HttpRequest) -> HttpResponse:
    """The certificate that a reader's program has to trust for our signatures."""
    response = HttpResponse(certificates.root_pem(), content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="jiedan-ca.pem"'
    return response


def _page(request: HttpRequest, code: str, told: Told | None, status: int) -> HttpResponse:
    return render(request, "screens/verify.html", {"code": code, "told": told}, status=status)


def _of_code(code: str) -> Told:
    found = Document.objects.filter(code=code, made_here=True).first() if len(code) == CODE_LENGTH else None
    if found is None:
        return Told(False, _("No paper of this code was made here. Compare the code with the one on the paper."))
    sentence = _("A paper with this code was made here. Choose the file below to see whether yours is the same.")
    return _about(found, sentence)


def _of_file(content: bytes, code: str) -> Told:
    rows = Document.objects.select_related("key").filter(sha256=hashlib.sha256(content).hexdigest(), made_here=True)
    found = (rows.filter(code=code) if code else rows).order_by("pk").first()
    if found is None:
        return Told(False, _("This file wasn't made here, or it was altered since. Don't rely on it; ask the company."))
    if not _holds(found):
        return Told(False, _("This file was made here, but its signature doesn't hold any more. Ask the company."))
    return _about(found, _("This file was made here and hasn't been altered; its signature holds."))


def _holds(document: Document) -> bool:
    try:
        filing.content(document)
    except filing.Unavailable:
        # Erased or lost here: the fingerprint is still the one on record, and it is the file's own.
        return bool(document.signature.get("state") == "valid")
    return True


def _about(found: Document, sentence: str) -> Told:
    if found.withdrawn_at is not None:
        return Told(False, _("This paper was made here and was withdrawn later. Ask the company for the one in force."))
    return Told(True, sentence, places.title(found.kind), found.filed_at)
