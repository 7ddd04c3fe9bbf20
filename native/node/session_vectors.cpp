// Session's calls on named vectors.
#include "node/arguments.h"
#include "node/convert.h"
#include "node/session_object.h"

namespace cl_torch::node {
namespace {

// `factor`: one number, or an array of one a tensor.
std::vector<double> factors(const Options& options) {
  if (options.is_array("factor")) return options.numbers("factor");
  return {options.number("factor")};
}

Job::Settle resolve_numbers(std::vector<double> numbers) {
  return [numbers = std::move(numbers)](Napi::Env env) { return to_float64_array(env, numbers); };
}

}  // namespace

Napi::Value SessionObject::vector_names(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) -> Job::Settle {
    return [names = session.vector_names()](Napi::Env env) {
      auto array = Napi::Array::New(env, names.size());
      for (uint32_t i = 0; i < names.size(); ++i) array[i] = Napi::String::New(env, names[i]);
      return array;
    };
  });
}

Napi::Value SessionObject::vector(const Napi::CallbackInfo& info) {
  const std::string name = Options(info, "vector").text("vector");
  return submit(info, [name](Session& session, Observer&) { return resolve_tensors(session.vector(name)); });
}

Napi::Value SessionObject::set_vector(const Napi::CallbackInfo& info) {
  const Options options(info, "setVector");
  return submit(
      info, [target = options.text("target"), values = options.float32_arrays("values")](Session& session, Observer&) {
        session.set_vector(target, values);
        return resolve_undefined();
      });
}

Napi::Value SessionObject::fill_vector(const Napi::CallbackInfo& info) {
  const Options options(info, "fillVector");
  return submit(info, [target = options.text("target"), value = options.number("value")](Session& session, Observer&) {
    session.fill_vector(target, value);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::copy_vector(const Napi::CallbackInfo& info) {
  const Options options(info, "copyVector");
  return submit(info, [source = options.text("source"), target = options.text("target")](Session& session, Observer&) {
    session.copy_vector(source, target);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::drop_vector(const Napi::CallbackInfo& info) {
  const std::string name = Options(info, "dropVector").text("vector");
  return submit(info, [name](Session& session, Observer&) {
    session.drop_vector(name);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::add_vector(const Napi::CallbackInfo& info) {
  const Options options(info, "addVector");
  return submit(info, [target = options.text("target"), source = options.text("source"), factor = factors(options)](
                          Session& session, Observer&) {
    session.add_vector(target, source, factor);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::scale_vector(const Napi::CallbackInfo& info) {
  const Options options(info, "scaleVector");
  return submit(info, [target = options.text("target"), factor = factors(options)](Session& session, Observer&) {
    session.scale_vector(target, factor);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::multiply_vector(const Napi::CallbackInfo& info) {
  const Options options(info, "multiplyVector");
  return submit(info, [target = options.text("target"), source = options.text("source")](Session& session, Observer&) {
    session.multiply_vector(target, source);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::divide_vector(const Napi::CallbackInfo& info) {
  const Options options(info, "divideVector");
  return submit(info, [target = options.text("target"), source = options.text("source")](Session& session, Observer&) {
    session.divide_vector(target, source);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::dot_vectors(const Napi::CallbackInfo& info) {
  const Options options(info, "dotVectors");
  return submit(
      info, [left = options.text("left"), right = options.text("right"), per_tensor = options.boolean("perTensor")](
                Session& session, Observer&) { return resolve_numbers(session.dot_vectors(left, right, per_tensor)); });
}

Napi::Value SessionObject::norm_vector(const Napi::CallbackInfo& info) {
  const Options options(info, "normVector");
  return submit(
      info, [name = options.text("vector"), per_tensor = options.boolean("perTensor")](Session& session, Observer&) {
        return resolve_numbers(session.norm_vector(name, per_tensor));
      });
}

Napi::Value SessionObject::project_vector(const Napi::CallbackInfo& info) {
  const Options options(info, "projectVector");
  return submit(info, [target = options.text("target"), point = options.text("point"),
                       per_tensor = options.boolean("perTensor")](Session& session, Observer&) {
    session.project_vector(target, point, per_tensor);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::spread_gates(const Napi::CallbackInfo& info) {
  const Options options(info, "spreadGates");
  return submit(info, [embedding = options.text("embedding"), target = options.text("target"),
                       steepness = options.number_above("steepness", 0)](Session& session, Observer&) {
    session.spread_gates(embedding, target, steepness);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::retract_vector(const Napi::CallbackInfo& info) {
  const Options options(info, "retractVector");
  return submit(info, [target = options.text("target"), radius = options.number_above("radius", 0),
                       per_tensor = options.boolean("perTensor")](Session& session, Observer&) {
    session.retract_vector(target, radius, per_tensor);
    return resolve_undefined();
  });
}

}  // namespace cl_torch::node
