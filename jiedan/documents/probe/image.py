"""Pictures are drawn afresh: what isn't picture (position, camera, comments, a second file behind) stays behind (S-45)."""

from io import BytesIO

from PIL import Image, ImageOps

from jiedan.documents.probe.refusal import Refusal

PIXELS = 25_000_000
"""As much as an A4 page scanned with 500 dots an inch."""
SIDE = 20_000


def redrawn(content: bytes, kind: str) -> bytes:
    """The picture again, upright and without anything that isn't picture. Raises Refusal."""
    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        with Image.open(BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > PIXELS or max(picture.size) > SIDE:
                raise Refusal("too_many_pixels", f"{picture.width}×{picture.height}")
            if getattr(picture, "n_frames", 1) > 1:
                raise Refusal("moving_picture")
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
            return _saved(_plain(picture, kind), kind)
    except Refusal:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal("too_many_pixels") from error
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError) as error:
        raise Refusal("cannot_be_opened") from error


def _plain(picture: Image.Image, kind: str) -> Image.Image:
    see_through = kind != "JPEG" and ("A" in picture.mode or "transparency" in picture.info)
    mode = "RGBA" if see_through else "L" if picture.mode in ("1", "L") else "RGB"
    # A copy of 25 million pixels is 100 MB: only made when the colours have to be told otherwise.
    drawn = picture if picture.mode == mode else picture.convert(mode)
    drawn.info.clear()
    return drawn


def _saved(picture: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    picture.save(out, format=kind, **({"quality": 92} if kind != "PNG" else {}))
    return out.getvalue()
