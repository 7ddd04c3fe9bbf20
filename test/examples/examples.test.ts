import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { untilPrinted } from '../cli/command.js';
import { outcomeOf } from '../support/child.js';

function example(name: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const script = fileURLToPath(new URL(`../../examples/${name}.mjs`, import.meta.url));
  return spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env } });
}

const whole = { timeout: 180_000 }; // real MNIST, on a machine that may be busy

test('custom-strategy: runs beside the strategy that it varies', whole, async () => {
  const { status, stdout, stderr } = await outcomeOf(example('custom-strategy', ['2', '1']));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.split(':')[0])).toEqual(['er', 'er+ep']);
  for (const line of lines) {
    const [first = 0, second = 0, mean = 0] = Array.from(line.matchAll(/\d+\.\d\d/g), ([text]) =>
      Number(text),
    );
    expect(mean).toBeCloseTo((first + second) / 2, 1);
    expect(mean).toBeGreaterThan(80);
  }
  expect(lines[0]?.slice('er'.length)).not.toBe(lines[1]?.slice('er+ep'.length));
});

test('custom-benchmark: fine-tuning forgets, rehearsal less, joint training least', whole, async () => {
  const { status, stdout, stderr } = await outcomeOf(example('custom-benchmark'));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const told = Array.from(
    stdout.matchAll(/^(\S+): ([\d.]+) % .* task ([\d.]+) %$/gm),
    ([, name, all, aware]) => {
      expect(Number(aware)).toBeGreaterThanOrEqual(Number(all));
      return [name, Number(all)] as const;
    },
  );
  expect(told.map(([name]) => name)).toEqual(['baseline', 'er', 'joint']);
  const [baseline = 0, er = 0, joint = 0] = told.map(([, all]) => all);
  expect(baseline).toBeLessThan(er);
  expect(er).toBeLessThanOrEqual(joint + 2);
  expect(joint).toBeGreaterThan(85);
});

test('worker-threads: every seed reports, and the mean is theirs', whole, async () => {
  const { status, stdout, stderr } = await outcomeOf(example('worker-threads', ['2', '1', '3', '4']));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const finals = Array.from(stdout.matchAll(/^seed [34], task 1: mean ([\d.]+) %$/gm), ([, mean]) =>
    Number(mean),
  );
  expect(finals).toHaveLength(2);
  const [, told] = /^mean over 2 seeds after the last task: ([\d.]+) %$/m.exec(stdout) ?? [];
  expect(Number(told)).toBeCloseTo(((finals[0] ?? 0) + (finals[1] ?? 0)) / 2, 1);
});

describe('online-service', whole, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cl-torch-service-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Three corners of the plane, a class each. */
  const corner = (label: number): number[] => [label === 1 ? 1 : 0, label === 2 ? 1 : 0];
  const taught = (labels: readonly number[], count: number = 60): object => {
    const rows = Array.from({ length: count }, (_, i) => labels[i % labels.length] ?? 0);
    return { inputs: rows.map((label, i) => corner(label).map((x) => x + 0.1 * Math.sin(i))), labels: rows };
  };

  async function serve<T>(
    use: (ask: (path: string, body?: object | string) => Promise<Response>) => Promise<T>,
    model: string = 'model.safetensors',
  ): Promise<T> {
    const child = example('online-service', [], { PORT: '0', INPUTS: '2', MODEL: join(folder, model) });
    const ended = outcomeOf(child);
    const [address] = /http:\/\/[\d.:]+/.exec(await untilPrinted(child, /learnt so far\n/)) ?? [];
    try {
      return await use((path, body) =>
        fetch(`${address}${path}`, {
          ...(body ? { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
        }),
      );
    } finally {
      child.kill('SIGTERM');
      expect(await ended).toMatchObject({ status: 0, stderr: '' });
    }
  }

  const labelsOf = async (response: Response): Promise<number[]> =>
    ((await response.json()) as { label: number }[]).map(({ label }) => label);

  test('knows what it was taught, then more, and again after a restart; refuses what is none', async () => {
    const question = { inputs: [corner(0), corner(1), corner(2)] };
    await serve(async (ask) => {
      expect(await (await ask('/learn', taught([0, 1]))).json()).toMatchObject({
        task: 0,
        rows: 60,
        classes: 2,
      });
      expect((await labelsOf(await ask('/predict', question))).slice(0, 2)).toEqual([0, 1]);
      expect(await (await ask('/learn', taught([2]))).json()).toMatchObject({ task: 1, classes: 3 });
      expect(await labelsOf(await ask('/predict', question))).toEqual([0, 1, 2]);
      expect((await ask('/nowhere')).status).toBe(404);
    });
    await serve(async (ask) => {
      expect(await (await ask('/')).json()).toEqual({ tasks: 2, classes: 3 });
      expect(await labelsOf(await ask('/predict', question))).toEqual([0, 1, 2]);
    });
  });

  test('answers what it cannot take with 400 and words', async () => {
    const refused: [string, object | string, RegExp][] = [
      [
        '/learn',
        { inputs: [[1]], labels: [0] },
        /inputs\[0\] must be an array of 2 numbers, found an array of 1/,
      ],
      ['/learn', { inputs: [[1], [2, 3, 4]], labels: [0, 1] }, /inputs\[0\] must be an array of 2 numbers/],
      ['/learn', { inputs: [[1, 2]], labels: [-1] }, /labels\[0\] is -1/],
      ['/learn', { inputs: [[1, 2]], labels: [65_535] }, /labels\[0\] is 65535.*maxClasses/],
      ['/learn', { inputs: [[1, 2]], labels: [0, 1] }, /1 examples and 2 labels/],
      ['/learn', { inputs: [[1, 2]], labels: 'none' }, /labels must be an array/],
      ['/learn', { inputs: [[1, 2]] }, /labels must be an array/],
      ['/predict', { inputs: 'none' }, /inputs must be an array/],
      ['/predict', { inputs: [] }, /inputs must be an array of one example or more/],
      ['/predict', { inputs: [null] }, /inputs\[0\] must be an array of 2 numbers, found null/],
      ['/predict', { inputs: [[1, '2']] }, /inputs\[0\] must be an array of 2 numbers/],
      ['/predict', '{"inputs": [[1, 1e999]]}', /Infinity in row 0, column 1/],
      ['/predict', 'null', /must be a JSON object/],
      ['/learn', '[]', /must be a JSON object/],
      ['/learn', '{"inputs"', /is no JSON/],
      ['/learn', ' '.repeat(10_000_001), /more than 10000000 characters/],
    ];
    await serve(async (ask) => {
      for (const [path, body, words] of refused) {
        const response = await ask(path, body);
        expect([response.status, await response.json()]).toEqual([
          400,
          { error: expect.stringMatching(words) },
        ]);
      }
      expect(await (await ask('/')).json()).toEqual({ tasks: 0, classes: 2 });
    }, 'refusing.safetensors');
  });

  test('answers while it learns, by what it knew before', async () => {
    const question = { inputs: [corner(0), corner(1), corner(2)] };
    await serve(async (ask) => {
      await ask('/learn', taught([0, 1]));
      const before = await (await ask('/predict', question)).json();
      // Twenty requests are enough for the lesson to have begun, and it takes far longer than they do.
      const lesson = taught([2, 0, 1], 8_000);
      let isLearnt = false;
      const learning = ask('/learn', lesson).then((response) => {
        isLearnt = true;
        return response.json();
      });
      const answers: unknown[] = [];
      while (!isLearnt && answers.length < 20) answers.push(await (await ask('/predict', question)).json());
      expect({ answers, isLearnt }).toEqual({ answers: Array(20).fill(before), isLearnt: false });
      expect(await learning).toMatchObject({ task: 1, classes: 3 });
      expect(await labelsOf(await ask('/predict', question))).toEqual([0, 1, 2]);
    }, 'busy.safetensors');
  });

  test('ends in good order while it learns', async () => {
    await serve(async (ask) => {
      ask('/learn', taught([0, 1], 6000)).catch(() => {}); // cut off by the service's end
      await ask('/predict', { inputs: [corner(0)] });
    }, 'cut-off.safetensors');
  });
});
