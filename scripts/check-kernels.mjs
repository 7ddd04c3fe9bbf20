// Says what is wrong with compiled CUDA kernels, as far as that shows without a GPU.
// Usage: node scripts/check-kernels.mjs FOLDER; exit status 1 when something is. FOLDER holds NAME.ptx, and in NAME.log
// what `nvcc -Xptxas -v` printed, for each source file.
//
// A stack frame or a spill is memory traffic that nobody wrote. An access whose address space the compiler does not know
// (`ld.f32` instead of `ld.global.f32`) is slower than one whose it knows, and waits for stores of any kind. A kernel with
// more than 64 registers fails to start with 1024 threads: it must say how many it is for (__launch_bounds__).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MOST_REGISTERS = 64;
const ACCESS = /^\s*(?:@!?%\w+\s+)?((?:ld|st|atom|red)\.[\w.:]+)/;
const SPACE = /\.(?:global|shared|param|const|local)\b/;

const folder = process.argv[2];
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ptx'))
  .map((file) => file.slice(0, -'.ptx'.length));
const problems =
  names.length === 0
    ? [`${folder}: there is no .ptx file`]
    : names.flatMap((name) => {
        const ptx = readFileSync(join(folder, `${name}.ptx`), 'utf8');
        const kernels = kernelsOf(readFileSync(join(folder, `${name}.log`), 'utf8'));
        if (kernels.length === 0) return [`${name}: no kernel was recognised`];
        return [...kernels.flatMap((kernel) => problemsOf(kernel, ptx)), ...unknownSpaces(name, ptx)];
      });
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}

/** What the assembler says of each kernel. */
function kernelsOf(log) {
  return log
    .split(/Compiling entry function '/)
    .slice(1)
    .map((text) => {
      const [name] = text.split("'");
      const [, stack, stores, loads] = text.match(
        /(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads/,
      );
      const [, registers] = text.match(/Used (\d+) registers/);
      return { name, memory: Number(stack) + Number(stores) + Number(loads), registers: Number(registers) };
    });
}

function problemsOf({ name, memory, registers }, ptx) {
  const isBounded = new RegExp(`\\.entry ${name}\\([^)]*\\)\\s*\\.maxntid`).test(ptx);
  return [
    ...(memory > 0 ? [`${name}: a stack frame or spilled registers`] : []),
    ...(registers > MOST_REGISTERS && !isBounded
      ? [`${name}: ${registers} registers, more than ${MOST_REGISTERS}, and no __launch_bounds__`]
      : []),
  ];
}

function unknownSpaces(name, ptx) {
  const accesses = ptx
    .split('\n')
    .map((line) => ACCESS.exec(line)?.[1])
    .filter((access) => access !== undefined && !SPACE.test(access));
  return accesses.length > 0
    ? [`${name}: ${accesses.length} accesses of an unknown address space, such as ${accesses[0]}`]
    : [];
}
