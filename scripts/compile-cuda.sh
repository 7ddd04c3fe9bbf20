#!/usr/bin/env bash
# Compiles the CUDA code where there is an nvcc but no GPU and no CUDA build of LibTorch, against the headers of the
# LibTorch that the addon was built for, and looks at what became of the kernels. Links and runs nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

torch=$(node -p "JSON.parse(require('fs').readFileSync('build/Release/cl_torch.json', 'utf8')).libtorch.root")
toolkit=$(nvcc -E -x cu - -v </dev/null 2>&1 | sed -n 's/^#\$ INCLUDES="-I\([^"]*\)".*/\1/p' | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -f "$torch/include/c10/cuda/CUDAGuard.h" ]; then
  echo "LibTorch in $torch has no CUDA headers: the CUDA code was not compiled."
  exit 0
fi
# A toolkit from PyPI comes without cuBLAS; its headers are in a wheel of their own.
cublas=$toolkit
if [ ! -f "$toolkit/cublasLt.h" ]; then
  major=$(nvcc --version | sed -n 's/.*release \([0-9]*\)\..*/\1/p')
  python3 -m pip download -q --retries 0 --no-deps -d "$work" "nvidia-cublas>=$major,<$((major + 1))"
  python3 - "$work" <<'PYTHON'
import glob, sys, zipfile
with zipfile.ZipFile(glob.glob(f"{sys.argv[1]}/nvidia_cublas-*.whl")[0]) as wheel:
    wheel.extractall(sys.argv[1], [name for name in wheel.namelist() if name.endswith(".h")])
PYTHON
  cublas=$(dirname "$(find "$work" -name cublasLt.h)")
fi

mkdir "$work/kernels"
for source in native/engine/*/cuda/*.cu; do
  nvcc -std=c++20 -O3 -fmad=false -Inative -ccbin c++ -arch=sm_90 -Xcompiler=-Wall,-Wextra,-Werror -Xptxas=-v \
    --keep --keep-dir "$work/kernels" -c "$source" -o "$work/kernels.o" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  mv "$work/log" "$work/kernels/$(basename "$source" .cu).log"
done
node scripts/check-kernels.mjs "$work/kernels" 2>&1 | c++filt
compile() {
  c++ -std=c++20 -Inative -Wall -Wextra -Wpedantic -Werror -DCL_TORCH_WITH_CUDA=1 -DCL_TORCH_WITH_CUDA_KERNELS=1 \
    -isystem "$toolkit" -isystem "$cublas" -isystem "$torch/include" \
    -isystem "$torch/include/torch/csrc/api/include" "$@"
}
# Each by itself, so that none leans on another's includes; LibTorch's headers are read once for all.
echo '#include <ATen/ATen.h>' >"$work/aten.h"
compile -x c++-header "$work/aten.h" -o "$work/aten.h.gch"
for source in native/system/cuda_*.cpp native/base/cuda_*.cpp native/base/error.cpp native/engine/*.cpp \
  native/engine/fused/*.cpp native/engine/*/cuda/*.cpp native/speed/*.cpp native/speed/cuda/*.cpp; do
  compile -Winvalid-pch -include "$work/aten.h" -fsyntax-only "$source"
done
echo "The CUDA code compiles."
