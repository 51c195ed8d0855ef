"""What the load generator sends is signed as other people's programs sign and verify."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from standardwebhooks import Webhook

from bench import load
from bench.pushes import Target, facts, request, webhook_body, webhook_headers, yanxuan_form
from jiedan.connectors import kaola

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTORS = Path(kaola.__file__).parent / "tests" / "data" / "netease_vectors.json"
AT = datetime(2023, 1, 19, 0, 13, 51, tzinfo=UTC)


def test_the_published_vector_of_standard_webhooks_comes_out() -> None:
    headers = webhook_headers(SECRET, "m1", b"{}", AT)
    assert headers["webhook-timestamp"] == "1674087231"
    assert headers["webhook-signature"] == "v1,wgLG/TdXj1DZN2S5hbAbIJwyadlDLWVV79cM3jxKrAw="


def test_the_package_standardwebhooks_verifies_a_rendered_push() -> None:
    body = webhook_body(facts(7))
    headers = webhook_headers(SECRET, "m7", body, datetime.now(UTC))
    assert Webhook(SECRET).verify(body.decode(), headers)["data"]["external_id"] == "P000000007"


def test_the_vectors_of_other_peoples_yanxuan_clients_come_out() -> None:
    data = json.loads(VECTORS.read_text())
    channel = data["yanxuan_channel"]
    target = Target("yanxuan", 1, "/", channel["secret"], channel["common"]["appKey"])
    signed = {}
    for vector in channel["vectors"]:
        given = {name: value for name, value in vector["params"].items() if name != "method"}
        at = datetime(2018, 4, 25, 2, 0, tzinfo=UTC)
        signed[vector["id"]] = yanxuan_form(target, vector["params"]["method"], at, **given)["sign"]
    assert signed == {vector["id"]: vector["sign"] for vector in channel["vectors"]}


def test_an_order_is_the_same_each_time_and_its_lines_make_its_total() -> None:
    first, again = facts(3, at=AT), facts(3, at=AT)
    assert first == again
    assert sum(line["quantity"] * line["price"] for line in first["lines"]) == first["total"]


class _Platform(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        order = json.loads(parse_qs(body.decode())["order"][0])
        number = int(order["orderId"][1:])
        if number == 13:
            self.close_connection = True
            return
        answer = json.dumps({"code": 400 if number == 12 else 200}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_unused: object) -> None:
        pass


def test_the_generator_counts_what_was_promised_refused_and_dropped() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Platform)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    target = Target("yanxuan", server.server_port, "/connect/yanxuan/x", "s", "k")
    report = load.run(load.Plan(target, first=10, count=20, connections=4))
    server.shutdown()
    server.server_close()
    assert report.acknowledged == [10, 11, *range(14, 30)]
    assert (report.dropped, report.by_status) == (1, {"200": 19})
    assert report.refusals == ['200 {"code": 400}']


def test_a_bulk_request_holds_as_many_orders_as_asked() -> None:
    data = request(Target("bulk", 1, "/api/v1/orders/bulk", token="t"), 2, AT, size=3)
    head, _gap, body = data.partition(b"\r\n\r\n")
    assert b"Authorization: Bearer t" in head
    assert [order["external_id"] for order in json.loads(body)["orders"]] == ["P000000006", "P000000007", "P000000008"]
