#pragma once

// Plain: needs neither LibTorch nor Node-API.

#include <optional>
#include <string>

namespace cl_torch {

// How the autograd engine gets a penalty's gradient; the fused one always takes the closed form.
enum class PenaltyGradient {
  kClosedForm,  // derived by hand
  kAutograd,    // from the loss's graph; of the off-direction penalty in the reference implementation's order of
                // operations
  kReference,   // bit-exact with that; without the graph where that is known how (ReferencePenalty)
};

// Of the penalty on leaving the direction.
struct PenaltyOptions {
  double alpha;
  PenaltyGradient gradient;
};

// A penalty as a session holds it: what it measures by are vectors of the session's, named here.
struct PenaltySettings {
  double strength = 0;
  PenaltyGradient gradient = PenaltyGradient::kClosedForm;
  std::string anchor;                     // where the offset starts from
  std::optional<std::string> importance;  // a weight for each element; none: 1
  std::optional<std::string> direction;   // what of the offset is free; none: nothing
  bool per_tensor = false;                // the direction is one for each parameter tensor, or one for all
  double radius = 1;                      // the direction's length, by which it is divided before use

  bool operator==(const PenaltySettings&) const = default;
};

}  // namespace cl_torch
