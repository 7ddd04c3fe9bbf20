import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resumeExperiment, runExperiment } from '../../lib/index.js';
import { PythonRandom } from '../../lib/random/python-random.js';
import type { RunResult } from '../../lib/runs/types.js';
import { type Sandbox, sandbox } from '../cli/command.js';
import { IS_SLOW } from '../support/fuzz.js';
import { type Method, modelIn, shortRun, timeless } from '../support/runs.js';

/** `npm run test:slow` kills more often. */
const KILLS = IS_SLOW ? 40 : 5;
const script = fileURLToPath(new URL('../support/run-killed.mjs', import.meta.url));

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

const memory = { memorySize: 40, directionIterations: 3, lambdaIterations: 3 } as const;
const methods: { name: string; method: Method }[] = [
  { name: 'baseline', method: { strategy: 'baseline' } },
  { name: 'lfd', method: { strategy: 'lfd', ...memory } },
  { name: 'er+lfd', method: { strategy: 'er+lfd', rehearsal: 8, ...memory } },
  { name: 'lfd with autograd', method: { strategy: 'lfd', engine: 'autograd', ...memory } },
];

/** Kills a run of its own process `ms` after it has started; false when it was done before. */
async function kill(config: object, ms: number): Promise<boolean> {
  const child = spawn(process.execPath, [script, JSON.stringify(config)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  await delay(ms);
  child.kill('SIGKILL');
  const [status] = await ended;
  expect(status === null || status === 0, `status ${status}`).toBe(true);
  return status === null;
}

describe.each(methods)(`${KILLS} runs of $name killed at random moments`, ({ name, method }) => {
  const run = (out: string): Method => ({
    ...method,
    tasks: 4,
    epochs: 3,
    checkpointEvery: 'epoch',
    out: join(box.folder, name, out),
  });
  let whole: RunResult;
  let milliseconds: number;
  beforeAll(async () => {
    whole = await runExperiment(shortRun(run('whole'), box.dataDir));
    milliseconds = 1000 * (whole.seconds.total - whole.seconds.setup);
  });

  test('resume to the result and the weights of one that was not, bit for bit', {
    timeout: 300_000,
  }, async () => {
    const seed = Number(process.env.CL_TORCH_TEST_SEED ?? Date.now() % 1_000_000);
    const random = new PythonRandom(seed);
    console.log(`kill.test: ${name}, CL_TORCH_TEST_SEED=${seed}, over ${milliseconds.toFixed(0)} ms`);
    const expected = {
      numbers: timeless(whole),
      model: await modelIn(join(box.folder, name, 'whole')),
    };
    let killed = 0;
    let fromCheckpoint = 0;
    for (let i = 0; i < KILLS; ++i) {
      const config = shortRun(run(String(i)), box.dataDir);
      const out = config.out ?? '';
      // At random, but one in each part of the run: early ones, late ones, and some between.
      const moment = (i + random.random()) / KILLS;
      if (await kill(config, milliseconds * moment)) killed += 1;
      const had = existsSync(join(out, 'checkpoint.safetensors'));
      if (had && !existsSync(join(out, 'model.safetensors'))) fromCheckpoint += 1;
      const result = await resumeExperiment(out);
      expect(timeless(result), `kill ${i} of seed ${seed}`).toEqual(expected.numbers);
      expect(await modelIn(out), `kill ${i} of seed ${seed}`).toEqual(expected.model);
      const left = ['checkpoint.safetensors', 'config.json', 'model.safetensors', 'result.json'];
      expect((await readdir(out)).sort()).toEqual(left); // no temporary file, no lock
    }
    console.log(
      `kill.test: ${killed} killed before their end, ${fromCheckpoint} of them inside, after a checkpoint`,
    );
    expect(fromCheckpoint).toBeGreaterThan(0); // or nothing was tested; most are
  });
});
