// Session's calls for the objective.
#include "node/arguments.h"
#include "node/convert.h"
#include "node/objective_options.h"
#include "node/session_object.h"

namespace cl_torch::node {

Napi::Value SessionObject::set_penalties(const Napi::CallbackInfo& info) {
  const Options options(info, "setPenalties");
  return submit(info, [penalties = penalty_settings(options)](Session& session, Observer&) {
    session.set_penalties(penalties);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::deviation(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) { return resolve_number(session.deviation()); });
}

Napi::Value SessionObject::set_path(const Napi::CallbackInfo& info) {
  const Options options(info, "setPath");
  return submit(info, [path = path_settings(options)](Session& session, Observer&) {
    session.set_path(path);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::set_mask(const Napi::CallbackInfo& info) {
  const Options options(info, "setMask");
  return submit(info, [mask = mask_setting(options), hides = options.boolean("hides")](Session& session, Observer&) {
    session.set_mask(mask, hides);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::set_gates(const Napi::CallbackInfo& info) {
  const Options options(info, "setGates");
  return submit(info, [gates = gate_settings(options)](Session& session, Observer&) {
    session.set_gates(gates);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::set_frozen(const Napi::CallbackInfo& info) {
  const Options options(info, "setFrozen");
  return submit(info, [names = options.texts("frozen")](Session& session, Observer&) {
    session.set_frozen(names);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::set_micro_batch_size(const Napi::CallbackInfo& info) {
  const Options options(info, "setMicroBatchSize");
  return submit(info, [rows = options.integer("examples", 0, kLargestBatch)](Session& session, Observer&) {
    session.set_micro_batch_size(rows);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::set_batch_loss(const Napi::CallbackInfo& info) {
  const Options options(info, "setBatchLoss");
  return submit(info, [loss = batch_loss(options)](Session& session, Observer&) {
    session.set_batch_loss(loss);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::set_draws(const Napi::CallbackInfo& info) {
  const Options options(info, "setDraws");
  return submit(info, [draws = memory_draws(options)](Session& session, Observer&) {
    session.set_draws(draws);
    return resolve_undefined();
  });
}

}  // namespace cl_torch::node
