#pragma once

// Plain: needs neither LibTorch nor Node-API.

#include <vector>

namespace cl_torch {

// The x >= least, element by element, with the smallest ½ xᵀ A x + bᵀ x. `matrix`: A, row by row, symmetric and
// positive semidefinite with a diagonal of 1; where it is singular, one of several that are as good. By an active set:
// elements leave their bound one after the other, the one with the steepest descent first (Lawson and Hanson, 1974,
// chapter 23).
std::vector<double> minimise(const std::vector<double>& matrix, const std::vector<double>& linear,
                             const std::vector<double>& least);

}  // namespace cl_torch
