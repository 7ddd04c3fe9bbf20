// Session's calls on data sets and views.
#include <ATen/ATen.h>

#include "session/state.h"

namespace cl_torch {
namespace {

template <typename Value>
std::vector<Value> to_vector(const at::Tensor& tensor) {
  const at::Tensor values = tensor.cpu().contiguous();
  const Value* data = values.const_data_ptr<Value>();
  return {data, data + values.numel()};
}

}  // namespace

int64_t Session::load_dataset(DatasetRows rows) {
  const int64_t id = state_->next_dataset++;
  state_->datasets.emplace(id, std::make_shared<Dataset>(std::move(rows), state_->device));
  return id;
}

int64_t Session::load_dataset(const Dataset& shared) {
  const int64_t id = state_->next_dataset++;
  state_->datasets.emplace(id, std::make_shared<Dataset>(shared, state_->device));
  return id;
}

void Session::append_dataset(int64_t dataset_id, DatasetRows rows) {
  Dataset& dataset = *state_->item(state_->datasets, dataset_id, "data set");
  const bool has_bytes = std::holds_alternative<std::unique_ptr<uint8_t[]>>(rows.images);
  if (rows.features != dataset.features() || has_bytes != dataset.has_bytes()) {
    const auto describe = [](bool bytes, int64_t features) {
      return std::to_string(features) + (bytes ? " bytes" : " float32 numbers") + " a row";
    };
    reject("The data set has " + describe(dataset.has_bytes(), dataset.features()) + ", the rows to add have " +
           describe(has_bytes, rows.features) + ".");
  }
  dataset.append(std::move(rows));
}

void Session::drop_dataset(int64_t dataset_id) {
  const std::shared_ptr<const Dataset> dropped = state_->item(state_->datasets, dataset_id, "data set");
  for (auto next = state_->views.begin(); next != state_->views.end();) {
    const auto entry = next++;
    if (&entry->second.dataset() != dropped.get()) continue;
    if (const auto kept = state_->memory.detach(entry->first)) {
      entry->second = *kept;
    } else {
      state_->views.erase(entry);
    }
  }
  state_->datasets.erase(dataset_id);
}

int64_t Session::add_view(int64_t dataset_id, const ViewOptions& options) {
  TaskView view(state_->item(state_->datasets, dataset_id, "data set"), options);
  const int64_t id = state_->next_view++;
  state_->views.emplace(id, std::move(view));
  return id;
}

void Session::set_classes(const std::vector<int64_t>& views, const ClassRange& classes) {
  for (const int64_t id : views) (void)state_->view(id);
  for (const int64_t id : views) {
    state_->view(id).set_classes(classes);
    state_->memory.set_classes(id, classes);
  }
}

ExampleRows Session::read_rows(int64_t view_id, const std::vector<int64_t>& rows) {
  const TaskView& view = state_->view(view_id);
  RunList list;
  for (const int64_t row : rows) {
    State::require_row(view, row);
    list.add(view, row);
  }
  if (rows.empty()) reject("readRows needs at least one row.");
  const Dataset& dataset = view.dataset();
  const at::Tensor indices = list.rows();
  const at::Tensor images = view.shown(indices);
  ExampleRows result{std::vector<uint8_t>(), to_vector<int32_t>(view.labels().index_select(0, indices).to(at::kInt)),
                     view.features()};
  if (dataset.has_bytes()) {
    result.images = to_vector<uint8_t>(images);
  } else {
    result.images = to_vector<float>(images);
  }
  return result;
}

}  // namespace cl_torch
