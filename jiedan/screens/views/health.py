"""/healthz (alive), /readyz (fit for work), /metrics (Prometheus)."""

import json

from django.http import HttpRequest, HttpResponse

from jiedan.core import clock
from jiedan.kernel import health


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """Whether work can be taken on: the database writes, is migrated, a worker lives, nothing piles up."""
    problems = health.readiness(clock.now())
    body = json.dumps({"ready": not problems, "problems": problems}, ensure_ascii=False)
    return HttpResponse(body, status=503 if problems else 200, content_type="application/json")


def metrics(_request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus (text format 0.0.4)."""
    lines = [f"jiedan_{name} {value}" for name, value in health.figures(clock.now()).items()]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
