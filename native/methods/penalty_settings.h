#pragma once

// Plain: needs neither LibTorch nor Node-API.

#include <optional>
#include <string>

#include "methods/lfd/options.h"

namespace cl_torch {

// A penalty as a session holds it: what it measures by are vectors of the session's, named here.
struct PenaltySettings {
  double strength = 0;
  PenaltyGradient gradient = PenaltyGradient::kClosedForm;
  std::string anchor;                    // where the offset starts from
  std::optional<std::string> direction;  // what of the offset is free
  bool per_tensor = false;               // it is for each parameter tensor by itself, or for all as one
  double radius = 1;                     // the direction's length, by which it is divided before use

  bool operator==(const PenaltySettings&) const = default;
};

}  // namespace cl_torch
