"""The columns of a file: what they can hold and are called, which are needed, how a header row is found.

Programs and platforms call them differently; what isn't recognised is chosen by a person once for each layout.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jiedan.connectors.spreadsheet import cells

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a file can say, of an order or of one of its lines; `names` are the headers it goes by."""

    field: str
    title: str | Promise
    names: str
    convert: Convert = cells.plain
    of_line: bool = False


RECOGNISED = 3
"""Headers of a row that have to be known before it is taken for the header row."""

Mapped = dict[str, int]
"""Fields by name, with the index of their column."""


@dataclass(frozen=True)
class Table:
    """What files of one kind can say: columns, those NEEDED, and groups of which a file needs at least ONE OF."""

    columns: tuple[Column, ...]
    needed: tuple[str, ...]
    one_of: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def by_field(self) -> Mapping[str, Column]:
        """The columns by what they hold."""
        return {column.field: column for column in self.columns}

    @cached_property
    def _field_of(self) -> Mapping[str, str]:
        return {name: column.field for column in reversed(self.columns) for name in column.names.split()}

    def find_headers(self, head: Sequence[Sequence[Any]]) -> int | None:
        """The index of the header row: the one with most known headers, else the first that is nothing but words."""
        known = [len(self.proposed(row)) for row in head]
        best = max(known, default=0)
        if best >= RECOGNISED:
            return len(known) - 1 - known[::-1].index(best)
        return next((index for index, row in enumerate(head) if _is_words(row) and index + 1 < len(head)), None)

    def proposed(self, headers: Sequence[Any]) -> Mapped:
        """The columns as far as their headers are known; of two with one meaning the first."""
        found: Mapped = {}
        for index, header in enumerate(headers):
            field = self._field_of.get(_bare(header))
            if field is not None:
                found.setdefault(field, index)
        return found

    def missing(self, mapping: Mapping[str, int]) -> list[tuple[str, ...]]:
        """What a mapping lacks; of a group one is enough."""
        needed: list[tuple[str, ...]] = [(field,) for field in self.needed]
        return [group for group in (*needed, *self.one_of) if not any(field in mapping for field in group)]


def layout_of(headers: Sequence[str]) -> str:
    """The fingerprint of a layout: SHA-256 over its headers in their order."""
    return hashlib.sha256("\x1f".join(_bare(header) for header in headers).encode()).hexdigest()


def _bare(header: Any) -> str:
    """收货人（必填）*, " Order_No. " → without what is written differently every time."""
    if not isinstance(header, str):
        return ""
    text = re.sub(r"[(\[【].*?[)\]】]", "", unicodedata.normalize("NFKC", header))
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _is_words(row: Sequence[Any]) -> bool:
    filled = [cell for cell in row if not cells.is_empty(cell)]
    return len(set(filled)) >= RECOGNISED and all(isinstance(cell, str) and not cell[:1].isdigit() for cell in filled)


ORDERS = Table(
    columns=(
        Column("external_id", _("Order number"), "订单编号 订单号 主订单编号 平台单号 平台订单号 orderid orderno ordernumber orderref externalid", cells.ident),
        Column("placed_at", _("Placed"), "下单时间 订单创建时间 创建时间 拍下时间 下单日期 订单时间 orderdate ordertime createdat created placedat orderedat", cells.moment),
        Column("paid_at", _("Paid"), "付款时间 订单付款时间 支付时间 支付完成时间 paidat paymenttime paymentdate", cells.moment),
        Column("customer_account", _("Customer's account"), "买家账号 买家会员名 会员名 买家昵称 客户账号 用户名 买家id buyer buyerid buyeraccount customer customeraccount username account"),
        Column("customer_phone", _("Customer's telephone"), "买家电话 买家手机 客户电话 客户手机 buyerphone customerphone", cells.ident),
        Column("receiver_name", _("Receiver"), "收货人 收货人姓名 收件人 收件人姓名 姓名 联系人 receiver receivername recipient consignee shippingname name"),
        Column("receiver_phone", _("Telephone"), "手机号 手机 手机号码 联系电话 联系手机 收货人手机 收货人手机号 收件人手机 收件人电话 收货人电话 电话 phone mobile receiverphone telephone tel shippingphone", cells.ident),
        Column("receiver_province", _("Province"), "省 省份 收货省份 收件省 province state"),
        Column("receiver_city", _("City"), "市 城市 收货城市 收件市 city"),
        Column("receiver_district", _("District"), "区 区县 县区 收货区县 收件区 district county"),
        Column("receiver_address", _("Address"), "详细地址 地址 收货地址 收件地址 收货人地址 收件人地址 address shippingaddress receiveraddress street"),
        Column("receiver_postcode", _("Postcode"), "邮编 邮政编码 postcode zip zipcode postalcode", cells.ident),
        Column("sku", _("SKU"), "商品编码 商家编码 货号 sku skuid 规格编码 商品货号 itemno itemnumber productcode skucode", cells.ident, of_line=True),
        Column("name", _("Goods or service"), "商品名称 宝贝标题 商品标题 商品 货品名称 品名 服务名称 商品服务 product productname item itemname title goods goodsname", of_line=True),
        Column("category", _("Category"), "分类 类目 商品分类 商品类目 品类 category", of_line=True),
        Column("line_kind", _("Kind (goods or service)"), "类型 商品类型 kind type", of_line=True),
        Column("quantity", _("Quantity"), "数量 购买数量 商品数量 宝贝数量 件数 quantity qty count", cells.count, of_line=True),
        Column("unit_price", _("Unit price (yuan)"), "单价 商品单价 价格 售价 unitprice price", cells.price, of_line=True),
        Column("line_discount", _("Discount of the line (yuan)"), "行优惠 商品优惠 单品优惠 linediscount", cells.amount, of_line=True),
        Column("amount", _("Amount of the line (yuan)"), "金额 小计 商品金额 行金额 商品小计 amount lineamount lineamt subtotal linetotal", cells.amount, of_line=True),
        Column("goods_amount", _("Goods of the order (yuan)"), "商品总额 货款 商品总价 goodsamount goodstotal", cells.amount),
        Column("freight", _("Freight (yuan)"), "运费 邮费 快递费 配送费 freight shipping shippingfee postage", cells.amount),
        Column("tax", _("Tax (yuan)"), "税费 税额 关税 tax", cells.amount),
        Column("discount", _("Discount of the order (yuan)"), "优惠 优惠金额 订单优惠 店铺优惠 折扣 discount coupon", cells.amount),
        Column("total", _("Total paid (yuan)"), "实付金额 实付款 买家实付 订单金额 应付金额 总金额 买家实际支付金额 订单总额 合计 total totalamount paid paidamount ordertotal grandtotal", cells.amount),
        Column("promised_on", _("Delivery promised for"), "承诺交付日期 承诺发货时间 要求到货日期 交付日期 交货日期 promisedon deliverydate duedate", cells.day),
        Column("payment_terms", _("Payment terms"), "付款方式 支付方式 付款条件 paymentterms paymentmethod"),
        Column("requirements", _("Requirements"), "要求 客户要求 需求 特殊要求 requirements"),
        Column("buyer_remark", _("Buyer's remark"), "买家留言 买家备注 客户备注 留言 buyerremark note notes comment"),
        Column("seller_remark", _("Seller's remark"), "卖家备注 商家备注 客服备注 备注 sellerremark remark memo"),
        Column("invoice_title", _("Invoice to"), "发票抬头 开票抬头 invoicetitle invoiceto"),
        Column("taxpayer_no", _("Taxpayer number"), "税号 纳税人识别号 taxpayerno taxno", cells.ident),
        Column("status", _("Order status"), "订单状态 状态 交易状态 status orderstatus"),
        Column("updated_at", _("Changed on the platform"), "修改时间 更新时间 最后修改时间 updatedat modifiedat", cells.moment),
    ),
    needed=("external_id", "receiver_name", "name"),
    one_of=(("placed_at", "paid_at"), ("amount", "unit_price")),
)  # fmt: skip

LISTINGS = Table(
    columns=(
        Column("external_id", _("Number at the platform"), "需求编号 编号 需求单号 信息编号 发布编号 任务编号 任务号 项目编号 商机编号 单号 平台编号 平台单号 listingid listingno listingnumber listing requestid postid leadid projectid taskid id no number externalid", cells.ident),
        Column("summary", _("What is wanted"), "需求标题 标题 需求 需求名称 需求摘要 摘要 概要 项目名称 任务名称 任务标题 商机名称 采购内容 服务内容 title summary subject headline request"),
        Column("details", _("Details"), "需求描述 需求详情 详情 详细说明 描述 说明 内容 具体要求 要求 备注 details detail description body requirements"),
        Column("category", _("Category"), "类目 分类 类别 品类 行业 服务类型 需求类型 类型 category type trade"),
        Column("budget", _("Budget (yuan)"), "预算 预算金额 预算价 客户预算 意向金额 报价上限 金额 budget budgetamount maxbudget amount price", cells.budget),
        Column("region", _("Region"), "地区 地域 区域 所在地 所在地区 服务地区 城市 省市 项目地点 region area city location place"),
        Column("needed_on", _("Needed on"), "需求日期 需要日期 期望完成日期 期望完成时间 期望交付日期 要求完成时间 要求到货日期 交付日期 交货日期 neededon neededby needby requiredby deliverydate duedate", cells.day),
        Column("valid_until", _("Valid until"), "有效期至 有效期 截止时间 截止日期 报名截止 报价截止 失效时间 过期时间 validuntil validto expires expireson expiresat deadline closingdate", cells.until),
        Column("posted_at", _("Posted"), "发布时间 发布日期 发布于 创建时间 posted postedat postedon publishedat published createdat created date", cells.moment),
        Column("updated_at", _("Changed on the platform"), "修改时间 更新时间 最后修改时间 最近更新 updatedat modifiedat updated modified", cells.moment),
    ),
    needed=("external_id", "summary"),
)  # fmt: skip
