"""A wrong setting of this room stops the start with its name, its value and what is allowed."""

from pathlib import Path

import pytest

from jiedan import config


def _read(tmp_path: Path, **env: str) -> config.Config:
    return config.read(
        {"JIEDAN_KEYS_DIR": str(tmp_path / "keys"), "JIEDAN_DATABASE_URL": f"sqlite:///{tmp_path}/x", **env}
    )


def test_papers_lie_beside_the_database_unless_said_otherwise(tmp_path: Path) -> None:
    assert _read(tmp_path).documents_dir == config.ROOT / "var" / "documents"
    assert _read(tmp_path, JIEDAN_DOCUMENTS_DIR=str(tmp_path / "papers")).documents_dir == tmp_path / "papers"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JIEDAN_DOCUMENTS_DIR", "FILE"),
        ("JIEDAN_DOCUMENTS_DIR", "FILE/below"),
        ("JIEDAN_DOCUMENTS_DIR", str(config.ROOT / "var" / "static" / "papers")),
        ("JIEDAN_SIGNING_PKCS12", "/nowhere/company.p12"),
        ("JIEDAN_TIMESTAMP_URL", "ftp://example.com"),
        ("JIEDAN_VIRUS_SCANNER", "no-such-command-anywhere --x"),
    ],
)
def test_what_cant_be_used_stops_the_start(tmp_path: Path, name: str, value: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    value = value.replace("FILE", str(tmp_path / "file"))
    with pytest.raises(config.WrongSetting) as refused:
        _read(tmp_path, **{name: value})
    assert str(refused.value).startswith(f"{name}={value!r} is not usable. Allowed: ")
