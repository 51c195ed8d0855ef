"""What the tests of the import share."""

import struct

import pytest


@pytest.fixture
def encrypted() -> bytes:
    """A workbook as Office encrypts it: a compound file with EncryptionInfo and EncryptedPackage ([MS-OFFCRYPTO])."""
    end, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    header = struct.pack(
        "<8s16s5H6x9I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        1,
        0,
        4096,
        end,
        0,
        end,
        0,
    )
    header = header[:76].ljust(76, b"\x00") + struct.pack("<109I", 0, *[free] * 108)
    fat = struct.pack("<128I", table, end, *range(3, 10), end, *range(11, 18), end, *[free] * 110)
    names = [
        ("Root Entry", 5, 1, end, 0),
        ("EncryptionInfo", 2, free, 2, 4096),
        ("EncryptedPackage", 2, free, 10, 4096),
    ]
    directory = b""
    for index, (name, kind, child, start, size) in enumerate(names):
        right = 2 if index == 1 else free
        directory += struct.pack(
            "<64sHBB3I16sI8s8sIQ", name.encode("utf-16-le"), 2 * len(name) + 2, kind, 1, free, right, child, b"", 0, b"",
            b"", start, size,
        )  # fmt: skip
    directory += struct.pack("<64sHBB3I16sI8s8sIQ", b"", 0, 0, 1, free, free, free, b"", 0, b"", b"", 0, 0)
    return header + fat + directory + b"\x00" * 512 * 16
