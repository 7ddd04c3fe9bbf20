#include "engine/fused/cpu/update.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/for_vectors.h"
#include "engine/fused/common/update_rule.h"
#include "engine/fused/cpu/fixed_sum.h"
#include "engine/fused/cpu/work_share.h"

namespace cl_torch::fused {
namespace {

struct Elements {
  float* values;
  float* first;
  float* second;
  const float* gradients;
  const float* direction;
  const float* anchor;
  int64_t count;
};

struct Sums {
  float product;
  float square;
};

template <typename Rule>
CL_TORCH_LOOP void update(Elements elements, StepFactors factors) {
  const auto [values, first, second, gradients, direction, anchor, count] = elements;
  for (int64_t i = 0; i < count; ++i) {
    Moments moments;
    if constexpr (Rule::kVectors > 0) moments.first = first[i];
    if constexpr (Rule::kVectors > 1) moments.second = second[i];
    const float value = Rule::step(values[i], gradients[i], moments, factors);
    if constexpr (Rule::kVectors > 0) first[i] = moments.first;
    if constexpr (Rule::kVectors > 1) second[i] = moments.second;
    values[i] = value;
  }
}

// The same with the penalty's gradient, `strength` times delta = s - share direction, s = w - w_t.
template <typename Rule>
CL_TORCH_LOOP Sums update_penalised(Elements elements, StepFactors factors, float strength, float share) {
  const auto [values, first, second, gradients, direction, anchor, count] = elements;
  LaneSums<float> products;
  LaneSums<float> squares;
  for_lanes(count, [&, values = values, first = first, second = second, gradients = gradients, direction = direction,
                    anchor = anchor](int64_t i, int64_t lane) CL_TORCH_ELEMENT {
    const float delta = values[i] - anchor[i] - share * direction[i];
    Moments moments;
    if constexpr (Rule::kVectors > 0) moments.first = first[i];
    if constexpr (Rule::kVectors > 1) moments.second = second[i];
    const float value = Rule::step(values[i], gradients[i] + strength * delta, moments, factors);
    if constexpr (Rule::kVectors > 0) first[i] = moments.first;
    if constexpr (Rule::kVectors > 1) second[i] = moments.second;
    values[i] = value;
    squares.lanes[lane] += delta * delta;
    products.lanes[lane] += direction[i] * (values[i] - anchor[i]);
  });
  return {products.total(), squares.total()};
}

CL_TORCH_LOOP void mask_gradients(float* gradients, const float* mask, int64_t count) {
  for (int64_t i = 0; i < count; ++i) gradients[i] = mask[i] == 0 ? 0 : gradients[i];
}

// Where the mask is 0 the value is again what it was before the step.
CL_TORCH_LOOP void restore(float* values, const float* before, const float* mask, int64_t count) {
  for (int64_t i = 0; i < count; ++i) values[i] = mask[i] == 0 ? before[i] : values[i];
}

CL_TORCH_LOOP void add_to_path(float* path, const float* gradients, const float* values, const float* before,
                               int64_t count) {
  for (int64_t i = 0; i < count; ++i) path[i] -= gradients[i] * (values[i] - before[i]);
}

CL_TORCH_LOOP void add_squares(float* squares, const float* gradients, int64_t count) {
  for (int64_t i = 0; i < count; ++i) squares[i] += gradients[i] * gradients[i];
}

// An optimiser's rule with and without the penalty.
struct Update {
  void (*plain)(Elements, StepFactors);
  Sums (*penalised)(Elements, StepFactors, float strength, float share);
};

Update update_of(UpdateRule rule) {
  return with_rule(rule, [](auto type) -> Update {
    using Rule = decltype(type);
    return {ForVectors<update<Rule>>::run, ForVectors<update_penalised<Rule>>::run};
  });
}

// The rest of a vector; null where there is no vector.
template <typename Value>
Value* part_of(Value* vector, int64_t begin) {
  return vector ? vector + begin : nullptr;
}

double dot(const float* left, const float* right, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += static_cast<double>(left[i]) * right[i];
  return sum;
}

}  // namespace

UpdatePass::UpdatePass(const ParameterVector& parameters, Optimizer& optimizer, const Objective& objective)
    : optimizer_(optimizer),
      penalty_(objective.watches_steps() ? nullptr : objective.off_direction),
      values_(parameters.values().mutable_data_ptr<float>()),
      gradients_(parameters.gradients().mutable_data_ptr<float>()),
      first_(optimizer.elements(0)),
      second_(optimizer.elements(1)) {
  if (objective.mask.defined()) mask_ = objective.mask.const_data_ptr<float>();
  if (objective.path.defined()) {
    path_ = objective.path.mutable_data_ptr<float>();
    if (objective.path_gradient == PathGradient::kTask) {
      loss_gradient_.resize(static_cast<size_t>(parameters.values().size(0)));
    }
  }
  if (objective.score) {
    intervals_.emplace(parameters.values(), objective.path, *objective.score);
    squares_of_path_ = intervals_->squares().mutable_data_ptr<float>();
  }
  if (penalty_) {
    const auto& parts = penalty_->sphere().parts();
    for (size_t part = 0; part < parts.size(); ++part) split(parts[part].offset, parts[part].count, part);
    start_penalty();
  } else {
    split(0, parameters.values().size(0), 0);
  }
}

void UpdatePass::split(int64_t begin, int64_t count, size_t part) {
  for (int64_t done = 0; done < count; done += kSumChunk) {
    chunks_.push_back({begin + done, std::min(kSumChunk, count - done), part});
  }
}

void UpdatePass::start_penalty() {
  direction_ = penalty_->unit_direction().const_data_ptr<float>();
  anchor_ = penalty_->anchor().const_data_ptr<float>();
  products_.resize(chunks_.size());
  squares_.resize(chunks_.size());
  lengths_.resize(penalty_->sphere().parts().size(), 0);
  shares_.resize(lengths_.size());
  for (size_t i = 0; i < chunks_.size(); ++i) {
    const auto& [begin, count, part] = chunks_[i];
    const float* direction = direction_ + begin;
    lengths_[part] += dot(direction, direction, count);
    products_[i] = static_cast<float>(dot(direction, values_ + begin, count) - dot(direction, anchor_ + begin, count));
  }
  find_shares();
}

void UpdatePass::find_shares() {
  std::fill(shares_.begin(), shares_.end(), 0);
  for (size_t i = 0; i < chunks_.size(); ++i) shares_[chunks_[i].part] += products_[i];
  for (size_t part = 0; part < shares_.size(); ++part) {
    if (lengths_[part] > 0) shares_[part] /= lengths_[part];
  }
}

double UpdatePass::penalty_value() const {
  return penalty_->alpha() * std::accumulate(squares_.begin(), squares_.end(), 0.0);
}

void UpdatePass::note_loss_gradient() {
  const auto size = static_cast<int64_t>(loss_gradient_.size());
  at::parallel_for(0, size, kElementsPerThread, [&](int64_t begin, int64_t end) {
    std::copy(gradients_ + begin, gradients_ + end, loss_gradient_.begin() + begin);
  });
}

// `update` changes the chunk's parameters by their gradients.
template <typename Plain>
void UpdatePass::update_watched(const Chunk& chunk, const Plain& update) {
  const auto& [begin, count, part] = chunk;
  std::array<float, kSumChunk> before;
  std::copy_n(values_ + begin, count, before.data());
  if (mask_) for_vectors<mask_gradients>(gradients_ + begin, mask_ + begin, count);
  update();
  if (mask_) for_vectors<restore>(values_ + begin, before.data(), mask_ + begin, count);
  if (!path_) return;
  const float* gradients = loss_gradient_.empty() ? gradients_ : loss_gradient_.data();
  for_vectors<add_to_path>(path_ + begin, gradients + begin, values_ + begin, before.data(), count);
  if (squares_of_path_) for_vectors<add_squares>(squares_of_path_ + begin, gradients + begin, count);
}

double UpdatePass::step() {
  const StepFactors factors = optimizer_.advance();
  const Update update = update_of(optimizer_.rule());
  const auto strength = static_cast<float>(penalty_ ? 2 * penalty_->alpha() : 0);
  at::parallel_for(0, static_cast<int64_t>(chunks_.size()), 2, [&](int64_t first, int64_t end) {
    for (auto i = static_cast<size_t>(first); i < static_cast<size_t>(end); ++i) {
      const auto& [begin, count, part] = chunks_[i];
      const Elements elements{values_ + begin,
                              part_of(first_, begin),
                              part_of(second_, begin),
                              gradients_ + begin,
                              part_of(direction_, begin),
                              part_of(anchor_, begin),
                              count};
      if (penalty_) {
        const Sums sums = update.penalised(elements, factors, strength, static_cast<float>(shares_[part]));
        products_[i] = sums.product;
        squares_[i] = sums.square;
      } else if (mask_ || path_) {
        update_watched(chunks_[i], [&] { update.plain(elements, factors); });
      } else {
        update.plain(elements, factors);
      }
    }
  });
  if (intervals_) intervals_->end_step();
  if (!penalty_) return 0;
  const double penalty = penalty_value();
  find_shares();
  return penalty;
}

}  // namespace cl_torch::fused
