"""Writes test/fixtures/tensorboard.json: event records as the tensorboard package itself encodes and frames them."""

import io
import json
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter


def framed(event):
    buffer = io.BytesIO()
    RecordWriter(buffer).write(event.SerializeToString())
    return buffer.getvalue().hex()


def scalar(wall_time, tag, value, step):
    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
    record = framed(Event(wall_time=wall_time, step=step, summary=summary))
    return {"wallTime": wall_time, "tag": tag, "value": value, "step": step, "record": record}


wall_time = 1795524150.3125
fixture = {
    "version": {
        "wallTime": wall_time,
        "record": framed(Event(wall_time=wall_time, file_version="brain.Event:2")),
    },
    "scalars": [
        scalar(wall_time, "loss/step", 0.25, 0),
        scalar(wall_time, "loss/step", -1.5, 1),
        scalar(wall_time, "accuracy/task_12", 97.5, 127),
        scalar(wall_time, "accuracy/task_12", 0.0, 128),
        scalar(wall_time, "seconds/epoch", 3.0517578125e-05, 300),
        scalar(wall_time, "über/" + "x" * 200, 1e30, 2**40 + 5),
    ],
}
path = Path(__file__).parent.parent / "fixtures" / "tensorboard.json"
path.write_text(json.dumps(fixture, indent=1) + "\n")
