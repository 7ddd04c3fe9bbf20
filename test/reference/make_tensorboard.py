"""Writes test/fixtures/tensorboard.json: event records as the tensorboard package itself encodes and frames them.

`sweep` has the files of HParams of a sweep of one run, which test/unit/sweep-exports.test.ts makes up.
"""

import io
import json
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.plugins.hparams import api_pb2, metadata
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionEndInfo, SessionStartInfo
from tensorboard.summary.writer.record_writer import RecordWriter


def framed(event):
    buffer = io.BytesIO()
    RecordWriter(buffer).write(event.SerializeToString())
    return buffer.getvalue().hex()


def scalar(wall_time, tag, value, step):
    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
    record = framed(Event(wall_time=wall_time, step=step, summary=summary))
    return {"wallTime": wall_time, "tag": tag, "value": value, "step": step, "record": record}


def version(wall_time):
    return framed(Event(wall_time=wall_time, file_version="brain.Event:2"))


def hparams(wall_time, tag, **data):
    content = HParamsPluginData(**data).SerializeToString(deterministic=True)
    plugin_data = SummaryMetadata.PluginData(plugin_name=metadata.PLUGIN_NAME, content=content)
    value = Summary.Value(tag=tag, tensor=metadata.NULL_TENSOR, metadata=SummaryMetadata(plugin_data=plugin_data))
    return framed(Event(wall_time=wall_time, summary=Summary(value=[value])))


def columns(wall_time):
    kinds = {"strategy": 1, "learningRate": 3, "nesterov": 2, "hidden": 1, "phase": 1}
    metrics = {
        "sweep/final": "final accuracy (%)",
        "sweep/average": "average accuracy (%)",
        "sweep/forgetting": "forgetting (points)",
        "sweep/seconds": "seconds",
        "sweep/peak_memory_gib": "peak memory (GiB)",
    }
    experiment = api_pb2.Experiment(
        time_created_secs=wall_time,
        hparam_infos=[api_pb2.HParamInfo(name=name, type=kind) for name, kind in kinds.items()],
        metric_infos=[
            api_pb2.MetricInfo(name=api_pb2.MetricName(tag=tag), display_name=label) for tag, label in metrics.items()
        ],
    )
    return hparams(wall_time, metadata.EXPERIMENT_TAG, experiment=experiment)


def session(wall_time, seconds):
    start = SessionStartInfo(group_name="er 0", start_time_secs=wall_time - seconds)
    start.hparams["strategy"].string_value = "er"
    start.hparams["learningRate"].number_value = 0
    start.hparams["nesterov"].bool_value = False
    start.hparams["hidden"].string_value = "[100,50]"
    start.hparams["phase"].string_value = "search"
    end = SessionEndInfo(status=api_pb2.STATUS_SUCCESS, end_time_secs=wall_time)
    points = [("accuracy/mean", 95, 0), ("accuracy/mean", 80.5, 1), ("sweep/final", 80.5, 0)]
    points += [("sweep/average", 87.75, 0), ("sweep/seconds", seconds, 0)]
    return [
        hparams(wall_time - seconds, metadata.SESSION_START_INFO_TAG, session_start_info=start),
        *[scalar(wall_time, *point)["record"] for point in points],
        hparams(wall_time, metadata.SESSION_END_INFO_TAG, session_end_info=end),
    ]


exported = 1795524150.25
wall_time = 1795524150.3125
fixture = {
    "version": {
        "wallTime": wall_time,
        "record": version(wall_time),
    },
    "scalars": [
        scalar(wall_time, "loss/step", 0.25, 0),
        scalar(wall_time, "loss/step", -1.5, 1),
        scalar(wall_time, "accuracy/task_12", 97.5, 127),
        scalar(wall_time, "accuracy/task_12", 0.0, 128),
        scalar(wall_time, "seconds/epoch", 3.0517578125e-05, 300),
        scalar(wall_time, "über/" + "x" * 200, 1e30, 2**40 + 5),
    ],
    "sweep": {
        "time": exported,
        "files": {
            "events.out.tfevents.0.sweep": version(exported) + columns(exported),
            "er-t000-seed0/events.out.tfevents.0.sweep": version(exported) + "".join(session(exported, 10)),
        },
    },
}
path = Path(__file__).parent.parent / "fixtures" / "tensorboard.json"
path.write_text(json.dumps(fixture, indent=1) + "\n")
