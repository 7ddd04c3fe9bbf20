import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { NetworkSpec } from '../../binding.js';
import { encodeModel } from '../../lib/checkpoint/model-file.js';
import { StartingWeights } from '../../lib/checkpoint/starting-weights.js';
import { float32sOf } from '../../lib/files/safetensors/format.js';
import { decodeTensors } from '../../lib/files/safetensors/read.js';
import { Session } from '../../lib/session/session.js';
import { weightsOf } from '../../lib/session/weights.js';
import { temporaryFolder } from '../support/libtorch.js';

const python = process.env.CL_TORCH_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('torchvision_weights.py', import.meta.url));

function ask(...args: string[]): { readonly difference?: number } {
  const { status, stdout, stderr } = spawnSync(python, [script, ...args], { encoding: 'utf8' });
  expect(status, `'${python}' must have torchvision and safetensors; it said: ${stderr}`).toBe(0);
  return JSON.parse(stdout);
}

test('torchvision’s resnet18 loads, gives its logits bit for bit, and goes back to torchvision', async () => {
  const folder = temporaryFolder();
  const [theirs, back] = [join(folder, 'theirs.safetensors'), join(folder, 'back.safetensors')];
  ask('make', theirs);
  const io = decodeTensors(await readFile(`${theirs}.io`)).tensors;
  const [images, logits] = ['images', 'logits'].map((name) => {
    const tensor = io.get(name);
    return tensor ? float32sOf(tensor) : new Float32Array();
  }) as [Float32Array, Float32Array];
  const network: NetworkSpec = {
    kind: 'resnet18',
    input: [3, 40, 48],
    classes: 11,
    width: 64,
    stem: 224,
    norm: 'batch',
  };
  using session = await Session.open({ device: 'cpu', threads: 1 });
  const model = { network, seed: 1, engine: 'autograd', precision: 'fp32' } as const;
  expect(await (await StartingWeights.read(theirs)).makeModel(session, model)).toBe(null);
  expect(await session.predict({ images, features: 3 * 40 * 48, output: 'logits' })).toEqual(logits);
  await writeFile(back, encodeModel(network, await weightsOf(session)));
  expect(ask('check', back, `${theirs}.io`)).toEqual({ difference: 0 });
});
