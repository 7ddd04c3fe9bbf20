import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { float32sOf, float32Tensor } from '../../lib/files/safetensors/format.js';
import { decodeTensors } from '../../lib/files/safetensors/read.js';
import { encodeTensors } from '../../lib/files/safetensors/write.js';
import { loadModel, runExperiment, Session, saveModel } from '../../lib/index.js';
import { sandbox } from '../cli/command.js';
import { seededRandom } from '../support/files.js';
import { temporaryFolder } from '../support/libtorch.js';
import { mlpOf } from '../support/network.js';
import { shortRun } from '../support/runs.js';

const python = process.env.CL_TORCH_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('./weights.py', import.meta.url));
const layers = [784, 400, 400, 400, 10];
/** Both multiply in float32 and may add in another order: a few units in the last place of numbers of about 0.3. */
const ROUNDING = 2e-6;

function ask(...args: string[]): { difference: number; largest: number } {
  const { status, stdout, stderr } = spawnSync(python, [script, ...args], { encoding: 'utf8' });
  expect(
    status,
    `Set CL_TORCH_PYTHON to a Python with torch and safetensors; '${python}' said: ${stderr}`,
  ).toBe(0);
  return JSON.parse(stdout);
}

const inputs = (() => {
  const random = seededRandom(3);
  return new Float32Array(300 * 784).map(() => random());
})();

describe.each(['autograd', 'fused'] as const)('with the %s engine', (engine) => {
  test('our weights open in Python and give there the logits that they give here', async () => {
    const folder = temporaryFolder();
    const [model, io] = [join(folder, 'model.safetensors'), join(folder, 'io.safetensors')];
    using session = await Session.open({ device: 'cpu', threads: 2 });
    await session.createModel({ network: mlpOf(layers), seed: 9, engine });
    await saveModel(model, await session.parameters());
    const logits = await session.predict({ images: inputs, features: 784, output: 'logits' });
    const tensors = new Map([
      ['inputs', float32Tensor([300, 784], inputs)],
      ['logits', float32Tensor([300, 10], logits)],
    ]);
    await writeFile(io, encodeTensors({ tensors, metadata: {} }));
    const { difference, largest } = ask('logits', model, io);
    console.log(`${engine}: logits up to ${largest}, the largest difference from PyTorch ${difference}`);
    expect(difference).toBeLessThan(ROUNDING);
    expect(largest).toBeGreaterThan(0.05);
  });

  test('PyTorch’s weights under the reference implementation’s names load, give its logits, and come back unchanged', async () => {
    const folder = temporaryFolder();
    const [theirs, back] = [join(folder, 'theirs.safetensors'), join(folder, 'back.safetensors')];
    ask('make', theirs);
    const model = await loadModel(theirs);
    expect(model.network).toEqual(mlpOf(layers));
    using session = await Session.open({ device: 'cpu', threads: 2 });
    await session.createModel({ network: model.network, seed: 1, engine });
    await session.setParameters(model.parameters.map(({ data }) => data));
    const io = decodeTensors(await readFile(`${theirs}.io`)).tensors;
    const [given, expected] = ['inputs', 'logits'].map((name) => {
      const tensor = io.get(name);
      return tensor ? float32sOf(tensor) : new Float32Array();
    }) as [Float32Array, Float32Array];
    const logits = await session.predict({ images: given, features: 784, output: 'logits' });
    const difference = Math.max(...logits.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN))));
    console.log(`${engine}: the largest difference of the logits from PyTorch's own ${difference}`);
    expect(difference).toBeLessThan(ROUNDING);
    await saveModel(back, await session.parameters());
    expect(ask('compare', theirs, back).difference).toBe(0);
  });
});

test('the weights that a run leaves open in Python, and so does its checkpoint', async () => {
  await using box = await sandbox();
  const out = join(box.folder, 'run');
  await runExperiment(
    shortRun({ strategy: 'er+lfd', memorySize: 40, hidden: [16, 16, 16], out }, box.dataDir),
  );
  const code = `
import sys, torch
from safetensors import safe_open
from safetensors.torch import load_file
model, checkpoint = load_file(sys.argv[1]), load_file(sys.argv[2])
assert len(model) == 8 and all(torch.equal(tensor, checkpoint[name]) for name, tensor in model.items())
assert checkpoint['streams.host'].dtype == torch.uint8 and checkpoint['memory.0.rows'].dtype == torch.int32
# The state of the generator is PyTorch's own.
generator = torch.Generator()
generator.set_state(checkpoint['streams.host'])
assert safe_open(sys.argv[2], 'pt').metadata()['cl-torch'] == 'checkpoint'
`;
  const files = ['model', 'checkpoint'].map((name) => join(out, `${name}.safetensors`));
  const { status, stderr } = spawnSync(python, ['-c', code, ...files], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
