from io import BytesIO
from pathlib import Path
from unicodedata import normalize

import pikepdf
import pytest

from jiedan.documents import typesetting
from jiedan.documents.tests.papers import AT, contract, specimen

HOSTILE = [
    '#read("/etc/passwd")',
    '#panic("x")',
    "*bold* _it_ $x^2$",
    "= 标题",
    '\\ #import "layout.typ"',
    "</svg>",
    "#(1+1)",
]


def _fonts(made: bytes) -> set[str]:
    with pikepdf.open(BytesIO(made)) as opened:
        return {
            str(found["/FontName"]).partition("+")[2]
            for found in opened.objects
            if isinstance(found, pikepdf.Dictionary) and "/FontName" in found
        }


def test_the_same_data_give_the_same_bytes() -> None:
    assert contract() == contract()


def test_another_date_or_another_word_gives_other_bytes() -> None:
    other = typesetting.pdf("documents/specimen", specimen(), AT.replace(day=19))
    assert len({contract(), contract(title="采购合同"), other}) == 3


def test_a_contract_of_two_pages_carries_its_own_chinese_fonts_and_its_title() -> None:
    with pikepdf.open(BytesIO(contract())) as opened:
        assert len(opened.pages) == 2
        assert str(opened.docinfo["/Title"]) == "销售合同"
    assert {name.partition("-")[0] for name in _fonts(contract())} == {"NotoSerifSC", "NotoSansSC"}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_stays_text_and_is_never_run(text: str) -> None:
    # Markup that ran would stop the typesetter, or give the same glyphs as what it stands for.
    made = contract(title=text, clauses=[text], facts=[[text, text]], lines=[[text] * 4], parties=[text])
    with pikepdf.open(BytesIO(made)) as opened:
        assert normalize("NFC", str(opened.docinfo["/Title"])) == text
    assert made != contract(title=text, clauses=[""], facts=[[text, text]], lines=[[text] * 4], parties=[text])
    assert b"root:" not in made


def test_data_that_the_template_lacks_or_doesnt_know_are_refused_by_name() -> None:
    data = specimen(colour="red")
    del data["title"]
    with pytest.raises(typesetting.WrongData, match=r"missing \['title'\], unknown \['colour'\]"):
        typesetting.pdf("documents/specimen", data, AT)


@pytest.mark.parametrize("name", ["documents/absent", "../../etc/passwd", "documents/../core/x", "layout"])
def test_only_a_rooms_own_templates_are_typeset(name: str) -> None:
    with pytest.raises(typesetting.WrongData, match="there is no template"):
        typesetting.pdf(name, {}, AT)


def test_no_template_evaluates_text_or_fetches_a_package() -> None:
    templates = list(Path(typesetting.ROOMS).glob("**/typst/*.typ"))
    assert len(templates) >= 2
    for path in templates:
        source = path.read_text(encoding="utf-8")
        assert "eval(" not in source, path
        assert "@preview" not in source, path


def test_the_mark_on_the_paper_leads_to_the_public_page() -> None:
    mark = typesetting.verify_mark("https://jiedan.example", "ABCDEFGH23456777")
    assert mark["address"] == "https://jiedan.example/verify/ABCDEFGH23456777/"
    assert mark["picture"].startswith("<svg ")
