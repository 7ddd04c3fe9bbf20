import { isAbsolute, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { abortSignal, optional, settle } from '../../lib/base/arguments.js';
import { loadModel, saveModel } from '../../lib/checkpoint/model-file.js';
import { parseConfig } from '../../lib/config/parse.js';
import type { ExperimentInput } from '../../lib/config/types.js';
import { planLearner } from '../../lib/learner/config.js';
import { readTask } from '../../lib/learner/task-data.js';
import { continualMetrics, forgetting } from '../../lib/metrics/index.js';
import { consecutiveSeeds } from '../../lib/random/seeds.js';
import { planExperiment } from '../../lib/runs/plan.js';
import type { StrategyDefinition } from '../../lib/training/definition.js';
import { refusal } from '../support/refusal.js';

describe('a configuration is what it was when the call was made', () => {
  test('with one object whose seed is set in turn', () => {
    const input = { strategy: 'baseline', seed: 0 } as const satisfies ExperimentInput;
    const plans = [1, 2, 3].map((seed) => planExperiment(Object.assign(input, { seed })));
    expect(plans.map(({ config }) => config.seed)).toEqual([1, 2, 3]);
  });

  test('with a list that is changed afterwards', () => {
    const hidden = [5];
    const { config } = planExperiment({ strategy: 'baseline', hidden });
    const learner = planLearner({ strategy: 'baseline', inputs: 2, classes: 2, hidden });
    hidden.push(7);
    expect([config, learner.config]).toMatchObject([{ hidden: [5] }, { hidden: [5] }]);
  });

  test('with getters, of which each is asked once', () => {
    let asked = 0;
    class Settings {
      strategy = 'baseline' as const;
      get seed(): number {
        return ++asked;
      }
    }
    expect(planExperiment(new Settings()).config.seed).toBe(1);
    expect(asked).toBe(1);
  });

  test('with a strategy of one’s own whose object is changed afterwards', () => {
    const own: { -readonly [Key in keyof StrategyDefinition]: StrategyDefinition[Key] } = {
      name: 'mine',
      create: () => ({ rehearsal: 1 }),
    };
    const plan = planExperiment({ strategy: own });
    own.name = 'other';
    own.create = () => ({ rehearsal: 2 });
    expect([plan.config.strategy, plan.createStrategy({ tasks: [] }).rehearsal]).toEqual(['mine', 1]);
  });

  test('and cannot be changed', () => {
    const { hidden } = Object(parseConfig({ strategy: 'baseline' }));
    expect(() => (hidden as number[]).push(1)).toThrow(TypeError);
  });

  test('a task keeps its arrays when the object gets others', () => {
    const first = Uint8Array.of(1, 2);
    const task = { inputs: first, labels: [0] };
    const read = readTask(task) as typeof task;
    task.inputs = Uint8Array.of(3, 4);
    expect(read.inputs).toBe(first);
  });
});

describe('folders', () => {
  test('become absolute when the call is made', () => {
    const { config } = planExperiment({ strategy: 'baseline', dataDir: 'data', out: 'runs/1' });
    expect([config.dataDir, config.out]).toEqual([resolve('data'), resolve('runs/1')]);
    expect(isAbsolute(config.out ?? '')).toBe(true);
  });
});

describe('an option that is undefined', () => {
  test.each(['memorySize', 'alpha', 'nonsense'])(
    'counts as left out, also where there is none: %s',
    (key) => {
      const input = { strategy: 'baseline', [key]: undefined };
      expect(parseConfig(input)).toEqual(parseConfig({ strategy: 'baseline' }));
      expect(refusal({ strategy: 'baseline', [key]: 1 })).toContain(`"${key}"`);
    },
  );
});

describe('a message shows what was found', () => {
  test.each([
    ['seed', 2n ** 60n, 'found 1152921504606846976n'],
    ['seed', '3', "found '3'"],
    ['seed', 2 ** 53, 'found 9007199254740992'],
    ['epochs', [3], 'found [ 3 ]'],
    ['epochs', Symbol('x'), 'found Symbol(x)'],
    ['epochs', () => 3, 'found [Function'],
  ])('%s: case %#', (key, value, text) => {
    const message = refusal({ strategy: 'baseline', [key]: value });
    expect(message).toContain(text);
    expect(message.split('expected')).toHaveLength(2); // told once
  });

  test('of labels and passes', () => {
    expect(() => consecutiveSeeds(1n as never, '2' as never)).toThrow("found 1n and '2'");
  });
});

describe('an option that a call does not know', () => {
  const readers = { signal: optional(abortSignal), epochs: (value: unknown) => value };

  test.each([
    [{ epoch: 50 }, "learn: there is no option 'epoch'; did you mean epochs?"],
    [{ speed: 1 }, "learn: there is no option 'speed'; the options are signal, epochs."],
  ])('is refused with the one that was meant: case %#', (given, text) => {
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT', message: text });
    expect(() => settle('learn', given, readers)).toThrow(refused);
  });

  test('but for one that is undefined', () => {
    expect(settle('learn', { epoch: undefined, epochs: 3 }, readers)).toEqual({
      epochs: 3,
      signal: undefined,
    });
  });
});

describe('what cannot be read', () => {
  const broken = (message: string) => ({
    get strategy(): never {
      throw new Error(message);
    },
  });
  const traps = new Proxy(
    {},
    {
      get() {
        throw new Error('trap');
      },
    },
  );
  test.each([
    ['a getter that throws', broken('no luck'), 'no luck'],
    ['a proxy that throws', traps, 'trap'],
  ])('is refused as a configuration: %s', (_, input, text) => {
    expect(refusal(input)).toContain(`it cannot be read: ${text}`);
  });

  test.each([undefined, null, 3, 'x', [3], [['1']], [[1], undefined], new Float32Array(2)])(
    'is refused as a matrix: case %#',
    (matrix) => {
      const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
      expect(() => forgetting(matrix as never)).toThrow(refused);
      expect(() => continualMetrics(matrix as never, null)).toThrow(refused);
    },
  );

  test.each([
    ['a folder', '.', 'FILE_FOREIGN'],
    ['a device', '/dev/null', 'FILE_DAMAGED'],
    ['a place in a file', 'package.json/x', 'FILE_FOREIGN'],
    ['nothing', 'nowhere/model.safetensors', 'FILE_NOT_FOUND'],
    ['a number', 3, 'INVALID_ARGUMENT'],
    ['no text at all', '', 'INVALID_ARGUMENT'],
    ['a text with NUL', 'a\0b', 'INVALID_ARGUMENT'],
  ])('is refused as a model: %s', async (_, path, code) => {
    await expect(loadModel(path as string)).rejects.toMatchObject({ code });
  });

  test.each([undefined, null, 3, {}, [], ''])('is refused as a place to save: case %#', async (path) => {
    await expect(saveModel(path as never, [])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
