import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Compiles the package and builds the addon where they are not current: tests run the real command line. */
export default function setup(): void {
  run('node_modules/.bin/tsc', '-p', 'tsconfig.build.json');
  run(process.execPath, 'bin/cl-torch.js', 'build');
}

function run(command: string, ...args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with status ${status}`);
}
