"""What stands in the logs, and what doesn't."""

import json
import logging
import sys

from jiedan.kernel.logs import LineFormatter

DETAIL = "new row violates a check\nDETAIL:  Failing row contains (1, 张晓月, 13812345678).\nHINT:  look"


def line_of(text: str, error: Exception | None = None) -> dict[str, str]:
    info = None
    if error is not None:
        try:
            raise error
        except type(error):
            info = sys.exc_info()
    record = logging.LogRecord("x", logging.ERROR, "", 0, text, None, info)
    found: dict[str, str] = json.loads(LineFormatter().format(record))
    return found


def test_the_row_that_a_database_refused_doesnt_reach_the_log() -> None:
    line = line_of("failed", ValueError(DETAIL))
    assert "13812345678" not in line["trace"]
    assert "DETAIL: left out" in line["trace"]
    assert "HINT:  look" in line["trace"]
    assert "13812345678" not in line_of(DETAIL)["text"]


def test_the_address_of_a_customers_page_doesnt_reach_the_log() -> None:
    token = "XRakvJuSkuiP2UUikoid6EsLVH2slW1qi5WBz-RUG6w"
    assert line_of(f"Gone: /p/{token}/files/ab/")["text"] == "Gone: /p/…/files/ab/"
    assert token not in line_of("failed", ValueError(f"GET /p/{token}/"))["trace"]


def test_a_line_break_in_a_message_makes_no_second_line() -> None:
    assert line_of("a\nb")["text"] == "a\nb"
