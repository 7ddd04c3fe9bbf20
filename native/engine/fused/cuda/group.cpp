#include "engine/fused/cuda/group.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <c10/cuda/CUDAGuard.h>

#include <algorithm>

namespace cl_torch::fused {
namespace {

// Null for a session's engine that is of another kind, on the CPU for instance.
const CudaEngine* if_cuda(const EpochRequest& request) { return dynamic_cast<const CudaEngine*>(&request.engine); }

const CudaEngine& engine_of(const EpochRequest& request) { return *if_cuda(request); }

ObjectiveTerms terms_of(const EpochRequest& request) {
  return fused::terms_of(request.objective, request.plan.steps());
}

bool are_alike(const EpochRequest& left, const EpochRequest& right) {
  return engine_of(left).kind() == engine_of(right).kind() && fused::are_alike(terms_of(left), terms_of(right)) &&
         left.optimizer.rule() == right.optimizer.rule() && have_same_shape(left.plan, right.plan);
}

bool accepts_all(const EpochRequest& request) {
  return std::all_of(request.losses.begin(), request.losses.end(),
                     [&](float loss) { return request.observer.accepts(loss); });
}

}  // namespace

CudaModels::CudaModels(const CudaEngine& engine, int64_t count)
    : kind_(engine.kind()), trainer_(engine.model(), kind_.precision, count) {
  const at::Tensor& vector = engine.model().parameters().values();
  for (at::Tensor* stack : {&values_, &gradients_}) {
    *stack = at::zeros({count, vector.size(0)}, vector.options());
  }
}

int64_t CudaModels::train(const std::vector<EpochRequest*>& requests, int64_t first_step) {
  std::vector<EpochMember> members;
  for (size_t i = 0; i < requests.size(); ++i) {
    const auto row = static_cast<int64_t>(i);
    EpochRequest& request = *requests[i];
    members.push_back({request.plan, request.optimizer, request.observer, request.losses});
    values_[row].copy_(engine_of(request).model().parameters().values());
    const auto& own = request.optimizer.vectors();
    for (size_t vector = 0; vector < own.size(); ++vector) made(moments_[vector])[row].copy_(own[vector].values);
  }
  const int64_t end = train(members, *requests.front(), stacked_terms(requests), first_step);
  for (size_t i = 0; i < requests.size(); ++i) {
    const auto row = static_cast<int64_t>(i);
    const EpochRequest& request = *requests[i];
    engine_of(request).model().parameters().values().copy_(values_[row]);
    const auto& own = request.optimizer.vectors();
    for (size_t vector = 0; vector < own.size(); ++vector) own[vector].values.copy_(moments_[vector][row]);
    at::Tensor path = request.objective.path;
    if (path.defined()) path.copy_(vectors_[ObjectiveTerms::kPath][row]);
  }
  return end;
}

// A failure leaves the models as they were, for what was trained are copies: so their optimisers count none of it.
int64_t CudaModels::train(std::span<const EpochMember> members, const EpochRequest& any, const ObjectiveTerms& terms,
                          int64_t first_step) {
  std::vector<int64_t> before;
  for (const EpochMember& member : members) before.push_back(member.optimizer.steps());
  try {
    return trainer_.train(members, vectors(any), terms, first_step);
  } catch (...) {
    for (size_t i = 0; i < members.size(); ++i) members[i].optimizer.resume(before[i]);
    throw;
  }
}

at::Tensor& CudaModels::made(at::Tensor& stack) const {
  if (!stack.defined()) stack = at::zeros_like(values_);
  return stack;
}

ObjectiveTerms CudaModels::stacked_terms(const std::vector<EpochRequest*>& requests) {
  ObjectiveTerms result = terms_of(*requests.front());
  result.quadratics.clear();
  for (size_t i = 0; i < requests.size(); ++i) {
    const ObjectiveTerms terms = terms_of(*requests[i]);
    result.quadratics.insert(result.quadratics.end(), terms.quadratics.begin(), terms.quadratics.end());
    for (size_t vector = 0; vector < vectors_.size(); ++vector) {
      if (!terms.vectors[vector].defined()) continue;
      made(vectors_[vector])[static_cast<int64_t>(i)].copy_(terms.vectors[vector]);
      result.vectors[vector] = vectors_[vector];
    }
  }
  return result;
}

UpdateVectors CudaModels::vectors(const EpochRequest& any) const {
  UpdateVectors vectors{};
  vectors.values = values_.mutable_data_ptr<float>();
  vectors.gradients = gradients_.mutable_data_ptr<float>();
  vectors.rule = any.optimizer.rule();
  const size_t count = any.optimizer.vectors().size();
  if (count > 0) vectors.first = moments_[0].mutable_data_ptr<float>();
  if (count > 1) vectors.second = moments_[1].mutable_data_ptr<float>();
  return vectors;
}

void CudaGroup::train(std::vector<EpochRequest*> requests, const Finish& finish) {
  std::erase_if(requests, [&](EpochRequest* request) {
    if (if_cuda(*request)) return false;
    request->failure =
        std::make_exception_ptr(Error(code::kInvalidArgument,
                                      "The sessions of a training group train on a GPU with the fused engine; this one "
                                      "does not. Open it without 'trainingGroup'."));
    finish(*request);
    return true;
  });
  while (!requests.empty()) {
    std::vector<EpochRequest*> alike;
    std::vector<EpochRequest*> others;
    for (EpochRequest* request : requests) {
      const bool joins = request == requests.front() || are_alike(*requests.front(), *request);
      (joins ? alike : others).push_back(request);
    }
    train_alike(std::move(alike), finish);
    requests = std::move(others);
  }
}

// An epoch that is cancelled or has diverged leaves; the others go on from where it left.
void CudaGroup::train_alike(std::vector<EpochRequest*> requests, const Finish& finish) {
  const int64_t steps = requests.front()->plan.steps();
  int64_t next = 0;
  while (!requests.empty()) {
    try {
      next = train_some(requests, next);
    } catch (...) {
      for (EpochRequest* request : requests) {
        request->failure = std::current_exception();
        finish(*request);
      }
      return;
    }
    std::vector<EpochRequest*> staying;
    for (EpochRequest* request : requests) {
      const bool cancelled = next < steps && request->observer.cancelled();
      if (next < steps && !cancelled && accepts_all(*request)) {
        staying.push_back(request);
        continue;
      }
      if (cancelled) request->failure = std::make_exception_ptr(cancellation());
      finish(*request);
    }
    requests = std::move(staying);
  }
}

int64_t CudaGroup::train_some(const std::vector<EpochRequest*>& requests, int64_t first_step) {
  const CudaEngine& first = engine_of(*requests.front());
  const c10::NoGradGuard no_grad;
  const c10::cuda::CUDAGuard device(first.kind().device);
  if (!models_ || models_->kind() != first.kind() || models_->count() != requests.size()) {
    models_.reset();  // frees before it makes
    models_ = std::make_unique<CudaModels>(first, static_cast<int64_t>(requests.size()));
  }
  return models_->train(requests, first_step);
}

}  // namespace cl_torch::fused
