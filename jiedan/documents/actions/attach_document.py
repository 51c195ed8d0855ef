"""Somebody puts a paper on file for an order (clauses 2.3.2, 6.2.1)."""

import base64
import binascii
from typing import Annotated, Self

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StringConstraints

from jiedan.core.lifecycle import OrderStage
from jiedan.core.roles import BUSINESS
from jiedan.documents import filing, uploads
from jiedan.documents.places import PLACES
from jiedan.kernel.action import action
from jiedan.kernel.dispatch import Context
from jiedan.kernel.errors import Invalid
from jiedan.kernel.fields import lazy as gettext_lazy
from jiedan.orders.models import Order

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Encoded = Annotated[str, StringConstraints(max_length=1 << 20)]


class AttachDocument(BaseModel):
    """A paper: what it is, its file's name, and the file (base64 in JSON; forms and larger files come as multipart)."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[str, StringConstraints(max_length=40)] = Field(
        title=gettext_lazy("Kind of paper"), json_schema_extra={"enum": [*PLACES]}
    )
    name: Name = Field(title=gettext_lazy("File name"))
    content: Encoded = Field("", title=gettext_lazy("File"), json_schema_extra={"contentEncoding": "base64"})
    _checked: uploads.Checked | None = PrivateAttr(None)

    @classmethod
    def brought(cls, kind: str, name: str, content: bytes) -> Self:
        """The input for a file that came as bytes, looked at now: nothing is locked while that lasts. Raises Invalid."""
        given = cls(kind=kind[:40], name=name[-255:].strip() or "file", content="")
        given._checked = given._looked_at(content)
        return given

    def checked(self) -> uploads.Checked:
        """The file, looked at if it wasn't yet. Raises Invalid."""
        if self._checked is not None:
            return self._checked
        try:
            return self._looked_at(base64.b64decode(self.content, validate=True))
        except binascii.Error as error:
            raise _wrong(_("The content has to be base64.")) from error

    def _looked_at(self, content: bytes) -> uploads.Checked:
        try:
            return uploads.check(self.kind, self.name, content)
        except uploads.BadFile as error:
            raise _wrong(str(error)) from error


def _wrong(sentence: str) -> Invalid:
    return Invalid({"content": [sentence]}, _("The file isn't taken."))


@action(
    gettext_lazy("Attach document"),
    clause="6.2.1",
    on=Order,
    by=BUSINESS,
    when=set(OrderStage),
    private={"name", "content", "kind"},
)
def attach_document(order: Order, data: AttachDocument, ctx: Context) -> None:
    """Put a paper on file: a signed contract, the customer's approval or material. Its fingerprint goes on record."""
    try:
        filed = filing.take_in(order, data.kind, data.checked(), ctx.actor.staff_id or 0, ctx.now)
    except uploads.BadFile as error:
        raise _wrong(str(error)) from error
    ctx.note(ref=order.ref, **filed.facts(), signature=filed.signature["state"])
