"""What a SKU of ours says by its form: "家居/灯具-0042" is number 42 of the category 家居/灯具; services begin with 服务/."""

from jiedan.acquisition.incoming import LineKind

SERVICE = "服务"


def category_of(sku: str) -> str:
    """The category, "" when the SKU names none."""
    return sku.rpartition("-")[0][:60]


def kind_of_category(category: str) -> LineKind:
    """Whether what belongs to this category is goods or a service."""
    return "service" if category == SERVICE or category.startswith(f"{SERVICE}/") else "product"
