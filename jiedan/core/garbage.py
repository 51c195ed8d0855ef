"""Python's search for garbage, in processes that take in floods of orders."""

import gc


def settle() -> None:
    """What there is now stays for the life of the process and isn't looked through again and again.

    Call it when everything is loaded. A batch of orders is thousands of objects that all go by themselves when it is
    done; looking for garbage among them took a tenth of an import, and a quarter of every third commit of pushes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
