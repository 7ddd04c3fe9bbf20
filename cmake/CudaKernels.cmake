# The fused engine's CUDA kernels: compiled where LibTorch has CUDA and there are an nvcc and a cuBLAS header of its CUDA
# major version; elsewhere the addon trains on a GPU by autograd. nvcc is called directly: CMake's own CUDA language
# tests the compiler by linking against a static CUDA runtime, which the toolkits from PyPI and conda may lack, and a
# CMake older than the toolkit knows neither its architectures nor its C++20.
#
# In:  CL_TORCH_NVCC, LibTorch_CUDA, LibTorch_CUDA_MAJOR, LibTorch_CUDA_INCLUDES, LibTorch_cublasLt, CMAKE_CUDA_ARCHITECTURES
# Out: CudaKernels_FOUND, or CudaKernels_REASON, why not
#      cuda_kernels_objects(OUT SOURCE...): compiles .cu files

set(CudaKernels_FOUND FALSE)
if(NOT LibTorch_CUDA)
  set(CudaKernels_REASON "the addon is built without CUDA")
  return()
endif()

if(NOT CL_TORCH_NVCC)
  set(CudaKernels_REASON "no nvcc was found")
  return()
endif()
execute_process(COMMAND "${CL_TORCH_NVCC}" --version OUTPUT_VARIABLE nvcc_version ERROR_QUIET)
string(REGEX MATCH "release ([0-9]+)\\.([0-9]+)" nvcc_release "${nvcc_version}")
if(NOT CMAKE_MATCH_1 STREQUAL LibTorch_CUDA_MAJOR)
  set(CudaKernels_REASON "${CL_TORCH_NVCC} is of CUDA ${CMAKE_MATCH_1}, LibTorch of CUDA ${LibTorch_CUDA_MAJOR}")
  return()
endif()
find_path(CL_TORCH_CUBLASLT_INCLUDE cublasLt.h PATHS ${LibTorch_CUDA_INCLUDES} NO_DEFAULT_PATH)
if(NOT CL_TORCH_CUBLASLT_INCLUDE OR NOT LibTorch_cublasLt)
  set(CudaKernels_REASON "cublasLt.h was found neither in the CUDA toolkit nor in NVIDIA's wheels beside LibTorch")
  return()
endif()

# Machine code for A100 and H100 and what runs theirs; from the newest one, newer GPUs' drivers compile their own.
# As for CMake's own CUDA language, the variable CUDAARCHS chooses others.
if(NOT CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES "80-real;90")
  if(DEFINED ENV{CUDAARCHS})
    set(CMAKE_CUDA_ARCHITECTURES "$ENV{CUDAARCHS}")
  endif()
endif()
# A product and a sum are rounded one by one, as they are written: which of them a compiler would merge changes with its
# version and with the code around them, and the bits with it. The kernels wait for memory, not for arithmetic.
set(cuda_kernels_flags -std=c++20 -O3 -fmad=false "-I${CMAKE_CURRENT_SOURCE_DIR}/native" -ccbin "${CMAKE_CXX_COMPILER}" -Xcompiler=-fPIC,-fvisibility=hidden,-Wall,-Wextra)
foreach(architecture ${CMAKE_CUDA_ARCHITECTURES})
  string(REGEX MATCH "^[0-9]+[af]?" number "${architecture}")
  if(NOT number)
    message(FATAL_ERROR "CMAKE_CUDA_ARCHITECTURES has '${architecture}': it must be numbers such as 90, 90-real or 90-virtual.")
  endif()
  if(NOT architecture MATCHES "-virtual$")
    list(APPEND cuda_kernels_flags "-gencode=arch=compute_${number},code=sm_${number}")
  endif()
  if(NOT architecture MATCHES "-real$")
    list(APPEND cuda_kernels_flags "-gencode=arch=compute_${number},code=compute_${number}")
  endif()
endforeach()
foreach(folder ${LibTorch_CUDA_INCLUDES})
  list(APPEND cuda_kernels_flags "-isystem=${folder}")
endforeach()

function(cuda_kernels_objects out)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/native/*.h")
  set(objects)
  foreach(source ${ARGN})
    get_filename_component(name "${source}" NAME_WE)
    set(object "${CMAKE_CURRENT_BINARY_DIR}/${name}.cu.o")
    file(RELATIVE_PATH shown "${CMAKE_CURRENT_SOURCE_DIR}" "${source}")
    add_custom_command(
      OUTPUT "${object}"
      COMMAND "${CL_TORCH_NVCC}" ${cuda_kernels_flags} -c "${source}" -o "${object}"
      DEPENDS "${source}" ${headers}
      COMMENT "Building CUDA object ${shown}"
      VERBATIM)
    list(APPEND objects "${object}")
  endforeach()
  set(${out} ${objects} PARENT_SCOPE)
endfunction()

set(CudaKernels_FOUND TRUE)
