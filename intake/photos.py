"""A photo is decoded and written anew: what is no picture fails, and what a picture tells besides is gone."""

import io
import warnings

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from accounts.errors import Refused

LONGEST_SIDE = 1600  # pixels: enough for skin, small enough for a weak link


class BadPhoto(Refused):
    """The file is no picture that we can read."""


def clean(upload) -> ContentFile:
    """The picture alone, as JPEG: no place, no camera, no name."""
    if upload.size > settings.PHOTO_MAX_BYTES:
        raise BadPhoto(_("This photo is too big. Please choose one below 10 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = ImageOps.exif_transpose(Image.open(upload)).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadPhoto(_("This file is not a photo we can open. Please choose a JPEG or PNG picture.")) from None
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return ContentFile(out.getvalue(), name="photo.jpg")
