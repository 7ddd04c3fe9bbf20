#include "data/epoch_plan.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "data/memory.h"
#include "data/reservoir.h"

namespace cl_torch {

int64_t Examples::count() const {
  int64_t count = 0;
  for (const Run& run : runs) count += run.end - run.begin;
  return count;
}

std::vector<Examples> Examples::by_run() const {
  std::vector<Examples> parts;
  for (const Run& run : runs) parts.push_back({rows, {&run, 1}, places, augmentation, placements});
  return parts;
}

void RunList::add(const TaskView& view, std::span<const int64_t> rows, std::span<const int64_t> places) {
  if (rows.empty()) return;
  const int64_t begin = size();
  if (view.targets().defined()) {
    places_.resize(static_cast<size_t>(begin));  // rows without targets have no place
    places_.insert(places_.end(), places.begin(), places.end());
  }
  if (view.has_rows()) {
    for (const int64_t row : rows) rows_.push_back(view.dataset_row(row));
  } else {
    rows_.insert(rows_.end(), rows.begin(), rows.end());
  }
  if (open_ && runs_.back().view == &view) {
    runs_.back().end = size();
  } else {
    runs_.push_back({&view, begin, size()});
    open_ = true;
  }
}

at::Tensor RunList::rows() const {
  at::Tensor rows = at::empty({size()}, at::kLong);
  std::copy(rows_.begin(), rows_.end(), rows.mutable_data_ptr<int64_t>());
  return runs_.empty() ? rows : rows.to(runs_.front().view->device());
}

ChosenExamples::ChosenExamples(const Examples& examples, std::span<const int64_t> indices)
    : augmentation_(examples.augmentation) {
  std::vector<int64_t> chosen;  // of the list of rows
  auto next = indices.begin();
  int64_t start = 0;
  for (const auto& [view, begin, end] : examples.runs) {
    const auto first = static_cast<int64_t>(chosen.size());
    for (; next != indices.end() && *next < start + end - begin; ++next) chosen.push_back(begin + *next - start);
    start += end - begin;
    if (const auto last = static_cast<int64_t>(chosen.size()); last > first) runs_.push_back({view, first, last});
  }
  for (const int64_t index : chosen) {
    if (!examples.places.empty()) places_.push_back(examples.places[static_cast<size_t>(index)]);
    if (augmentation_) placements_.push_back(examples.placements[static_cast<size_t>(index)]);
  }
  rows_ = examples.rows.index_select(0, at::tensor(chosen, at::kLong).to(examples.rows.device()));
}

void StepList::end_step() {
  list_.end_run();
  steps_.run_ends_.push_back(list_.runs().size());
  steps_.largest_step_ = std::max(steps_.largest_step_, list_.size() - start_);
  start_ = list_.size();
}

StepExamples StepList::finish() {
  steps_.rows_ = list_.rows();
  steps_.runs_ = list_.runs();
  steps_.places_ = list_.places();
  // A list ends with the last row that has a place.
  if (!steps_.places_.empty()) steps_.places_.resize(static_cast<size_t>(list_.size()));
  return std::move(steps_);
}

int64_t StepSizes::steps(int64_t rows) const {
  const int64_t whole = rows / batch_size;
  return std::min(most_steps, whole + (drops_short || rows % batch_size == 0 ? 0 : 1));
}

EpochPlan::EpochPlan(const ExampleStore& store, const at::Tensor& order, const StepSizes& sizes,
                     const EpochMemory& memory)
    : batch_size_(sizes.batch_size), order_size_(order.size(0)) {
  StepList list;
  std::vector<StepList> draws(memory.samplers.size());
  const auto size = static_cast<size_t>(sizes.batch_size);
  const std::span<const int64_t> numbers(order.const_data_ptr<int64_t>(), static_cast<size_t>(order_size_));
  const auto steps = static_cast<size_t>(sizes.steps(order_size_));
  list.list().reserve(std::min(numbers.size(), steps * size));
  for (size_t step = 0; step < steps; ++step) {
    const auto own = numbers.subspan(step * size, std::min(size, numbers.size() - step * size));
    store.list(own, list.list());
    if (memory.join) memory.join(list.list());
    list.end_step();
    for (size_t i = 0; i < memory.samplers.size(); ++i) {
      memory.samplers[i].draw(draws[i].list());
      draws[i].end_step();
    }
    if (!memory.reservoir) continue;
    Reservoir::Taken taken = memory.reservoir->offer(own);
    kept_.push_back({std::move(taken.rows), std::move(taken.places)});
  }
  batches_ = list.finish();
  for (StepList& draw : draws) draws_.push_back(draw.finish());
  if (memory.reservoir) targets_ = memory.reservoir->targets();
}

bool EpochPlan::keeps_outputs(int64_t index) const {
  return targets_.defined() && !kept_[static_cast<size_t>(index)].rows.empty();
}

void EpochPlan::keep_outputs(int64_t index, const at::Tensor& logits) const {
  const auto& [rows, places] = kept_[static_cast<size_t>(index)];
  const auto on_device = [&](const std::vector<int64_t>& numbers) {
    return at::tensor(numbers, at::kLong).to(logits.device());
  };
  targets_.index_copy_(0, on_device(places), logits.index_select(0, on_device(rows)));
}

void StepExamples::augment(const Augmentation& augmentation, const at::Generator& generator) {
  augmentation_ = std::make_shared<const Augmentation>(augmentation);
  placements_ = draw_placements(augmentation, rows_.size(0), generator);
}

void EpochPlan::augment(const Augmentation& augmentation, const at::Generator& generator) {
  batches_.augment(augmentation, generator);
  for (StepExamples& draw : draws_) draw.augment(augmentation, generator);
}

Examples StepExamples::step(int64_t index) const {
  const auto step = static_cast<size_t>(index);
  const size_t begin = step == 0 ? 0 : run_ends_[step - 1];
  const auto runs = std::span(runs_).subspan(begin, run_ends_[step] - begin);
  return {rows_, runs, places_, augmentation_.get(), placements_};
}

namespace {

// Shows the inputs of these examples, in their order, as the epoch has it.
void augment(const at::Tensor& inputs, const Examples& examples) {
  if (!examples.augmentation || examples.runs.empty()) return;
  const auto first = static_cast<size_t>(examples.runs.front().begin);
  place_images(inputs, *examples.augmentation, examples.placements.subspan(first, static_cast<size_t>(inputs.size(0))));
}

}  // namespace

Batch BatchReader::read(const Examples& examples) {
  if (!examples.rows.is_cpu()) {
    std::vector<at::Tensor> inputs;
    std::vector<at::Tensor> labels;
    for (const auto& [view, begin, end] : examples.runs) {
      const Batch batch = view->batch(examples.rows.slice(0, begin, end));
      inputs.push_back(batch.inputs);
      labels.push_back(batch.labels);
    }
    std::vector<ClassRange> classes = classes_of(examples);
    const bool is_one = inputs.size() == 1;
    Batch batch{is_one ? inputs.front() : at::cat(inputs), is_one ? labels.front() : at::cat(labels),
                std::move(classes)};
    augment(batch.inputs, examples);
    return batch;
  }
  const int64_t count = examples.count();
  const int64_t features = examples.runs.front().view->features();
  if (!inputs_.defined() || inputs_.size(0) < count || inputs_.size(1) != features) {
    inputs_ = at::empty({count, features}, at::kFloat);
    labels_ = at::empty({count}, at::kLong);
  }
  read_examples(examples, inputs_.mutable_data_ptr<float>(), labels_.mutable_data_ptr<int64_t>());
  return {inputs_.narrow(0, 0, count), labels_.narrow(0, 0, count), classes_of(examples)};
}

void read_examples(const Examples& examples, float* inputs, int64_t* labels) {
  const int64_t* rows = examples.rows.const_data_ptr<int64_t>();
  float* const all_inputs = inputs;
  for (const auto& [view, begin, end] : examples.runs) {
    view->read(rows + begin, end - begin, inputs);
    inputs += (end - begin) * view->features();
    const int64_t* label_of = view->labels().const_data_ptr<int64_t>();
    for (int64_t i = begin; i < end; ++i) *labels++ = label_of[rows[i]];
  }
  if (!examples.augmentation) return;
  const int64_t features = examples.runs.front().view->features();
  augment(at::from_blob(all_inputs, {(inputs - all_inputs) / features, features}, at::kFloat), examples);
}

bool are_plain(const Examples& examples) {
  return !examples.augmentation && std::all_of(examples.runs.begin(), examples.runs.end(), [](const Run& run) {
    return run.view->classes().is_all() && !run.view->has_values();
  });
}

at::Tensor targets_of(const Examples& examples, int64_t count) {
  std::vector<at::Tensor> parts;
  int64_t classes = std::numeric_limits<int64_t>::max();
  for (const auto& [view, begin, end] : examples.runs) {
    const int64_t rows = std::min(end - begin, count);
    if (rows == 0) break;
    count -= rows;
    at::Tensor places = at::empty({rows}, at::kLong);
    std::copy_n(examples.places.begin() + begin, rows, places.mutable_data_ptr<int64_t>());
    parts.push_back(view->targets().index_select(0, places.to(view->device())));
    classes = std::min(classes, view->targets().size(1));
  }
  for (at::Tensor& part : parts) part = part.narrow(1, 0, classes);
  return parts.size() == 1 ? parts.front().contiguous() : at::cat(parts);
}

std::vector<ClassRange> classes_of(const Examples& examples) {
  std::vector<ClassRange> classes;
  const auto is_all = [](const Run& run) { return run.view->classes().is_all(); };
  if (std::all_of(examples.runs.begin(), examples.runs.end(), is_all)) return classes;
  for (const auto& [view, begin, end] : examples.runs) {
    classes.insert(classes.end(), static_cast<size_t>(end - begin), view->classes());
  }
  return classes;
}

}  // namespace cl_torch
