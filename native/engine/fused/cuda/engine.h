#pragma once

#include "engine/engine.h"
#include "engine/fused/cuda/trainer.h"

namespace cl_torch::fused {

// What models have in common that can be trained as one batch.
struct ModelKind {
  std::vector<int64_t> widths;
  Precision precision;
  at::Device device;
  bool operator==(const ModelKind&) const = default;
};

// The fast engine on a GPU.
class CudaEngine final : public Engine {
 public:
  // The model's GPU must be the calling thread's current device.
  CudaEngine(Mlp& model, Precision precision);

  std::vector<float> train_epoch(const EpochPlan& plan, Optimizer& optimizer, const Objective& objective,
                                 Observer& observer) override;
  CorrectRows count_correct(const TaskView& view, int64_t batch_size, Observer& observer) override;
  double loss(const at::Tensor& values, const Batch& batch) override;
  double add_gradient(const at::Tensor& values, const Batch& batch, double scale, at::Tensor& gradient) override;
  void add_importance(const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                      at::Tensor& importance, Observer& observer) override;

  const Mlp& model() const { return model_; }
  ModelKind kind() const;

 private:
  // Returns where the batch is.
  BatchPlace enqueue_batch(const at::Tensor& values, const Batch& batch);
  double mean_loss(int64_t rows);

  Mlp& model_;
  Precision precision_;
  CudaTrainer trainer_;
  CudaNetwork& network_;             // the trainer's
  at::Tensor results_;               // int64 or float64 [2]: results on their way to the host
  at::Tensor view_;                  // one DeviceView
  std::vector<ClassBounds> ranges_;  // of the batch, on its way to the device
};

}  // namespace cl_torch::fused
