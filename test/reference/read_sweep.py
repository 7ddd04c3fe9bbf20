"""Prints what Optuna and TensorBoard make of an exported sweep, as JSON.

    python read_sweep.py optuna FILE
    python read_sweep.py tensorboard DIR
"""

import json
import sys


def read_optuna(path):
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = JournalStorage(JournalFileBackend(path))
    return [read_study(optuna, storage, name) for name in optuna.get_all_study_names(storage)]


def read_study(optuna, storage, name):
    study = optuna.load_study(study_name=name, storage=storage)
    # A copy is made trial by trial, each of which Optuna checks; and its own sampler goes on from them.
    copy = optuna.create_study(direction=study.direction)
    copy.add_trials([trial for trial in study.trials if trial.state.is_finished()])
    copy.ask({key: value for trial in study.trials for key, value in trial.distributions.items()})
    return {
        "name": study.study_name,
        "direction": study.direction.name,
        "attributes": study.user_attrs,
        "best": study.best_trial.number,
        "trials": [
            {
                "number": trial.number,
                "state": trial.state.name,
                "params": trial.params,
                "value": trial.values[0] if trial.values else None,
                "intermediate": trial.intermediate_values,
                "seconds": trial.duration.total_seconds() if trial.duration else None,
            }
            for trial in study.trials
        ],
    }


def read_tensorboard(folder):
    from google.protobuf.json_format import MessageToDict
    from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
    from tensorboard.context import RequestContext
    from tensorboard.plugins import base_plugin
    from tensorboard.plugins.hparams import api_pb2, backend_context, get_experiment, list_session_groups

    multiplexer = plugin_event_multiplexer.EventMultiplexer(tensor_size_guidance={"scalars": 0})
    multiplexer.AddRunsFromDirectory(folder)
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, folder)
    context = backend_context.Context(
        base_plugin.TBContext(multiplexer=multiplexer, data_provider=provider, logdir=folder)
    )
    request = api_pb2.ListSessionGroupsRequest(
        start_index=0,
        slice_size=10_000,
        aggregation_type=api_pb2.AGGREGATION_AVG,
        allowed_statuses=[0, 1, 2, 3],
        include_metrics=True,
    )
    experiment_id = ""
    handler = list_session_groups.Handler(
        request_context=RequestContext(), backend_context=context, experiment_id=experiment_id, request=request
    )
    columns = get_experiment.Handler(
        RequestContext(), context, experiment_id, api_pb2.GetExperimentRequest(include_metrics=True)
    )
    return {"columns": MessageToDict(columns.run()), "groups": MessageToDict(handler.run())["sessionGroups"]}


print(json.dumps({"optuna": read_optuna, "tensorboard": read_tensorboard}[sys.argv[1]](sys.argv[2])))
