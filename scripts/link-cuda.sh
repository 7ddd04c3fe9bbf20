#!/usr/bin/env bash
# Builds the addon with CUDA where there are an nvcc and a CUDA build of PyTorch's LibTorch, but no GPU, and uses it on the
# CPU: it configures, links, is loaded without a driver, and trains. In a copy of the tree, so that the CPU build stays.
# CL_TORCH_PYTHON (python3) is the Python whose torch it is built against. What is missing is told, and is no failure.
# Usage: scripts/link-cuda.sh   (needs npm ci; CUDAARCHS chooses other GPUs' code than compute capability 9.0)
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
  echo "The addon was not built with CUDA: $1."
  exit 0
}

command -v nvcc >/dev/null || skip "there is no nvcc"
python=$(command -v "${CL_TORCH_PYTHON:-python3}") || skip "there is no ${CL_TORCH_PYTHON:-python3}"
LIBTORCH=$("$python" -c 'import importlib.util as i; s = i.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")')
[ -n "$LIBTORCH" ] || skip "$python has no torch"
[ -f "$LIBTORCH/lib/libtorch_cuda.so" ] || skip "torch in $LIBTORCH is a CPU build"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | tar c --null -T - | tar x -C "$copy"
ln -s "$PWD/node_modules" "$copy/node_modules"
cd "$copy"
export LIBTORCH CL_TORCH_CUDA=on CL_TORCH_OFFLINE=1 CUDAARCHS=${CUDAARCHS:-90}
npm run --silent build:ts
node bin/cl-torch.js build
node bin/cl-torch.js doctor
node bin/cl-torch.js run baseline --device cpu --tasks 2 --epochs 1 --hidden 50 --quiet
node -e '
  import("./dist/session/native.js").then(async ({ loadNative }) => {
    const { cudaBuild, cudaKernels } = (await loadNative()).runtimeInfo();
    console.log({ cudaBuild, cudaKernels });
    if (cudaBuild === null || cudaKernels === false) process.exit(1);
  });'
node node_modules/vitest/vitest.mjs run --project=native test/native/{binding,errors,gradient,training}.test.ts
echo "The addon with CUDA links, is loaded and trains on the CPU."
