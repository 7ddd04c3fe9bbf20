#include "engine/autograd/batch_loss.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "data/class_mask.h"
#include "engine/autograd/target_loss.h"

namespace cl_torch {

at::Tensor mean_cross_entropy(const at::Tensor& logits, const Batch& batch) {
  const std::optional<ClassRange> range = common_range(batch.classes);
  if (!range) return at::cross_entropy_loss(masked_logits(logits, batch.classes), batch.labels);
  if (range->is_all()) return at::cross_entropy_loss(logits, batch.labels);
  const auto [begin, end] = within(*range, logits.size(1));
  return at::cross_entropy_loss(logits.narrow(1, begin, end - begin), batch.labels - begin);
}

at::Tensor weighted(const at::Tensor& term, double weight) { return weight == 1 ? term : term * weight; }

Batch rows_of(const Batch& batch, int64_t begin, int64_t count) {
  if (count == batch.labels.size(0)) return batch;
  Batch rows{batch.inputs.narrow(0, begin, count), batch.labels.narrow(0, begin, count)};
  if (!batch.classes.empty()) {
    rows.classes.assign(batch.classes.begin() + begin, batch.classes.begin() + begin + count);
  }
  return rows;
}

LossRows::LossRows(Batch batch, const Examples& examples, int64_t own, const BatchLoss& loss)
    : batch_(std::move(batch)), loss_(loss) {
  if (loss.has_targets()) targets_ = targets_of(examples, own);
  if (loss.present_only) std::tie(present_, places_) = at::_unique(batch_.labels, true, true);
}

at::Tensor LossRows::share(const at::Tensor& logits, int64_t begin) const {
  const int64_t rows = logits.size(0);
  at::Tensor total;
  const auto add = [&](const at::Tensor& term, double weight) {
    const at::Tensor its_share = weighted(term, weight);
    total = total.defined() ? total + its_share : its_share;
  };
  if (loss_.cross_entropy != 0) {
    const Batch its_rows = rows_of(batch_, begin, rows);
    const at::Tensor mean =
        loss_.binary         ? binary_cross_entropy(logits, its_rows.labels, *loss_.binary)
        : present_.defined() ? at::cross_entropy_loss(logits.index_select(1, present_), places_.narrow(0, begin, rows))
                             : mean_cross_entropy(logits, its_rows);
    add(mean, loss_.cross_entropy * share_of(rows, count()));
  }
  if (!targets_.defined()) return total;
  const int64_t with_targets = std::clamp<int64_t>(targets_.size(0) - begin, 0, rows);
  if (with_targets == 0) return total;
  const at::Tensor targets = targets_.narrow(0, begin, with_targets);
  for (const TargetLoss& term : loss_.targets) {
    if (term.weight == 0) continue;
    add(target_loss(logits.narrow(0, 0, with_targets), targets, term),
        term.weight * share_of(with_targets, targets_.size(0)));
  }
  return total;
}

}  // namespace cl_torch
