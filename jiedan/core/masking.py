"""How personal data looks where it isn't needed in full (P-01): recognisable, not usable."""

import re

COMPOUND_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 夏侯 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 长孙 宇文 轩辕 端木 独孤 南宫 西门 司空".split()
)


def mask_name(name: str) -> str:
    """张三 → 张*; 欧阳娜娜 → 欧阳**; 买买提·艾力 → 买**·**; John Smith → J*** S****."""
    name = name.strip()
    if not name:
        return ""
    if name.isascii():
        return " ".join(word[0] + "*" * min(len(word) - 1, 5) for word in name.split())
    if "·" in name:
        first, *others = name.split("·")
        return "·".join([first[0] + "*" * max(1, len(first) - 1), *("*" * max(1, len(part)) for part in others)])
    keep = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    return name[:keep] + "*" * max(1, len(name) - keep)


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; +86 too; a landline keeps its area code and the last two digits."""
    digits = re.sub(r"[\s-]", "", phone.strip())
    national = re.sub(r"^(\+86|0086)", "", digits)
    if re.fullmatch(r"1\d{10}", national):
        return f"{national[:3]}****{national[-4:]}"
    if len(national) > 6:
        return national[:3] + "*" * (len(national) - 5) + national[-2:]
    return "*" * len(national)


def mask_identity(number: str) -> str:
    """110101199003071234 → 110***********1234."""
    number = number.strip()
    if len(number) <= 7:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_email(address: str) -> str:
    """zhang.san@example.com → z***@example.com."""
    name, at, host = address.strip().partition("@")
    return f"{name[:1]}***@{host}" if at else "***"


def mask_account(account: str) -> str:
    """A platform account: its first and last character, or a telephone number or e-mail address masked as such."""
    account = account.strip()
    if "@" in account:
        return mask_email(account)
    if re.fullmatch(r"\+?[\d\s-]{7,}", account):
        return mask_phone(account)
    return account if not account else f"{account[0]}***{account[-1] if len(account) > 3 else ''}"
