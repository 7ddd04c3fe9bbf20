#include "error.h"

#include <c10/util/Exception.h>

#include <new>

namespace cl_torch {
namespace {

// LibTorch's CPU allocator reports exhaustion as a plain c10::Error; only the text tells it apart.
bool is_host_exhaustion(const std::string& message) {
  return message.find("DefaultCPUAllocator") != std::string::npos;
}

std::string with_remedy(const std::string& message) {
  return message + "\nUse a smaller batch or narrower layers, or free memory on the device.";
}

}  // namespace

Failure current_failure() {
  try {
    throw;
  } catch (const Error& error) {
    return {error.code(), error.what()};
  } catch (const c10::OutOfMemoryError& error) {
    return {code::kOutOfMemory, with_remedy(error.what_without_backtrace())};
  } catch (const c10::Error& error) {
    const std::string message = error.what_without_backtrace();
    if (is_host_exhaustion(message)) return {code::kOutOfMemory, with_remedy(message)};
    return {code::kLibTorch, message};
  } catch (const std::bad_alloc&) {
    return {code::kOutOfMemory, with_remedy("Out of memory.")};
  } catch (const std::exception& error) {
    return {code::kInternal, error.what()};
  } catch (...) {
    return {code::kInternal, "An exception of unknown type was thrown."};
  }
}

}  // namespace cl_torch
