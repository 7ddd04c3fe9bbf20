import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/check-kernels.mjs', import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-kernels-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Kernel {
  readonly frame?: number;
  readonly spills?: number;
  readonly registers?: number;
  readonly bounds?: string;
  readonly access?: string;
}

/** What the check says of a kernel that was compiled to this. */
async function verdict({
  frame = 0,
  spills = 0,
  registers = 32,
  bounds = '',
  access = 'ld.global.f32',
}: Kernel) {
  const log = [
    "ptxas info    : Compiling entry function '_Z5scalePf' for 'sm_90'",
    'ptxas info    : Function properties for _Z5scalePf',
    `    ${frame} bytes stack frame, ${spills} bytes spill stores, ${spills} bytes spill loads`,
    `ptxas info    : Used ${registers} registers, used 1 barriers, 256 bytes smem`,
  ];
  const ptx = [
    '.visible .entry _Z5scalePf(\n\t.param .u64 _Z5scalePf_param_0\n)',
    `${bounds}\n{`,
    '\tld.param.u64 \t%rd1, [_Z5scalePf_param_0];',
    `\t@%p1 ${access} \t%f1, [%rd1];`,
    '}',
  ];
  await writeFile(join(folder, 'scale.log'), log.join('\n'));
  await writeFile(join(folder, 'scale.ptx'), ptx.join('\n'));
  const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return { status, stderr };
}

test.each([
  ['sound', {}],
  ['as large as its launch bounds allow', { registers: 77, bounds: '.maxntid 256, 1, 1' }],
  ['one that loads from shared memory', { access: 'ld.shared.v4.f32' }],
])('a kernel that is %s passes', async (_, kernel) => {
  expect(await verdict(kernel)).toEqual({ status: 0, stderr: '' });
});

test.each([
  ['a stack frame', { frame: 8 }, 'stack frame'],
  ['spills', { spills: 4 }, 'spilled'],
  ['too many registers for 1024 threads', { registers: 65 }, '65 registers'],
  ['an access of an unknown space', { access: 'ld.v4.f32' }, 'such as ld.v4.f32'],
  ['an atomic operation of an unknown space', { access: 'atom.add.u64' }, 'such as atom.add.u64'],
])('a kernel with %s is told', async (_, kernel, told) => {
  const { status, stderr } = await verdict(kernel);
  expect(status).toBe(1);
  expect(stderr).toContain(told);
});

test('where there is nothing to look at, the check says so', async () => {
  expect(spawnSync(process.execPath, [script, folder]).status).toBe(1);
  await writeFile(join(folder, 'scale.log'), 'another assembler');
  await writeFile(join(folder, 'scale.ptx'), '');
  const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain('no kernel was recognised');
});
