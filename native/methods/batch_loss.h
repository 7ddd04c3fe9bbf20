#pragma once

// Plain: needs neither LibTorch nor Node-API.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "data/rows.h"

namespace cl_torch {

enum class TargetKind {
  kSquared,  // (z - t)² (DER: Buzzega et al., 2020)
  kSoft,     // cross-entropy of the softmaxes of t / T and z / T (Hinton et al., 2015; LwF: Li & Hoiem, 2016)
  kBinary,   // cross-entropy of the sigmoids of t / T and z, output by output (iCaRL: Rebuffi et al., 2017)
};

// A loss of outputs z against stored outputs t, the mean over a batch's rows.
struct TargetLoss {
  TargetKind kind = TargetKind::kSquared;
  double weight = 0;
  std::optional<ClassRange> classes;  // that it goes over; none: all that are stored
  bool sums = false;                  // squared, binary: the sum over the classes, not their mean
  double temperature = 1;             // soft, binary: T
  bool scaled = false;                // soft: times T²
  std::optional<ClassRange> known;    // soft: classes outside have no probability in the target; none: `classes`
};

// What a batch's examples are learnt by: the sum of these, each with its weight.
struct BatchLoss {
  double cross_entropy = 1;
  // The cross-entropy goes over the classes among the labels of these rows alone (asymmetric cross-entropy: Caccia et
  // al., 2022).
  bool present_only = false;
  // Each of these outputs by itself: the sum over them of the cross-entropy of a sigmoid, against whether the output is
  // the label's. None: one softmax.
  std::optional<ClassRange> binary{};
  std::vector<TargetLoss> targets;

  // A term without weight is left out: it must change no bit.
  bool has_targets() const {
    return std::any_of(targets.begin(), targets.end(), [](const TargetLoss& term) { return term.weight != 0; });
  }
  bool has_sigmoids() const {
    return binary || std::any_of(targets.begin(), targets.end(),
                                 [](const TargetLoss& term) { return term.kind == TargetKind::kBinary; });
  }
  bool is_plain() const { return cross_entropy == 1 && !present_only && !binary && !has_targets(); }
  bool is_nothing() const { return cross_entropy == 0 && !has_targets(); }
};

// What the examples of a draw are for.
enum class DrawUse {
  kLoss,       // Their loss is learnt.
  kReference,  // Their gradient is not learnt by: the step's is kept from going against it (A-GEM: Chaudhry et al.,
               // 2019).
  kTaskReferences,  // The same with a gradient for the examples of each addMemory call (GEM: Lopez-Paz & Ranzato,
                    // 2017).
};

// Examples that each step draws from the memory, beside those that join its batch.
struct MemoryDraw {
  int64_t examples = 1;
  // More than the examples: so many are drawn, and those are learnt by whose loss a step against the batch's gradient
  // would raise most (maximally interfered retrieval: Aljundi et al., 2019).
  int64_t candidates = 0;
  BatchLoss loss;
  DrawUse use = DrawUse::kLoss;
  double margin = 0;  // of references: the least share of each that a gradient that opposes one gets

  bool is_reference() const { return use != DrawUse::kLoss; }

  int64_t drawn() const { return std::max(examples, candidates); }
  bool is_idle() const { return loss.is_nothing(); }
};

}  // namespace cl_torch
