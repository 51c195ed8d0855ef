"""What is up to date is left alone; what has changed, moved or gone is done again."""

from pathlib import Path

import pytest

from tools import install


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "STAMPS", tmp_path / "stamps")
    (tmp_path / "stamps").mkdir()
    (tmp_path / "a").write_text("one", encoding="utf-8")
    (tmp_path / "b").write_text("two", encoding="utf-8")
    return tmp_path


def test_nothing_is_marked_at_first_and_everything_after_mark(folder: Path) -> None:
    files = [folder / "a", folder / "b"]
    assert install.changed("python", files)
    install.mark("python", files)
    assert not install.changed("python", files)


def test_another_content_another_set_of_files_or_another_text_counts_as_changed(folder: Path) -> None:
    files = [folder / "a", folder / "b"]
    install.mark("python", files, "here")
    assert install.changed("python", files, "there")
    assert install.changed("python", files[:1], "here")
    (folder / "b").write_text("three", encoding="utf-8")
    assert install.changed("python", files, "here")


def test_content_that_moves_from_one_file_to_the_next_counts_as_changed(folder: Path) -> None:
    files = [folder / "a", folder / "b"]
    install.mark("python", files)
    (folder / "a").write_text("onetwo", encoding="utf-8")
    (folder / "b").write_text("", encoding="utf-8")
    assert install.changed("python", files)


def test_no_lock_file_names_an_address() -> None:
    addressed = [path.name for path in install.LOCKS.glob("*.lock") if "://" in path.read_text(encoding="utf-8")]
    assert addressed == []
    assert sorted(path.name for path in install.LOCKS.glob("*.lock")) == [
        "base.lock",
        "dev.lock",
        "node.lock",
        "uv.lock",
    ]


@pytest.mark.parametrize("name", ["base", "dev", "node", "uv"])
def test_every_locked_package_has_its_hashes(name: str) -> None:
    text = (install.LOCKS / f"{name}.lock").read_text(encoding="utf-8")
    packages = [entry for entry in text.replace("\\\n", " ").splitlines() if entry.strip()]
    assert packages
    assert [entry for entry in packages if "==" not in entry or "--hash=sha256:" not in entry] == []
