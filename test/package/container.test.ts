import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecord } from '../../lib/setup/addon/record.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const node = realpathSync(process.execPath);
/** An identity that no machine knows: it has no name and no home. */
const STRANGER = '54321:54321';

let image: string;
let canMakeDevices = true;

/**
 * The image that docs/docker.md makes, as a folder to change root into: Node and the C library's files, the package with its
 * built addon, LibTorch's libraries in another place than where it was built. No compiler, no Python, no shell, no users.
 */
beforeAll(() => {
  if (process.getuid?.() !== 0) return;
  image = execFileSync('mktemp', ['-d', '/tmp/cl-torch-image-XXXXXX'], { encoding: 'utf8' }).trim();
  chmodSync(image, 0o755);
  const libDir = readRecord()?.libtorch.libDir ?? '';
  const libraries = [node, join(libDir, 'libtorch_cpu.so'), join(checkout, 'build/Release/cl_torch.node')];
  for (const file of [node, ...libraries.flatMap(neededBy)]) {
    const isBroughtBelow = [dirname(dirname(libDir)), checkout].some((place) => file.startsWith(place));
    if (!isBroughtBelow) bring(file, file);
  }
  const packageDir = join(image, 'app/node_modules/cl-torch');
  for (const part of ['package.json', 'dist', 'bin', 'build/Release']) {
    cpSync(join(checkout, part), join(packageDir, part), { recursive: true, verbatimSymlinks: true });
  }
  for (const folder of productionPackages()) {
    cpSync(folder, join(image, 'app', relative(checkout, folder)), { recursive: true });
  }
  // The wheels lie side by side, and find each other so; the headers stay behind.
  const entry = dirname(dirname(libDir));
  const headers = join(dirname(libDir), 'include');
  cpSync(entry, join(image, 'opt/libtorch'), { recursive: true, filter: (file) => file !== headers });
  execFileSync('chmod', ['-R', 'a+rX', join(image, 'opt')]);
  mkdirSync(join(image, 'tmp'));
  chmodSync(join(image, 'tmp'), 0o1777);
  mkdirSync(join(image, 'dev'));
  for (const [name, minor] of [
    ['null', 3],
    ['urandom', 9],
  ] as const) {
    const made = spawnSync('mknod', ['-m', '666', join(image, 'dev', name), 'c', '1', `${minor}`]);
    canMakeDevices &&= made.status === 0;
  }
}, 300_000);

afterAll(() => {
  if (image !== undefined) rmSync(image, { recursive: true, force: true });
});

function neededBy(file: string): string[] {
  const output = spawnSync('ldd', [file], { encoding: 'utf8' }).stdout;
  return [...output.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

function bring(file: string, to: string): void {
  cpSync(file, join(image, to), { dereference: true });
}

function productionPackages(): string[] {
  const args = ['ls', '--omit=dev', '--all', '--parseable'];
  return spawnSync('npm', args, { cwd: checkout, encoding: 'utf8' })
    .stdout.split('\n')
    .filter((path) => path.includes('/node_modules/') && existsSync(path));
}

function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { status: number | null; stdout: string; stderr: string } {
  const program = '/app/node_modules/cl-torch/bin/cl-torch.js';
  return spawnSync('/usr/sbin/chroot', [`--userspec=${STRANGER}`, image, node, program, ...args], {
    encoding: 'utf8',
    env,
  });
}

const training = ['run', 'baseline', '--tasks', '1', '--epochs', '1', '--hidden', '16', '--threads', '1'];

describe.skipIf(process.getuid?.() !== 0)('in an image without a compiler, as a user without a name', () => {
  test('the built addon trains with the LibTorch that LIBTORCH names; nothing is written but the temporary copy', (context) => {
    context.skip(!canMakeDevices, 'this root may not make /dev/urandom');
    const { status, stdout, stderr } = run(training, { LIBTORCH: '/opt/libtorch/torch' });
    expect(stderr).not.toMatch(/building|error:/);
    expect(stdout).toMatch(/^Task 0: Task Acc = \[[\d.]+\]/);
    expect(status).toBe(0);
    expect(existsSync(join(image, 'tmp/cl-torch-54321'))).toBe(true);
  });

  test('without LIBTORCH one text says what is missing and what names it', () => {
    const { status, stderr } = run(training, { CL_TORCH_OFFLINE: '1' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/LibTorch .*\[(OFFLINE|BUILD_FAILED|TOOLCHAIN_MISSING)\]/s);
    expect(stderr).toContain('LIBTORCH');
    expect(stderr).not.toContain('    at ');
  });
});
