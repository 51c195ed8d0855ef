"""Files from outside, before they are taken in: name, size, type, content, quota, virus scanner (S-38 to S-45)."""

import json
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from jiedan.documents import signing
from jiedan.documents.places import EXTENSIONS, PDF, PLACES, PROOFS

_SECONDS: Final = 15
_NAME_LENGTH: Final = 120
_HIDDEN: Final = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


class BadFile(ValueError):
    """A file that isn't taken: the sentence says why and what would help."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: its cleaned name, its type, the bytes to keep and what its signatures say."""

    name: str
    media_type: str
    content: bytes
    signature: signing.Verdict


def check(kind: str, name: str, content: bytes) -> Checked:
    """The file as it may be kept for KIND of paper. Raises BadFile; nothing of it is parsed in this process before."""
    place = PLACES.get(kind)
    if place is None:
        raise BadFile(_("Papers of this kind are made by the system; choose another kind."))
    cleaned = clean(name)
    extension = cleaned.rpartition(".")[2].lower()
    if extension not in place.extensions:
        raise BadFile(
            _("Files like “%(name)s” aren't taken here. Allowed: %(allowed)s; save it as PDF if in doubt.")
            % {"name": cleaned, "allowed": ", ".join(place.extensions)}
        )
    if not content:
        raise BadFile(_("The file is empty. Choose it once more."))
    if len(content) > place.largest:
        raise BadFile(too_large(place.largest))
    media_type = EXTENSIONS[extension]
    _scan(content)
    kept = _opened(media_type, content)
    found = signing.verify(kept) if media_type == PDF else signing.Verdict()
    if kind in PROOFS and found.state == "altered":
        raise BadFile(
            _(
                "This PDF was changed after it was signed, or its signature doesn't hold, so it proves nothing. Ask the signer for the file as it was signed."
            )
        )
    return Checked(cleaned, media_type, kept, found)


def too_large(largest: int) -> str:
    """The sentence about a file above the limit."""
    return _("The file is larger than %(largest)s. Make it smaller, or split it.") % {
        "largest": filesizeformat(largest)
    }


def clean(name: str) -> str:
    """A file's name without folders, invisible signs and signs that turn the text around; never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign) not in _HIDDEN)
    stem, dot, extension = shown.strip(" .").rpartition(".")
    kept = stem[: _NAME_LENGTH - len(extension) - 1] + dot + extension
    return kept[:_NAME_LENGTH] or "file"


def _opened(media_type: str, content: bytes) -> bytes:
    """What the probe, a program of its own, gives back. Raises BadFile."""
    command = [sys.executable, "-I", "-m", "jiedan.documents.probe", media_type]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=_SECONDS, check=False, env={}, cwd="/"
        )
    except subprocess.TimeoutExpired as error:
        raise BadFile(_SENTENCES["too_much_inside"]()) from error
    head, _newline, kept = done.stdout.partition(b"\n")
    try:
        said = json.loads(head)
    except ValueError as error:
        # It was stopped by its limits before it could say anything.
        raise BadFile(_SENTENCES["too_much_inside"]()) from error
    if "refused" in said:
        raise BadFile(_SENTENCES[said["refused"]]() % {"about": said["about"]})
    if done.returncode != 0 or len(kept) != said["size"]:
        raise BadFile(_SENTENCES["cannot_be_opened"]())
    return kept


def _scan(content: bytes) -> None:
    """Ask the virus scanner, where one is set up; no answer counts as no (S-44). Raises BadFile."""
    if not settings.VIRUS_SCANNER:
        return
    try:
        done = subprocess.run([*settings.VIRUS_SCANNER], input=content, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BadFile(
            _("The virus scanner doesn't answer, so nothing is taken. Try again later, or tell the administrator.")
        ) from error
    if done.returncode == 1:
        raise BadFile(_("The virus scanner found something in this file. Ask its sender for a clean one."))
    if done.returncode != 0:
        raise BadFile(
            _("The virus scanner doesn't answer, so nothing is taken. Try again later, or tell the administrator.")
        )


_SENTENCES: dict[str, Callable[[], str]] = {
    "not_what_it_says": lambda: _(
        "The content isn't what the file's name says. Open it with its program and save it anew in the right format."
    ),
    "cannot_be_opened": lambda: _("The file can't be opened: it is damaged or incomplete. Save or scan it once more."),
    "too_many_pixels": lambda: _(
        "The picture is too large %(about)s. Reduce it to at most 25 million pixels, e.g. 5000 × 5000."
    ),
    "moving_picture": lambda: _("The picture has more than one frame. Save it as a still picture."),
    "locked": lambda: _("The file is protected by a password. Save it without one."),
    "too_much_inside": lambda: _(
        "The file unfolds to more than can be opened safely. Save it as a plain PDF, or split it."
    ),
    "does_things": lambda: _(
        "The file contains scripts, attachments or links that act by themselves. Print it to PDF and use that."
    ),
    "bad_names_inside": lambda: _(
        "The archive inside the file has names that lead out of it or come twice. Save it anew with an office program."
    ),
    "more_behind": lambda: _("Behind the end of the PDF there is something else. Print it to PDF and use that."),
}
