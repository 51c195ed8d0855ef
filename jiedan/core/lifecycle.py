"""The small lifecycles of the subjects: which stages there are, which one is first, which are final.

How a stage leads to the next is declared by the actions (`when`, `to`), so it is written once; the diagrams in
docs/derived are drawn from them.
"""

from dataclasses import dataclass
from enum import StrEnum


class OrderStage(StrEnum):
    """Where an order stands in the procedure."""

    UNROUTED = "unrouted"
    ROUTED = "routed"
    CANCELLING = "cancelling"
    ACCEPTED = "accepted"
    DECIDING = "deciding"
    NEGOTIATING = "negotiating"
    AGREED = "agreed"
    SIGNED = "signed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"


FROZEN = frozenset({OrderStage.AGREED, OrderStage.SIGNED, OrderStage.CONFIRMED})
"""The terms are agreed: what a platform says otherwise is told and never taken over (clause 1.3.2)."""

AFTER_ACCEPTANCE = frozenset({OrderStage.ACCEPTED, OrderStage.DECIDING, OrderStage.NEGOTIATING}) | FROZEN
"""The open stages of an order that a department has taken on: customers may cancel and platforms change in each."""

ENDED = frozenset({OrderStage.DECLINED, OrderStage.CANCELLED})
"""The order is over: nothing that a platform sends changes it any more."""

LIVING = frozenset(OrderStage) - ENDED
"""The stages in which something can be due."""


class ListingStage(StrEnum):
    """Where a platform listing stands (clause 2.1.1)."""

    OPEN = "open"
    CLAIMED = "claimed"
    CONTACTED = "contacted"
    WON = "won"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"


class StaffStage(StrEnum):
    """Where a staff member stands."""

    EMPLOYED = "employed"
    SUSPENDED = "suspended"


class ConnectionStage(StrEnum):
    """Where the connection to a shop on a platform stands."""

    CONNECTED = "connected"
    PAUSED = "paused"
    CLOSED = "closed"


class MessageStage(StrEnum):
    """Where a message stands that couldn't be used (clause 2.1.2)."""

    WAITING = "waiting"
    SETTLED = "settled"
    DISCARDED = "discarded"


class ReconciliationStage(StrEnum):
    """Where the comparison of a day with the platform stands (clause 6.1.2)."""

    CLEAN = "clean"
    OPEN = "open"
    SETTLED = "settled"


class ImportStage(StrEnum):
    """Where a file of orders stands (clause 2.1.2)."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    IMPORTED = "imported"
    ABANDONED = "abandoned"


class ItemStage(StrEnum):
    """Where an item of the catalogue stands (clause 2.2.1)."""

    OFFERED = "offered"
    WITHDRAWN = "withdrawn"


class EquipmentStage(StrEnum):
    """Where a piece of equipment stands (clause 3.2.2); being out of order for some days is no stage."""

    IN_USE = "in_use"
    RETIRED = "retired"


class RuleStage(StrEnum):
    """The company's calendar and values are always in force; their versions carry the dates."""

    IN_FORCE = "in_force"


@dataclass(frozen=True)
class Lifecycle:
    """The stages of one kind of subject with their names in both languages."""

    subject: str
    titles: dict[str, tuple[str, str]]
    first: frozenset[str]
    final: frozenset[str] = frozenset()
    aside: frozenset[str] = frozenset()
    """Stages that not every subject passes; shown only when it does."""

    def title(self, stage: str, language: str) -> str:
        """The stage's name as people read it; LANGUAGE "en" or anything Chinese."""
        zh, en = self.titles[stage]
        return en if language.startswith("en") else zh


LIFECYCLES: dict[str, Lifecycle] = {
    lifecycle.subject: lifecycle
    for lifecycle in (
        Lifecycle(
            "order",
            {
                OrderStage.UNROUTED: ("待分派", "Unrouted"),
                OrderStage.ROUTED: ("待接收", "Waiting for acceptance"),
                OrderStage.CANCELLING: ("取消待确认", "Cancellation requested"),
                OrderStage.ACCEPTED: ("已接收", "Accepted"),
                OrderStage.DECIDING: ("评估待决策", "Waiting for a decision"),
                OrderStage.NEGOTIATING: ("洽谈中", "In negotiation"),
                OrderStage.AGREED: ("条款已约定", "Terms agreed"),
                OrderStage.SIGNED: ("合同已签", "Contract signed"),
                OrderStage.CONFIRMED: ("已录入", "Entered"),
                OrderStage.DECLINED: ("不承接", "Declined"),
                OrderStage.CANCELLED: ("已取消", "Cancelled"),
            },
            first=frozenset({OrderStage.UNROUTED, OrderStage.ROUTED, OrderStage.CANCELLED}),
            final=ENDED,
            aside=frozenset({OrderStage.UNROUTED, OrderStage.CANCELLING, OrderStage.SIGNED}) | ENDED,
        ),
        Lifecycle(
            "listing",
            {
                ListingStage.OPEN: ("待认领", "Open"),
                ListingStage.CLAIMED: ("已认领", "Claimed"),
                ListingStage.CONTACTED: ("已联系", "Contacted"),
                ListingStage.WON: ("已转订单", "Turned into an order"),
                ListingStage.DISMISSED: ("已放弃", "Dismissed"),
                ListingStage.LAPSED: ("已失效", "No longer there"),
            },
            first=frozenset({ListingStage.OPEN}),
            final=frozenset({ListingStage.WON, ListingStage.LAPSED}),
            aside=frozenset({ListingStage.DISMISSED, ListingStage.LAPSED}),
        ),
        Lifecycle(
            "staff",
            {
                StaffStage.EMPLOYED: ("在岗", "Employed"),
                StaffStage.SUSPENDED: ("停用", "Suspended"),
            },
            first=frozenset({StaffStage.EMPLOYED}),
            aside=frozenset({StaffStage.SUSPENDED}),
        ),
        Lifecycle(
            "connection",
            {
                ConnectionStage.CONNECTED: ("已连接", "Connected"),
                ConnectionStage.PAUSED: ("已暂停", "Paused"),
                ConnectionStage.CLOSED: ("已关闭", "Closed"),
            },
            first=frozenset({ConnectionStage.CONNECTED}),
            final=frozenset({ConnectionStage.CLOSED}),
            aside=frozenset({ConnectionStage.PAUSED, ConnectionStage.CLOSED}),
        ),
        Lifecycle(
            "message",
            {
                MessageStage.WAITING: ("待处理", "Waiting"),
                MessageStage.SETTLED: ("已解决", "Settled"),
                MessageStage.DISCARDED: ("已作废", "Discarded"),
            },
            first=frozenset({MessageStage.WAITING}),
            final=frozenset({MessageStage.SETTLED, MessageStage.DISCARDED}),
            aside=frozenset({MessageStage.DISCARDED}),
        ),
        Lifecycle(
            "reconciliation",
            {
                ReconciliationStage.CLEAN: ("一致", "Consistent"),
                ReconciliationStage.OPEN: ("有差异", "Differs"),
                ReconciliationStage.SETTLED: ("差异已处理", "Differences settled"),
            },
            first=frozenset({ReconciliationStage.CLEAN}),
            aside=frozenset(ReconciliationStage),
        ),
        Lifecycle(
            "import",
            {
                ImportStage.UPLOADED: ("已上传", "Uploaded"),
                ImportStage.CHECKING: ("检查中", "Being checked"),
                ImportStage.CHECKED: ("待确认", "Checked"),
                ImportStage.IMPORTING: ("导入中", "Being imported"),
                ImportStage.IMPORTED: ("已导入", "Imported"),
                ImportStage.ABANDONED: ("已放弃", "Abandoned"),
            },
            first=frozenset({ImportStage.UPLOADED, ImportStage.CHECKING}),
            final=frozenset({ImportStage.IMPORTED, ImportStage.ABANDONED}),
            aside=frozenset({ImportStage.ABANDONED}),
        ),
        Lifecycle(
            "item",
            {
                ItemStage.OFFERED: ("在供", "Offered"),
                ItemStage.WITHDRAWN: ("停供", "Withdrawn"),
            },
            first=frozenset({ItemStage.OFFERED}),
            aside=frozenset({ItemStage.WITHDRAWN}),
        ),
        Lifecycle(
            "equipment",
            {
                EquipmentStage.IN_USE: ("在用", "In use"),
                EquipmentStage.RETIRED: ("已报废", "Retired"),
            },
            first=frozenset({EquipmentStage.IN_USE}),
            final=frozenset({EquipmentStage.RETIRED}),
            aside=frozenset({EquipmentStage.RETIRED}),
        ),
        Lifecycle("calendar", {RuleStage.IN_FORCE: ("有效", "In force")}, first=frozenset({RuleStage.IN_FORCE})),
        Lifecycle("procedure", {RuleStage.IN_FORCE: ("有效", "In force")}, first=frozenset({RuleStage.IN_FORCE})),
    )
}
