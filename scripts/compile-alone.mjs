// Checks that each C++ file of the addon compiles by itself. The addon's own build compiles several as one, where a file
// may use what only the one before it includes.
// Usage: node scripts/compile-alone.mjs   (needs the addon built)
import { exec } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { cmakeJs, root } from './cmake-js.mjs';

const out = join(root, 'build', 'alone');
cmakeJs('configure', out, 'CL_TORCH_UNITY=OFF', 'CMAKE_EXPORT_COMPILE_COMMANDS=ON');

const native = join(root, 'native');
const units = JSON.parse(readFileSync(join(out, 'compile_commands.json'), 'utf8')).filter(
  ({ file }) => file.startsWith(native) && file.endsWith('.cpp'),
);
const count = units.length;
const failed = [];
const workers = Array.from({ length: availableParallelism() }, async () => {
  for (let unit = units.pop(); unit !== undefined; unit = units.pop()) await check(unit);
});

await Promise.all(workers);
for (const { file, output } of failed) console.error(`${relative(root, file)}:\n${output}`);
console.log(`${count - failed.length} of ${count} files compile by themselves.`);
process.exit(failed.length === 0 ? 0 : 1);

/** Reads the file as the compiler does, and makes nothing of it. */
function check({ command, directory, file }) {
  return new Promise((resolve) => {
    exec(`${command} -fsyntax-only`, { cwd: directory }, (error, _, stderr) => {
      if (error !== null) failed.push({ file, output: stderr });
      resolve();
    });
  });
}
