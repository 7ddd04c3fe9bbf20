#include "base/error.h"

#include <c10/util/Exception.h>

#include <cstring>
#include <new>
#include <system_error>

#include "base/cuda_failure.h"
#include "base/host_memory.h"

namespace cl_torch {
namespace {

// LibTorch's CPU allocator reports that memory is exhausted as a plain c10::Error, like any wrong argument. Only this
// word in its text tells the two apart.
constexpr const char* kHostAllocator = "DefaultCPUAllocator: ";

Failure failure_of(const Error& error) { return {error.code(), error.what()}; }

Failure system_failure(const std::system_error& error) {
  if (error.code() != std::errc::resource_unavailable_try_again) return {code::kInternal, error.what()};
  return {code::kThreadsUnavailable,
          "The system has no thread to give (" + error.code().message() +
              "): the limit on this user's processes (ulimit -u) or on this container's (pids.max, docker run "
              "--pids-limit) is reached. Raise it, or end other processes."};
}

}  // namespace

Error out_of_memory(const std::string& message) {
  return {code::kOutOfMemory,
          message +
              "\nUse a smaller batch (--batch-size), or parts of one (--micro-batch-size), or narrower layers, or "
              "free memory on the device."};
}

Failure current_failure() {
  try {
    throw;
  } catch (const Error& error) {
    return failure_of(error);
  } catch (const c10::OutOfMemoryError& error) {
    return failure_of(out_of_memory(error.what_without_backtrace()));
  } catch (const c10::AcceleratorError& error) {
    const std::string message = error.what_without_backtrace();
    return failure_of(cuda_failure(error.get_error_code(), message.substr(0, message.find('\n'))));
  } catch (const c10::Error& error) {
    const std::string message = error.what_without_backtrace();
    const size_t start = message.find(kHostAllocator);
    if (start != std::string::npos) {
      return failure_of(out_of_memory(message.substr(start + std::strlen(kHostAllocator)) + "\n" + host_memory_left()));
    }
    return {code::kLibTorch, message};
  } catch (const std::bad_alloc&) {
    return failure_of(out_of_memory("Out of memory. " + host_memory_left()));
  } catch (const std::system_error& error) {
    return system_failure(error);
  } catch (const std::exception& error) {
    return {code::kInternal, error.what()};
  } catch (...) {
    return {code::kInternal, "An exception of unknown type was thrown."};
  }
}

}  // namespace cl_torch
