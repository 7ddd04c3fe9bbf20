"""Writes test/fixtures/pictures.json: small picture files that Pillow has written and read again, in base64.

    python make_pictures.py > ../fixtures/pictures.json

Needs Pillow and NumPy.
"""

import base64
import io
import json

import numpy as np
from PIL import Image

random = np.random.default_rng(5)
ramp = np.add.outer(np.arange(16) * 9, np.arange(20) * 6)
colours = np.stack([ramp, ramp[::-1], 255 - ramp], axis=2).astype("u1")
grey = ramp.astype("u1")


def entry(image, form, **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    pixels = np.asarray(Image.open(io.BytesIO(buffer.getvalue())).convert("RGB"))
    return {
        "file": base64.b64encode(buffer.getvalue()).decode(),
        "planes": base64.b64encode(np.ascontiguousarray(pixels.transpose(2, 0, 1)).tobytes()).decode(),
        "width": image.width,
        "height": image.height,
    }


pictures = {
    "jpeg-444": entry(Image.fromarray(colours), "JPEG", quality=95, subsampling=0),
    "jpeg-420": entry(Image.fromarray(colours), "JPEG", quality=75),
    "jpeg-progressive": entry(Image.fromarray(colours), "JPEG", quality=85, progressive=True, subsampling=0),
    "jpeg-grey": entry(Image.fromarray(grey), "JPEG", quality=90),
    "png-colours": entry(Image.fromarray(colours), "PNG"),
    "png-grey": entry(Image.fromarray(grey), "PNG"),
    "png-palette": entry(Image.fromarray(colours).quantize(16), "PNG"),
    "gif": entry(Image.fromarray(colours).quantize(16), "GIF"),
    "webp-lossless": entry(Image.fromarray(colours), "WEBP", lossless=True),
    "tiff": entry(Image.fromarray(colours), "TIFF"),
}
# A plain field and a wide one: whatever the rule of scaling, the middle of it stays what it is.
wide = np.zeros((40, 100, 3), "u1")
wide[:, :30] = (200, 0, 0)
wide[:, 30:70] = (10, 120, 230)
wide[:, 70:] = (0, 200, 0)
pictures["wide"] = entry(Image.fromarray(wide), "PNG")
print(json.dumps(pictures))
