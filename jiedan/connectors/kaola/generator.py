"""Believable orders in Kaola's form, the same for the same seed; nobody in them exists.

Identity numbers carry the area code 000000, which is assigned nowhere, with a correct check digit. Telephone numbers
begin with 154, which no operator hands out to subscribers.
"""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from jiedan.connectors.kaola import protocol

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
_COMPOUND = ("欧阳", "司马", "诸葛", "上官", "慕容")
_GIVEN = (
    "伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "晓月", "建国", "思远", "雨桐", "子涵", "浩然", "欣怡",
    "梓轩", "文博", "佳琪", "志刚", "秀英", "春梅", "国庆",
)  # fmt: skip
_MINORITY = ("买买提·艾力", "古丽娜·阿不都", "扎西·次仁", "阿依努尔·托合提")
_PLACES = (
    ("浙江省", "杭州市", "西湖区", "文三路"), ("浙江省", "宁波市", "鄞州区", "中山东路"), ("江苏省", "南京市", "鼓楼区", "中央路"),
    ("江苏省", "苏州市", "姑苏区", "人民路"), ("上海市", "上海市", "浦东新区", "张杨路"), ("北京市", "北京市", "朝阳区", "建国路"),
    ("广东省", "广州市", "天河区", "体育西路"), ("广东省", "深圳市", "南山区", "科技园路"), ("四川省", "成都市", "武侯区", "人民南路"),
    ("湖北省", "武汉市", "洪山区", "珞喻路"), ("陕西省", "西安市", "雁塔区", "小寨西路"), ("新疆维吾尔自治区", "乌鲁木齐市", "天山区", "解放北路"),
)  # fmt: skip
_GOODS = (
    ("家居/灯具", "北欧落地灯 客厅卧室书房立式台灯", 199), ("家居/灯具", "全光谱护眼台灯 学习办公", 329), ("家居/床品", "60 支长绒棉四件套 1.8 米床", 459),
    ("家居/床品", "鹅绒冬被 加厚 220×240", 1299), ("家居/厨具", "不粘炒锅 32cm 电磁炉燃气通用", 268), ("家居/厨具", "德式刀具七件套", 589),
    ("母婴/奶粉", "婴儿配方奶粉 3 段 900g", 238), ("母婴/纸尿裤", "拉拉裤 XL 码 42 片", 129), ("美妆/护肤", "玻尿酸保湿面膜 20 片", 99),
    ("美妆/护肤", "烟酰胺精华液 30ml", 189), ("食品/零食", "每日坚果 30 包 礼盒", 109), ("数码/影音", "降噪蓝牙耳机 头戴式", 799),
)  # fmt: skip
_SERVICES = (
    ("服务/安装", "灯具上门安装服务（单件）", 80), ("服务/仓储", "云仓代发服务 500 件包", 1500), ("服务/设计", "店铺详情页设计（单款）", 680),
)  # fmt: skip
_NUMBERS = {title: number for number, (_category, title, _price) in enumerate((*_GOODS, *_SERVICES), start=1001)}
"""The shop's own number of each of its goods and services."""
_REMARKS = (
    "", "", "", "", "请尽快发货，谢谢", "送货前请电话联系", "周末送货，工作日家里没人", "麻烦包装结实一点，上次碎了",
    "需要开发票", "放丰巢柜即可",
)  # fmt: skip
_PAY = ("支付宝", "微信支付", "网易支付", "银联在线")


def make_orders(count: int, seed: int, until: datetime, span: timedelta = timedelta(hours=20)) -> list[dict[str, Any]]:
    """COUNT orders paid within SPAN before UNTIL, oldest first."""
    dice = random.Random(seed)  # noqa: S311 - believable, not secret
    moments = sorted(until - span * dice.random() for _ in range(count))
    return [make_order(dice, number, paid) for number, paid in enumerate(moments, start=1)]


def make_order(dice: random.Random, number: int, paid: datetime) -> dict[str, Any]:
    """One paid order, paid at PAID."""
    drawn = [_line(dice) for _ in range(dice.choice((1, 1, 1, 2, 2, 3)))]
    # What is bought twice is one line.
    lines = list({line["sku_key"]: line for line in drawn}.values())
    goods = sum((Decimal(line["real_totle_price"]) for line in lines), Decimal(0))
    freight = Decimal("0.00") if goods >= 99 else Decimal("10.00")
    # One in seven comes across the border: with tax, and the identity that customs ask for.
    tax = (goods * Decimal("0.091")).quantize(Decimal("0.01")) if (abroad := dice.random() < 0.15) else Decimal("0.00")
    before = sum((Decimal(line["origin_price"]) * line["count"] for line in lines), Decimal(0))
    coupons = sum((Decimal(line["coupon_totle_amount"]) for line in lines), Decimal("0.00"))
    placed = paid - timedelta(minutes=dice.randint(1, 25))
    name = _name(dice)
    order = {
        "order_id": f"{paid:%Y%m%d%H%M}{number:06d}",
        "order_status": protocol.PAID,
        "buyer_account": f"kaola_{dice.randint(10**7, 10**8 - 1)}",
        "buyer_phone": _phone(dice),
        "order_time": protocol.stamp(placed),
        "pay_success_time": protocol.stamp(paid),
        "deliver_time": None,
        "finish_time": None,
        "waiting_deliver_time": protocol.stamp(paid),
        "waiting_cancel_time": None,
        "order_real_price": str(goods + freight + tax),
        "order_origin_price": str(before + freight),
        "express_fee": str(freight),
        "coupon_amount": str(coupons),
        "tax_fee": str(tax),
        "pay_method_name": dice.choice(_PAY),
        "trade_no": f"T{dice.randint(10**15, 10**16 - 1)}",
        "presale_order": 0,
        "order_buyer_remark": dice.choice(_REMARKS),
        "order_business_remark": None,
        "order_expresses": [],
        "order_skus": lines,
        **_address(dice, name),
        **_papers(dice, name, goods, abroad),
    }
    if dice.random() < 0.08:
        order |= {"presale_order": 1, "pre_deliver_time": protocol.stamp(paid + timedelta(days=dice.randint(7, 30)))}
    return order


def _address(dice: random.Random, name: str) -> dict[str, Any]:
    province, city, district, street = dice.choice(_PLACES)
    detail = f"{street} {dice.randint(1, 999)} 号 {dice.randint(1, 30)} 幢 {dice.randint(101, 2504)} 室"
    return {
        "receiver_name": name,
        "receiver_phone": _phone(dice),
        "receiver_province_name": province,
        "receiver_city_name": city,
        "receiver_district_name": district,
        "receiver_address_detail": detail,
        "receiver_post_code": f"{dice.randint(100, 860)}000",
    }


def _papers(dice: random.Random, name: str, goods: Decimal, abroad: bool) -> dict[str, Any]:
    with_invoice = dice.random() < 0.2
    return {
        "need_invoice": int(with_invoice),
        "invoice_amount": str(goods) if with_invoice else None,
        "invoice_title": dice.choice((name, "示例科技有限公司")) if with_invoice else None,
        "taxpayer_no": "91330100MA00000000" if with_invoice else None,
        "cert_name": name if abroad else None,
        "cert_id_no": _identity_number(dice) if abroad else None,
    }


def _line(dice: random.Random) -> dict[str, Any]:
    category, title, price = dice.choice(_SERVICES if dice.random() < 0.15 else _GOODS)
    count = dice.choice((1, 1, 1, 1, 2, 2, 3, 5))
    unit = Decimal(price).quantize(Decimal("0.01"))
    off = (unit * count * Decimal(dice.choice(("0", "0", "0.1", "0.05")))).quantize(Decimal("0.01"))
    coupon = Decimal("5.00") if unit * count > 100 and dice.random() < 0.2 else Decimal("0.00")
    code = dice.randint(1, 9999)
    return {
        "sku_key": f"{_NUMBERS[title]}-{600_000_000 + _NUMBERS[title]}",
        "sku_outer_id": f"{category}-{_NUMBERS[title]}",
        "product_name": title,
        "origin_price": str(unit),
        "count": count,
        "activity_totle_amount": str(off),
        "coupon_totle_amount": str(coupon),
        "real_totle_price": str(unit * count - off - coupon),
        "goods_no": f"G{code:06d}",
        "barcode": f"690{dice.randint(10**9, 10**10 - 1)}",
        "warehouse_code": "HZ01",
        "warehouse_name": "杭州一号仓",
        "order_serial_num": str(dice.randint(10**9, 10**10)),
    }


def _name(dice: random.Random) -> str:
    if dice.random() < 0.03:
        return dice.choice(_MINORITY)
    surname = dice.choice(_COMPOUND) if dice.random() < 0.05 else dice.choice(_SURNAMES)
    return surname + dice.choice(_GIVEN)


def _phone(dice: random.Random) -> str:
    return f"154{dice.randint(0, 10**8 - 1):08d}"


def _identity_number(dice: random.Random) -> str:
    body = (
        f"000000{dice.randint(1960, 2004)}{dice.randint(1, 12):02d}{dice.randint(1, 28):02d}{dice.randint(0, 999):03d}"
    )
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]
