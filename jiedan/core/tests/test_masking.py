"""Personal data where it isn't needed in full (P-01)."""

import pytest

from jiedan.core.masking import mask_account, mask_address, mask_email, mask_identity, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张三丰", "张*"),
        (" 李四 ", "李*"),
        ("欧阳娜娜", "欧阳*"),
        ("司马光", "司马*"),
        ("欧阳", "欧*"),
        ("买买提·艾力", "买*"),
        ("王", "王*"),
        ("John Smith", "J*** S***"),
        ("José", "J***"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_name_keeps_the_surname_only(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800138000", "138****8000"),
        ("+8613800138000", "138****8000"),
        ("+86 138 0013 8000", "138****8000"),
        ("0086-13800138000", "138****8000"),
        ("138-0013-8000", "138****8000"),
        ("13800138000-2211", "138****8000"),
        ("13800138000转1234", "138****8000"),
        ("0571-88157788", "0571-****88"),
        ("057188157788", "0571-****88"),
        ("(010) 6655 4433", "010-****33"),
        ("010-66554433-801", "010-****33"),
        ("+86-21-66554433", "****33"),
        ("400-123-4567", "****67"),
        ("+1 415 555 2671", "****71"),
        ("95163", "****"),
        ("", ""),
    ],
)
def test_a_telephone_number_keeps_its_region_and_its_end(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("110101199003071234", "110***********1234"),
        ("11010119900307123X", "110***********123X"),
        ("110101900307123", "110********7123"),
        ("E12345678", "E****78"),
        ("12345", "****"),
        ("", ""),
    ],
)
def test_an_identity_number_keeps_the_province_and_the_last_four(number: str, masked: str) -> None:
    assert mask_identity(number) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("zhang.san@example.com", "z***@example.com"),
        ("a@b.cn", "a***@b.cn"),
        ("@b.cn", "***@b.cn"),
        ('"a@b"@c.cn', '"***@c.cn'),
        ("no address", "***"),
        ("", ""),
    ],
)
def test_an_e_mail_address_keeps_its_first_letter_and_host(address: str, masked: str) -> None:
    assert mask_email(address) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("浙江省杭州市滨江区网商路599号", "浙江省杭州市滨江区****"),
        ("浙江省 杭州市 滨江区 网商路599号", "浙江省 杭州市 滨江区****"),
        ("北京市朝阳区建国路1号", "北京市朝阳区****"),
        ("上海市浦东新区世纪大道100号", "上海市浦东新区****"),
        ("江苏省苏州市昆山市玉山镇", "江苏省苏州市昆山市****"),
        ("新疆维吾尔自治区乌鲁木齐市天山区解放路", "新疆维吾尔自治区乌鲁木齐市天山区****"),
        ("云南省大理白族自治州大理市古城", "云南省大理白族自治州大理市****"),
        ("香港特别行政区中西区皇后大道", "香港特别行政区中西区****"),
        ("广东省东莞市长安镇某某小区3栋", "广东省东莞市****"),
        ("西藏自治区拉萨市城关区某某社区", "西藏自治区拉萨市城关区****"),
        ("网商路599号城市花园3区", "****"),
        ("某某小区3栋201室", "****"),
        ("5 High Street, London", "****"),
        ("", ""),
    ],
)
def test_an_address_is_shown_down_to_the_district(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@pytest.mark.parametrize(
    ("account", "masked"),
    [
        ("shopper2026", "s***6"),
        ("abc", "a***"),
        ("a@b.cn", "a***@b.cn"),
        ("138 0013 8000", "138****8000"),
        ("", ""),
    ],
)
def test_a_platform_account_is_masked_as_what_it_is(account: str, masked: str) -> None:
    assert mask_account(account) == masked


@pytest.mark.parametrize("digits", range(7, 20))
def test_of_a_number_of_any_length_four_digits_at_least_are_hidden(digits: int) -> None:
    number = "12345678901234567890"[:digits]
    for mask in (mask_phone, mask_identity, mask_account):
        shown = sum(character.isdigit() for character in mask(number))
        assert digits - shown >= 4


@pytest.mark.parametrize("number", ["1", "1380", "138001"])
def test_a_number_too_short_to_be_one_is_hidden(number: str) -> None:
    assert mask_phone(number) == mask_identity(number) == "****"
