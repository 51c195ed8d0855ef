"""How personal data looks where it isn't needed in full (P-01): recognisable, not usable.

The number of stars doesn't tell the length of a name, an account or an address. What isn't recognised is hidden
rather than shown.
"""

import re

_SURNAMES = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠
公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁
拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 南荣 第五
"""
COMPOUND_SURNAMES = frozenset(_SURNAMES.split())

_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U000323af]")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1\d{2})\d{4}(\d{4})(?:(?:-|转|,|，)\d{1,6})?", re.ASCII)
_LANDLINE = re.compile(r"(?:\+?86|0086)?-?(010|02\d|0[3-9]\d{2})-?\d{5,6}(\d{2})(?:(?:-|转)\d{1,6})?", re.ASCII)
_IDENTITY = re.compile(r"(\d{3})(\d{8}|\d{11})(\d{3}[\dXx])", re.ASCII)
_PROVINCE = r"(?:[^\d市区县]{2,8}?(?:省|自治区|特别行政区))?"
_CITY = r"(?:[^\d省区县路街镇乡村道号]{1,8}?(?:市|自治州|地区|盟))?"
_DISTRICT = r"(?:[^\d路街镇乡村道弄号栋室]{1,8}?(?:(?<![小社校厂景院园片])区|县|旗|市))?"
_REGION = re.compile(rf"\s*{_PROVINCE}\s*{_CITY}\s*{_DISTRICT}")


def mask_name(name: str) -> str:
    """张三 and 张三丰 → 张*; 欧阳娜娜 → 欧阳*; 买买提·艾力 → 买*; John Smith → J*** S***."""
    name = name.strip()
    if not name:
        return ""
    if not _CHINESE.search(name):
        return " ".join(f"{word[0]}***" for word in name.split())
    keep = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    return f"{name[:keep]}*"


def mask_phone(phone: str) -> str:
    """13800138000 → 138****8000, also after +86 and before an extension; 0571-88157788 → 0571-****88."""
    digits = re.sub(r"[\s()（）]", "", phone)
    compact = digits.replace("-", "") if _MOBILE.fullmatch(digits.replace("-", "")) else digits
    if found := _MOBILE.fullmatch(compact):
        return f"{found[1]}****{found[2]}"
    if found := _LANDLINE.fullmatch(digits):
        return f"{found[1]}-****{found[2]}"
    return f"****{digits[-2:]}" if len(digits) >= 7 else "****" if digits else ""


def mask_identity(number: str) -> str:
    """110101199003071234 → 110***********1234; of other papers the first character and the last two."""
    number = number.strip()
    if found := _IDENTITY.fullmatch(number):
        return found[1] + "*" * len(found[2]) + found[3]
    return f"{number[0]}****{number[-2:]}" if len(number) >= 7 else "****" if number else ""


def mask_email(address: str) -> str:
    """zhang.san@example.com → z***@example.com."""
    name, at, host = address.strip().rpartition("@")
    if not at:
        return "***" if host else ""
    return f"{name[:1]}***@{host}"


def mask_address(address: str) -> str:
    """浙江省杭州市滨江区网商路599号 → 浙江省杭州市滨江区****; an address without region is hidden."""
    if not address.strip():
        return ""
    found = _REGION.match(address)
    return f"{found[0].strip() if found else ''}****"


def mask_account(account: str) -> str:
    """A platform account: its first and last character; one that is a telephone or e-mail address masked as such."""
    account = account.strip()
    if "@" in account:
        return mask_email(account)
    if re.fullmatch(r"\+?[\d\s-]{7,}", account):
        return mask_phone(account)
    if len(account) <= 3:
        return f"{account[:1]}***" if account else ""
    return f"{account[0]}***{account[-1]}"
