"""The clauses of the company's procedure (接单制度): what code, database, screens and tests refer to by id."""

from jiedan.core.clauses.care import AFTER_SALES, ORDER_DATA, SUPERVISION
from jiedan.core.clauses.catalogue import Chapter, Clause, ClauseKind, Row
from jiedan.core.clauses.orders import DELIVERING, EXECUTING, GENERAL, TAKING

CHAPTERS: dict[int, Chapter] = {
    chapter.number: chapter
    for chapter in (
        Chapter(1, "总则", "General"),
        Chapter(2, "接单流程", "Taking orders"),
        Chapter(3, "订单执行", "Executing"),
        Chapter(4, "交付", "Delivering"),
        Chapter(5, "售后服务", "After-sales"),
        Chapter(6, "订单数据管理", "Order data"),
        Chapter(7, "监督与考核", "Supervision and assessment"),
    )
}

ROWS: tuple[Row, ...] = (*GENERAL, *TAKING, *EXECUTING, *DELIVERING, *AFTER_SALES, *ORDER_DATA, *SUPERVISION)

__all__ = ["CHAPTERS", "ROWS", "Chapter", "Clause", "ClauseKind", "Row"]
