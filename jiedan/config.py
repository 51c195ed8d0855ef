"""Settings from the environment (12-factor): read once, checked at once, refused with a sentence.

Every name starts with ``JIEDAN_``; all are optional. A wrong value stops the start with the name, the value and
what is allowed.
"""

import os
import re
import secrets
import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent


class WrongSetting(ImproperlyConfigured):
    """A setting of the environment can't be used: names it, shows its value, says what is allowed."""

    def __init__(self, name: str, value: str, allowed: str) -> None:
        super().__init__(f"{name}={value!r} is not usable. Allowed: {allowed}.")


@dataclass(frozen=True)
class Config:
    """What the environment says, checked."""

    database: dict[str, Any]
    email: dict[str, Any]
    keys_dir: Path
    secret_key: str
    allowed_hosts: list[str]
    base_url: str
    portal_url: str
    mail_from: str
    language: str
    time_zone: str
    debug: bool
    log_in_with: dict[str, Any]
    api_rate: str
    behind_proxy: bool
    private_receivers: bool
    documents_dir: Path
    signing_pkcs12: Path | None
    signing_password: str
    timestamp_url: str
    virus_scanner: tuple[str, ...]

    @property
    def https(self) -> bool:
        """Whether people reach the system over TLS; cookies are marked accordingly."""
        return self.base_url.startswith("https://")


def read(env: Mapping[str, str] = os.environ) -> Config:
    """Read and check every setting. Raises WrongSetting for the first that can't be used."""
    keys_dir = Path(env.get("JIEDAN_KEYS_DIR") or ROOT / "var" / "keys")
    base_url = _base_url("JIEDAN_BASE_URL", env.get("JIEDAN_BASE_URL", "http://127.0.0.1:8000"))
    portal_url = _portal_url(env.get("JIEDAN_PORTAL_URL", ""), base_url)
    return Config(
        database=_database(env.get("JIEDAN_DATABASE_URL") or "sqlite:///var/jiedan.sqlite3"),
        email=_email(env.get("JIEDAN_EMAIL_URL") or "filemail:///var/mail"),
        keys_dir=keys_dir,
        secret_key=_secret_key(env.get("JIEDAN_SECRET_KEY"), keys_dir),
        allowed_hosts=_hosts(env.get("JIEDAN_ALLOWED_HOSTS", ""), base_url, portal_url),
        base_url=base_url,
        portal_url=portal_url,
        mail_from=_mail_from(env.get("JIEDAN_MAIL_FROM") or "接单系统 <jiedan@localhost>"),
        language=_choice(env, "JIEDAN_LANGUAGE", "zh-hans", ("zh-hans", "en")),
        time_zone=_time_zone(env.get("JIEDAN_TIME_ZONE", "Asia/Shanghai")),
        debug=_choice(env, "JIEDAN_DEBUG", "0", ("0", "1")) == "1",
        log_in_with=_providers(env),
        behind_proxy=_choice(env, "JIEDAN_BEHIND_PROXY", "0", ("0", "1")) == "1",
        private_receivers=_choice(env, "JIEDAN_PRIVATE_RECEIVERS", "0", ("0", "1")) == "1",
        api_rate=_rate(env.get("JIEDAN_API_RATE", "1200/m")),
        documents_dir=_documents_dir(env.get("JIEDAN_DOCUMENTS_DIR", "")),
        signing_pkcs12=_signing_file(env.get("JIEDAN_SIGNING_PKCS12", "")),
        signing_password=env.get("JIEDAN_SIGNING_PASSWORD", ""),
        timestamp_url=_timestamp_url(env.get("JIEDAN_TIMESTAMP_URL", "")),
        virus_scanner=_scanner(env.get("JIEDAN_VIRUS_SCANNER", "")),
    )


def _choice(env: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = env.get(name, default)
    if value not in allowed:
        raise WrongSetting(name, value, ", ".join(allowed))
    return value


def _documents_dir(value: str) -> Path:
    path = ROOT / (value or "var/documents")
    nearest = next(folder for folder in (path, *path.parents) if folder.exists())
    public = ROOT / "var" / "static"
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK) or path.is_relative_to(public):
        raise WrongSetting("JIEDAN_DOCUMENTS_DIR", value, f"a folder that can be written, and not inside {public}")
    return path


def _signing_file(value: str) -> Path | None:
    if value and not os.access(ROOT / value, os.R_OK):
        raise WrongSetting("JIEDAN_SIGNING_PKCS12", value, "a PKCS#12 file (.p12, .pfx) that can be read")
    return ROOT / value if value else None


def _timestamp_url(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise WrongSetting("JIEDAN_TIMESTAMP_URL", value, "the http(s):// address of an RFC 3161 time-stamp authority")
    return value


def _scanner(value: str) -> tuple[str, ...]:
    words = tuple(shlex.split(value))
    if words and shutil.which(words[0]) is None:
        raise WrongSetting("JIEDAN_VIRUS_SCANNER", value, "a command that reads a file from its standard input")
    return words


def _rate(value: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,8}/[smh]", value):
        raise WrongSetting("JIEDAN_API_RATE", value, "requests of one token a second, minute or hour, e.g. 1200/m")
    return value


def _providers(env: Mapping[str, str]) -> dict[str, Any]:
    """DingTalk, Feishu and OpenID Connect: each is offered when its client and secret are given."""
    found: dict[str, Any] = {}
    for name in ("DINGTALK", "FEISHU", "OIDC"):
        client, secret = env.get(f"JIEDAN_{name}_CLIENT", ""), env.get(f"JIEDAN_{name}_SECRET", "")
        if bool(client) != bool(secret):
            raise WrongSetting(f"JIEDAN_{name}_CLIENT", client, f"set together with JIEDAN_{name}_SECRET, or neither")
        if not client:
            continue
        app: dict[str, Any] = {"client_id": client, "secret": secret}
        if name == "OIDC":
            address = env.get("JIEDAN_OIDC_URL", "")
            if not address.startswith("https://"):
                raise WrongSetting("JIEDAN_OIDC_URL", address, "the https:// address of the identity provider")
            app |= {"provider_id": "oidc", "name": "OIDC", "settings": {"server_url": address}}
        found[{"OIDC": "openid_connect"}.get(name, name.lower())] = {"APPS": [app]}
    return found


def _database(url: str) -> dict[str, Any]:
    name = "JIEDAN_DATABASE_URL"
    allowed = "sqlite:///relative/path, sqlite:////absolute/path or postgresql://user:password@host:port/name"
    shown = _without_password(url)
    if not url.startswith(("sqlite:///", "postgres://", "postgresql://")):
        raise WrongSetting(name, shown, allowed)
    try:
        found: dict[str, Any] = dict(environ.Env.db_url_config(url))  # type: ignore[no-untyped-call] # environ is untyped
    except (ValueError, KeyError) as error:
        raise WrongSetting(name, shown, allowed) from error
    if not found.get("NAME"):
        raise WrongSetting(name, shown, allowed)
    return _sqlite(found) if url.startswith("sqlite") else _postgresql(found)


def _sqlite(found: dict[str, Any]) -> dict[str, Any]:
    path = str(found["NAME"])
    if path != ":memory:":
        found["NAME"] = str(ROOT / path)
        Path(found["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    found["ENGINE"] = "django.db.backends.sqlite3"
    found["OPTIONS"] = {
        "timeout": 20,
        # A deferred transaction that turns into a writer fails at once when another wrote in between.
        "transaction_mode": "IMMEDIATE",
        # FULL: with NORMAL, commits that were acknowledged are lost when the power goes. The log is taken over into the
        # file every 4000 pages (16 MB), not 1000: in a flood of orders most pages are written again soon.
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-20000;PRAGMA wal_autocheckpoint=4000;",
    }
    return found


def _postgresql(found: dict[str, Any]) -> dict[str, Any]:
    found["ENGINE"] = "django.db.backends.postgresql"
    found["CONN_MAX_AGE"] = 600
    found["CONN_HEALTH_CHECKS"] = True
    found.setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
    return found


def _without_password(url: str) -> str:
    try:
        password = urlsplit(url).password
    except ValueError:
        return "(unreadable)"
    return url.replace(f":{password}@", ":***@") if password else url


def _email(url: str) -> dict[str, Any]:
    allowed = (
        "smtp://user:password@host:port, smtp+tls://…, smtp+ssl://…, consolemail:// or filemail:////absolute/folder"
    )
    try:
        found: dict[str, Any] = dict(environ.Env.email_url_config(url))  # type: ignore[no-untyped-call] # environ is untyped
    except (ValueError, KeyError) as error:
        raise WrongSetting("JIEDAN_EMAIL_URL", _without_password(url), allowed) from error
    if url.startswith("filemail:///var/mail"):
        found["EMAIL_FILE_PATH"] = str(ROOT / "var" / "mail")
    return found


def _mail_from(value: str) -> str:
    allowed = "an e-mail address, or a name with one: 云栖贸易 <orders@example.com>"
    name, address = parseaddr(value)
    if not value.isprintable() or not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", address):
        raise WrongSetting("JIEDAN_MAIL_FROM", value, allowed)
    if value.strip() not in (address, f"{name} <{address}>", f'"{name}" <{address}>'):
        raise WrongSetting("JIEDAN_MAIL_FROM", value, allowed)
    return value.strip()


def _base_url(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise WrongSetting(name, value, "http(s)://host[:port] without a path")
    return value.rstrip("/")


def _portal_url(value: str, base_url: str) -> str:
    """Where customers' links lead: a host of its own (S-28), or the one address for everything."""
    if not value:
        return base_url
    staff, portal = urlsplit(base_url), urlsplit(_base_url("JIEDAN_PORTAL_URL", value))
    # Cookies know hosts, not ports, and whether they are Secure is one setting for both.
    if portal.hostname == staff.hostname or portal.scheme != staff.scheme:
        allowed = f"{staff.scheme}://host[:port] with a host name other than {staff.hostname}, which is the staff's"
        raise WrongSetting("JIEDAN_PORTAL_URL", value, allowed)
    return value.rstrip("/")


def _hosts(value: str, base_url: str, portal_url: str) -> list[str]:
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if any("/" in host or " " in host for host in hosts):
        raise WrongSetting("JIEDAN_ALLOWED_HOSTS", value, "host names separated by commas, without scheme or path")
    own = dict.fromkeys((str(urlsplit(base_url).hostname), str(urlsplit(portal_url).hostname)))
    return [*hosts, *own, "127.0.0.1", "localhost"]


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise WrongSetting("JIEDAN_TIME_ZONE", value, "a name of the IANA time zone database") from error
    return value


def _secret_key(value: str | None, keys_dir: Path) -> str:
    if value is None:
        return key_file(keys_dir, "secret", lambda: secrets.token_urlsafe(64))
    if len(value) < 50 or len(set(value)) < 5:
        raise WrongSetting("JIEDAN_SECRET_KEY", "(hidden)", "at least 50 characters, random")
    return value


def key_file(folder: Path, name: str, make: Callable[[], str]) -> str:
    """Read the key NAME of FOLDER; make it on first use, readable for its owner alone (mode 600)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}.key"
    if not path.exists():
        _write_once(path, make())
    if path.stat().st_mode & 0o077:
        raise WrongSetting("JIEDAN_KEYS_DIR", str(path), "key files that only their owner can read (chmod 600)")
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, text: str) -> None:
    # Written beside and linked into place: of two processes starting together one wins and both read the same key.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
