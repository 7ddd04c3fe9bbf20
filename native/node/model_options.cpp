#include "node/model_options.h"

#include "node/convert.h"

namespace cl_torch::node {

std::vector<int64_t> layer_widths(const Options& options) {
  return options.integers("layers", 1, kWidestLayer, 2);  // at least the input and the output width
}

EngineOptions engine_options(const Options& options) {
  constexpr EngineKind kinds[] = {EngineKind::kAutograd, EngineKind::kFused};
  constexpr Precision precisions[] = {Precision::kFp32, Precision::kTf32, Precision::kBf16};
  return {kinds[options.one_of("engine", {"autograd", "fused"})],
          precisions[options.one_of("precision", {"fp32", "tf32", "bf16"})]};
}

OptimizerOptions optimizer_options(const Options& options) {
  OptimizerOptions result;
  result.learning_rate = options.number("learningRate");
  result.weight_decay = options.number("weightDecay");
  result.beta1 = options.number("beta1");
  result.beta2 = options.number("beta2");
  result.epsilon = options.number("epsilon");
  return result;
}

PenaltyOptions penalty_options(const Options& options) {
  constexpr PenaltyGradient gradients[] = {PenaltyGradient::kClosedForm, PenaltyGradient::kAutograd,
                                           PenaltyGradient::kReference};
  return {options.number_from("alpha", 0),
          gradients[options.one_of("gradient", {"closed-form", "autograd", "reference"})]};
}

const char* word_of(EngineKind kind) { return kind == EngineKind::kAutograd ? "autograd" : "fused"; }

const char* word_of(PenaltyGradient gradient) {
  switch (gradient) {
    case PenaltyGradient::kAutograd:
      return "autograd";
    case PenaltyGradient::kReference:
      return "reference";
    case PenaltyGradient::kClosedForm:
      break;
  }
  return "closed-form";
}

const char* word_of(Precision precision) {
  switch (precision) {
    case Precision::kTf32:
      return "tf32";
    case Precision::kBf16:
      return "bf16";
    case Precision::kFp32:
      break;
  }
  return "fp32";
}

}  // namespace cl_torch::node
