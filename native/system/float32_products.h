#pragma once

namespace cl_torch {

// LibTorch has one switch for the whole process, whether products and convolutions of float32 on a GPU may round their
// factors to TF32. A session on a GPU has one of these, and the switch stays as the sessions need it.
class Float32Products {
 public:
  Float32Products() = default;
  ~Float32Products();
  Float32Products(const Float32Products&) = delete;
  Float32Products& operator=(const Float32Products&) = delete;

  // Has them rounded or not from now on. Throws INVALID_ARGUMENT, and changes nothing, while another session needs the
  // other.
  void need(bool rounded);
};

}  // namespace cl_torch
