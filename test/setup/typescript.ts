import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { once } from './once.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles the package: some tests run the compiled files in processes and workers of their own. */
export default function setup(): void {
  once('typescript', () => {
    run('node_modules/.bin/tsc', '-p', 'tsconfig.build.json');
    removeLeftovers();
  });
}

/** Removes what was compiled of modules that are gone: what still imports them must not work in this checkout alone. */
function removeLeftovers(): void {
  const dist = join(root, 'dist');
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const module = /^(.+?)\.(d\.ts|js|js\.map)$/.exec(file)?.[1];
    if (module !== undefined && !existsSync(join(root, 'lib', `${module}.ts`))) rmSync(join(dist, file));
  }
}

/** Runs a command in the checkout; its complaints are shown, and a failure ends the tests. */
export function run(command: string, ...args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with status ${status}`);
}
