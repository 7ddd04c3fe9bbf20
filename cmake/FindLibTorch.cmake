# LibTorch::LibTorch from the libraries themselves. LibTorch's own TorchConfig.cmake is not used: for a CUDA
# build it demands nvcc, nvToolsExt and a CUDA toolkit even of a project that compiles no CUDA code.
#
# In:  LIBTORCH_ROOT   the folder that holds include/ and lib/
#      CL_TORCH_CUDA   auto: CUDA when LibTorch and the CUDA headers are there; on: required; off: never
# Out: LibTorch_VERSION, LibTorch_LIB_DIR, LibTorch_CUDA (whether CUDA is linked); with CUDA also LibTorch_CUDA_MAJOR,
#      LibTorch_CUDA_INCLUDES and LibTorch_cublasLt (the library LibTorch itself loads, where it names one)
#      CL_TORCH_NVCC (the CUDA compiler, where LibTorch has CUDA and there is one)
#      LibTorch_OPENMP (the OpenMP runtime LibTorch itself loads), for executables
#
# A library that LibTorch itself loads (OpenMP, the CUDA runtime, cuBLAS) is not linked again by a module: its symbols are
# found through LibTorch, and the module names no folder and no file of it, which differ from archive to archive.

if(NOT LIBTORCH_ROOT)
  message(FATAL_ERROR
    "LIBTORCH_ROOT is not set: it names the folder that holds LibTorch's include/ and lib/. "
    "`npx cl-torch build` finds or downloads LibTorch and passes it.")
endif()

find_path(LibTorch_INCLUDE_DIR ATen/ATen.h PATHS "${LIBTORCH_ROOT}/include" NO_DEFAULT_PATH)
foreach(lib torch_cpu c10)
  find_library(LibTorch_${lib} ${lib} PATHS "${LIBTORCH_ROOT}"
    PATH_SUFFIXES lib lib64 "lib/${CMAKE_LIBRARY_ARCHITECTURE}" NO_DEFAULT_PATH)
endforeach()
get_filename_component(LibTorch_LIB_DIR "${LibTorch_torch_cpu}" DIRECTORY)
set(libtorch_libraries "${LibTorch_torch_cpu}" "${LibTorch_c10}")
set(libtorch_includes "${LibTorch_INCLUDE_DIR}" "${LibTorch_INCLUDE_DIR}/torch/csrc/api/include")

# The version header moved between the supported releases.
foreach(header torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
  if(NOT LibTorch_VERSION AND EXISTS "${LibTorch_INCLUDE_DIR}/${header}")
    file(STRINGS "${LibTorch_INCLUDE_DIR}/${header}" parts REGEX "^#define TORCH_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
    string(REGEX REPLACE "^.*MAJOR ([0-9]+).*MINOR ([0-9]+).*PATCH ([0-9]+).*$" "\\1.\\2.\\3" LibTorch_VERSION "${parts}")
  endif()
endforeach()

# The shared library that `library` itself depends on and whose file name matches `pattern`: linking another
# copy would put a second OpenMP runtime (two thread pools on the same cores) or CUDA runtime into the process.
# With OPTIONAL, nothing is set when the file is not there; else that is an error.
function(libtorch_dependency out library pattern)
  execute_process(COMMAND "${CMAKE_READELF}" -d "${library}" OUTPUT_VARIABLE dynamic ERROR_QUIET)
  if(NOT dynamic MATCHES "NEEDED[^\n]*\\[(${pattern}[^]\n]*)\\]")
    return()
  endif()
  set(soname "${CMAKE_MATCH_1}")
  file(GLOB found "${LibTorch_LIB_DIR}/${soname}" "${LIBTORCH_ROOT}/../torch.libs/${soname}"
    "${LIBTORCH_ROOT}/../nvidia/*/lib/${soname}")
  foreach(folder ${CUDAToolkit_LIBRARY_DIR} ${CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES})
    if(EXISTS "${folder}/${soname}")
      list(APPEND found "${folder}/${soname}")
    endif()
  endforeach()
  if(NOT found AND "OPTIONAL" IN_LIST ARGN)
    return()
  elseif(NOT found)
    message(FATAL_ERROR "${library} needs ${soname}, which was found neither beside it nor in the system's library folders.")
  endif()
  list(GET found 0 first)
  set(${out} "${first}" PARENT_SCOPE)
endfunction()

# Folders with the CUDA headers, for the CUDA major version of LibTorch's own libcudart: structures differ
# between majors. cuda_runtime_api.h includes crt/, which the NVIDIA wheels of a pip-installed torch lack: such
# a folder is only good together with another that has crt/, so every folder that holds either is used.
function(libtorch_cuda_includes out major)
  set(folders)
  if(CUDAToolkit_VERSION_MAJOR STREQUAL major)
    list(APPEND folders ${CUDAToolkit_INCLUDE_DIRS})
  endif()
  # CMake finds no toolkit whose static CUDA runtime is missing, as in those from PyPI; its headers are beside nvcc all the
  # same, or in a folder that nvcc itself names.
  find_program(CL_TORCH_NVCC nvcc HINTS ENV CUDACXX ENV CUDA_HOME ENV CUDA_PATH PATH_SUFFIXES bin
    PATHS /usr/local/cuda/bin /usr/local/cuda-${major}/bin)
  if(CL_TORCH_NVCC)
    execute_process(COMMAND "${CL_TORCH_NVCC}" --version OUTPUT_VARIABLE nvcc_version ERROR_QUIET)
    if(nvcc_version MATCHES "release ${major}\\.")
      get_filename_component(nvcc_real "${CL_TORCH_NVCC}" REALPATH)
      get_filename_component(nvcc_folder "${nvcc_real}" DIRECTORY)
      execute_process(COMMAND "${CL_TORCH_NVCC}" --dryrun -x cu -E - INPUT_FILE /dev/null OUTPUT_QUIET
        ERROR_VARIABLE nvcc_told)
      string(REGEX MATCHALL "-I[^ \"\n]+" nvcc_includes "${nvcc_told}")
      list(TRANSFORM nvcc_includes REPLACE "^-I" "")
      list(APPEND folders "${nvcc_folder}/../include" "${nvcc_folder}/../targets/${CMAKE_SYSTEM_PROCESSOR}-linux/include"
        ${nvcc_includes})
    endif()
  endif()
  file(GLOB wheels "${LIBTORCH_ROOT}/../nvidia/cu${major}/include")
  if(NOT wheels) # those of CUDA 12 have a folder a library
    file(GLOB wheels "${LIBTORCH_ROOT}/../nvidia/*/include")
  endif()
  list(APPEND folders ${wheels})
  set(found)
  foreach(folder ${folders})
    get_filename_component(folder "${folder}" REALPATH)
    if(EXISTS "${folder}/cuda_runtime_api.h")
      set(runtime TRUE)
      list(APPEND found "${folder}")
    endif()
    if(EXISTS "${folder}/crt/host_defines.h")
      set(crt TRUE)
      list(APPEND found "${folder}")
    endif()
    if(EXISTS "${folder}/cublasLt.h")
      list(APPEND found "${folder}")
    endif()
  endforeach()
  list(REMOVE_DUPLICATES found)
  if(runtime AND crt)
    set(${out} "${found}" PARENT_SCOPE)
  endif()
endfunction()

set(LibTorch_CUDA FALSE)
if(NOT CL_TORCH_CUDA STREQUAL "off")
  find_package(CUDAToolkit QUIET)
  foreach(lib c10_cuda torch_cuda torch) # only beside the chosen libtorch_cpu, never another installation's
    find_library(LibTorch_${lib} ${lib} PATHS "${LibTorch_LIB_DIR}" NO_DEFAULT_PATH)
  endforeach()
  if(LibTorch_c10_cuda AND LibTorch_torch_cuda AND LibTorch_torch)
    libtorch_dependency(libtorch_cudart "${LibTorch_c10_cuda}" "libcudart")
    string(REGEX REPLACE "^.*\\.so\\.([0-9]+).*$" "\\1" LibTorch_CUDA_MAJOR "${libtorch_cudart}")
    libtorch_cuda_includes(libtorch_cuda_headers ${LibTorch_CUDA_MAJOR})
    if(libtorch_cuda_headers)
      set(LibTorch_CUDA TRUE)
      set(LibTorch_CUDA_INCLUDES ${libtorch_cuda_headers})
      libtorch_dependency(LibTorch_cublasLt "${LibTorch_torch_cuda}" "libcublasLt" OPTIONAL)
      list(APPEND libtorch_libraries "${LibTorch_c10_cuda}" "${LibTorch_torch_cuda}" "${LibTorch_torch}")
      list(APPEND libtorch_includes ${libtorch_cuda_headers})
    else()
      set(libtorch_no_cuda "the headers (cuda_runtime_api.h, crt/) that fit ${libtorch_cudart} were found neither in a CUDA toolkit nor in NVIDIA's wheels beside LibTorch; install that CUDA toolkit and put its nvcc on PATH")
    endif()
  else()
    set(libtorch_no_cuda "the LibTorch in ${LIBTORCH_ROOT} is a CPU build (no libtorch_cuda.so)")
  endif()
  if(libtorch_no_cuda AND CL_TORCH_CUDA STREQUAL "on")
    message(FATAL_ERROR "CL_TORCH_CUDA=on, but ${libtorch_no_cuda}.")
  elseif(libtorch_no_cuda AND LibTorch_torch_cuda)
    message(WARNING "The addon is built for the CPU only: ${libtorch_no_cuda}.")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_torch_cpu LibTorch_c10 LibTorch_INCLUDE_DIR
  VERSION_VAR LibTorch_VERSION)

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  libtorch_dependency(LibTorch_OPENMP "${LibTorch_torch_cpu}" "lib(gomp|iomp5|omp)[-.]")
  if(NOT LibTorch_OPENMP) # a LibTorch built without OpenMP: the compiler's runtime is then the only one
    find_package(OpenMP REQUIRED COMPONENTS CXX)
    list(APPEND libtorch_libraries ${OpenMP_CXX_LIBRARIES})
  endif()
  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE ${libtorch_includes})
  target_link_libraries(LibTorch::LibTorch INTERFACE ${libtorch_libraries})
  # libtorch_cuda registers its kernels when it is loaded; nothing refers to it by name.
  target_link_options(LibTorch::LibTorch INTERFACE LINKER:--no-as-needed)
endif()
