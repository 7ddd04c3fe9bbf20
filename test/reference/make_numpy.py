"""Writes test/fixtures/numpy.json: small files of NumPy's own, in base64, and what is in them.

    python make_numpy.py > ../fixtures/numpy.json

Needs NumPy.
"""

import base64
import io
import json

import numpy as np


def file_of(write, *arrays, **named):
    buffer = io.BytesIO()
    write(buffer, *arrays, **named)
    return base64.b64encode(buffer.getvalue()).decode()


def npy(array):
    return file_of(lambda buffer: np.save(buffer, array, allow_pickle=array.dtype == object))


random = np.random.default_rng(7)

examples = {
    "pictures-u1": random.integers(0, 256, (5, 2, 3), dtype=np.uint8),
    "colours-last-u1": random.integers(0, 256, (4, 2, 3, 3), dtype=np.uint8),
    "colours-first-u1": random.integers(0, 256, (4, 3, 5, 2), dtype=np.uint8),
    "one-channel-u1": random.integers(0, 256, (3, 2, 4, 1), dtype=np.uint8),
    "rows-f4": random.normal(size=(6, 7)).astype("<f4"),
    "rows-f8": random.normal(size=(6, 7)),
    "rows-f8-big-endian": random.normal(size=(2, 3)).astype(">f8"),
    "colours-last-f4-big-endian": random.normal(size=(2, 2, 2, 3)).astype(">f4"),
}
labels = {name: np.array([[3], [0], [250]]).astype(name) for name in ["u1", "i2", ">i2", "<u4", ">i4", "i8", ">u8"]}
labels["many"] = np.array([0, 70, 900, 65535])
refused = {
    "fortran": np.asfortranarray(np.arange(6, dtype="f4").reshape(2, 3)),
    "objects": np.array([{"a": 1}, None], dtype=object),
    "complex": np.zeros((2, 2), "c16"),
    "half": np.zeros((2, 2), "f2"),
    "fields": np.zeros(2, [("a", "f4"), ("b", "i4")]),
    "text": np.array(["a", "bc"]),
}
four = {
    "x_train": random.integers(0, 256, (6, 4, 4), dtype=np.uint8),
    "y_train": np.arange(6) % 3,
    "x_test": random.integers(0, 256, (3, 4, 4), dtype=np.uint8),
    "y_test": np.arange(3),
}
def planes(array):
    """Channels first, as torch.from_numpy(array).permute(0, 3, 1, 2) has them."""
    is_last = array.ndim == 4 and array.shape[3] in (1, 3)
    return np.ascontiguousarray(array.transpose(0, 3, 1, 2)) if is_last else array


print(
    json.dumps(
        {
            "examples": {
                name: {
                    "file": npy(array),
                    "shape": list(planes(array).shape),
                    "values": [float(value) for value in planes(array).astype("f4" if array.dtype.kind == "f" else "u1").ravel()],
                }
                for name, array in examples.items()
            },
            "labels": {name: {"file": npy(array), "values": array.ravel().tolist()} for name, array in labels.items()},
            "refused": {name: npy(array) for name, array in refused.items()},
            "archives": {
                "stored": file_of(np.savez, **four),
                "packed": file_of(np.savez_compressed, note=np.array("beside the four"), **four),
            },
            "four": {name: {"file": npy(array), "values": array.ravel().tolist()} for name, array in four.items()},
        }
    )
)
