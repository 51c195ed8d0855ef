"""`jiedan simulate`: platforms played over real HTTP, right and wrong."""

# ruff: noqa: PLC0415 - each command loads only what it needs
import json
import sys

import click


@click.group()
def simulate() -> None:
    """Play a platform over real HTTP."""


@simulate.command("kaola")
@click.option("--port", default=8001, show_default=True)
@click.option("--orders", default=40, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--rate", default=4.0, show_default=True, help="New orders a minute.")
@click.option("--faults", is_flag=True, help="Answer wrongly now and then.")
def simulate_kaola(port: int, orders: int, seed: int, rate: float, faults: bool) -> None:
    """Kaola's open platform with believable orders."""
    from jiedan.connectors.kaola import simulator

    simulator.serve(port=port, orders=orders, seed=seed, rate=rate, faults=faults)


@simulate.command("yanxuan")
@click.option("--port", default=8002, show_default=True, help="Where callbacks are received.")
@click.option("--orders", default=40, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--faults", is_flag=True, help="Go wrong with every fourth order.")
@click.option("--target", default="http://127.0.0.1:8000/connect/yanxuan/demo", show_default=True)
@click.option("--app-key", default="demo-yanxuan-key", show_default=True)
@click.option("--secret", default="demo-yanxuan-secret", help="The demo's by default.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 200), help="Orders pushed at a time.")
@click.option("--once", is_flag=True, help="End when all orders are pushed; exit code 1 if one wasn't acknowledged.")
@click.option("--log", default=None, type=click.Path(dir_okay=False), help="A file for what was done, a line an order.")
def simulate_yanxuan(
    port: int,
    orders: int,
    seed: int,
    faults: bool,
    target: str,
    app_key: str,
    secret: str,
    threads: int,
    once: bool,
    log: str | None,
) -> None:
    """A distributor of a Yanxuan channel that pushes believable orders to us and is called back."""
    from pathlib import Path

    from jiedan.connectors.yanxuan import simulator

    distributor = simulator.Distributor(target, app_key, secret, seed=seed, faults=faults)
    sys.exit(0 if simulator.serve(distributor, port, orders, threads, once, Path(log) if log else None) else 1)


@simulate.command("webhook")
@click.option("--orders", default=40, show_default=True)
@click.option("--listings", default=0, show_default=True, help="Listings to post besides.")
@click.option("--seed", default=1, show_default=True)
@click.option("--faults", is_flag=True, help="Go wrong with every fourth order.")
@click.option("--target", default="http://127.0.0.1:8000/connect/webhook/own", show_default=True)
@click.option("--secret", default=None, help="The demo's by default.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 200), help="Orders sent at a time.")
@click.option("--log", default=None, type=click.Path(dir_okay=False), help="A file for what was done, a line an order.")
def simulate_webhook(
    orders: int,
    listings: int,
    seed: int,
    faults: bool,
    target: str,
    secret: str | None,
    threads: int,
    log: str | None,
) -> None:
    """A shop that sends believable orders (and listings) as Standard Webhooks; exit code 1 if one wasn't acknowledged."""
    from datetime import timedelta
    from pathlib import Path

    from jiedan.connectors.webhook import sender, square
    from jiedan.connectors.webhook.generator import make_orders
    from jiedan.core import clock

    shop = sender.Sender(target, secret or sender.SECRET, seed=seed, faults=faults)
    shop.push(make_orders(orders, seed, clock.now() - timedelta(minutes=1)), threads)
    if listings:
        shop.plan = square.plan
        shop.push(square.make_listings(listings, seed, clock.now() - timedelta(minutes=1)), threads)
    found = shop.account()
    click.echo(json.dumps(found, ensure_ascii=False))
    if log:
        Path(log).write_text("".join(f"{line}\n" for line in shop.lines()), encoding="utf-8")
    sys.exit(0 if found["orders"] == found["acknowledged"] else 1)
