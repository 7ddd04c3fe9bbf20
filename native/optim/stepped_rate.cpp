#include "optim/stepped_rate.h"

namespace cl_torch {

double stepped_rate(double rate, bool decays, int64_t iteration, int64_t iterations) {
  if (!decays) return rate;
  if (4 * iteration >= 3 * iterations) return rate / 100;
  return 2 * iteration >= iterations ? rate / 10 : rate;
}

}  // namespace cl_torch
