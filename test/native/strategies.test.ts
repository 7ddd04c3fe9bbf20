import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContinualLearner, resumeExperiment, runExperiment } from '../../lib/index.js';
import type { RunEvent, RunResult } from '../../lib/runs/types.js';
import type { Session } from '../../lib/session/session.js';
import { collisionOf, strategies } from '../../lib/strategies/index.js';
import { needsOf, type StrategyDefinition } from '../../lib/training/definition.js';
import type { Objective, TaskContext } from '../../lib/training/strategy.js';
import { small, task, weights } from '../support/learner.js';
import { modelIn, timeless } from '../support/runs.js';
import { flat } from '../support/vectors.js';

// What holds for every built-in strategy, whatever it does: a new one is tried by it without a line here.

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-strategies-'));
});
afterAll(() => rm(folder, { recursive: true }));

const has = (key: string) => (strategy: StrategyDefinition) => Object.hasOwn(strategy.options ?? {}, key);

type Input = Parameters<typeof runExperiment>[0];

/** A run of a moment: three tasks of two of the 8 × 8 digits. */
function inputOf(strategy: StrategyDefinition, more: object = {}): Input {
  const [scenario = 'task'] = strategy.scenarios ?? [];
  return {
    ...{ strategy: strategy.name, benchmark: 'split-digits', scenario, tasks: 3, epochs: 2 },
    ...{ hidden: [16], batchSize: 32, device: 'cpu', threads: 1 },
    ...(has('memorySize')(strategy) ? { memorySize: 20 } : {}),
    ...more,
  } as unknown as Input;
}

const runs = new Map<string, Promise<RunResult>>();
function run(strategy: StrategyDefinition, more: object = {}): Promise<RunResult> {
  const key = JSON.stringify([strategy.name, more]);
  const begun = runs.get(key) ?? runExperiment(inputOf(strategy, more));
  runs.set(key, begun);
  return begun;
}

const [baseline] = strategies;
const all: readonly StrategyDefinition[] = strategies;
const methods = all.filter(({ role = 'method' }) => role === 'method');

/** With which a method does nothing. */
const nothing: readonly (readonly [string, object])[] = [
  ['labelStrength', { strength: 0, labelStrength: 0 }],
  ['strength', { strength: 0 }],
  ['alpha', { alpha: 0, equilibriumPoint: 'off' }],
  ['rehearsal', { rehearsal: 0 }],
];

describe.each(methods.map((strategy) => [strategy.name, strategy] as const))('%s', (_, strategy) => {
  test('differs from the baseline', async () => {
    const [scenario] = strategy.scenarios ?? ['task'];
    const found = await run(strategy);
    expect(found.losses).not.toEqual((await run(baseline, { scenario })).losses);
    expect(found.accuracy.flat().every(Number.isFinite)).toBe(true);
  });

  test('has no more in its objectives than it says it needs of an engine', async () => {
    const found = new Set<string>();
    let said: readonly string[] = [];
    const seen: StrategyDefinition = {
      ...strategy,
      name: 'seen',
      create(config, context) {
        const hooks = strategy.create(config, context);
        said = needsOf(strategy, config);
        const objective = (now: TaskContext): Objective => {
          const its = hooks.objective?.(now) ?? {};
          const { penalties = [], batchLoss, draws = [] } = its;
          if (!penalties.every((each, at) => at === 0 && each.direction && !each.importance))
            found.add('penalties');
          if (its.path) found.add('path');
          if (its.mask) found.add('mask');
          if (its.gates) found.add('gates');
          if (batchLoss) found.add('targets');
          if (batchLoss?.binary || batchLoss?.targets?.some(({ kind }) => kind === 'binary'))
            found.add('binary');
          if (draws.length > 0) found.add('draws');
          return its;
        };
        return { ...hooks, objective };
      },
    };
    await runExperiment(inputOf(strategy, { strategy: seen, epochs: 1 }));
    expect([...found].sort()).toEqual([...said].sort());
  });

  test('with its weight at nothing is the baseline, bit for bit', async () => {
    const [, options] = nothing.find(([key]) => has(key)(strategy)) ?? [];
    if (!options) return;
    const [scenario] = strategy.scenarios ?? ['task'];
    const found = await run(strategy, options);
    const plain = await run(baseline, { scenario });
    expect(found.losses).toEqual(plain.losses);
    expect(found.accuracy).toEqual(plain.accuracy);
  });

  test('is refused where it is not made for the tasks', async () => {
    for (const scenario of ['task', 'domain', 'class'] as const) {
      const isFor = strategy.scenarios?.includes(scenario) ?? true;
      if (isFor) continue;
      const text = `strategy: ${strategy.name} is made for`;
      await expect(runExperiment(inputOf(strategy, { scenario }))).rejects.toThrow(text);
    }
  });
});

describe.each(all.map((strategy) => [strategy.name, strategy] as const))('%s', (name, strategy) => {
  test('that is stopped inside a task and resumed ends bit for bit like one that was not', async () => {
    const [whole, out] = [join(folder, `${name}-whole`), join(folder, name)];
    const more = { checkpointEvery: 'epoch' };
    const expected = await runExperiment(inputOf(strategy, { ...more, out: whole }));
    const stop = (event: RunEvent): void => {
      if (event.type === 'epoch' && event.task === 2 && event.epoch === 1) throw new Error('stopped');
    };
    await expect(runExperiment(inputOf(strategy, { ...more, out }), { onEvent: stop })).rejects.toThrow(
      'stopped',
    );
    expect(timeless(await resumeExperiment(out))).toEqual(timeless(expected));
    expect(await modelIn(out)).toEqual(await modelIn(whole));
  });

  test('is a learner’s, and goes on from its file bit for bit; or says why not', async () => {
    const input = { ...small, strategy: name, ...(has('memorySize')(strategy) ? { memorySize: 20 } : {}) };
    const made = ContinualLearner.create(input as Parameters<typeof ContinualLearner.create>[0]);
    const isForIt = strategy.scenarios?.includes('class') ?? true;
    if (strategy.role === 'upper bound' || !isForIt) {
      await expect(made).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
      return;
    }
    await using learner = await made;
    await learner.learn(task(), { epochs: 1 });
    const file = join(folder, `${name}.safetensors`);
    await learner.save(file);
    await using loaded = await ContinualLearner.load(file);
    for (const each of [learner, loaded]) await each.learn(task(120, 3, 2), { epochs: 2 });
    expect(await weights(loaded)).toEqual(await weights(learner));
  });
});

describe('joined with er:', () => {
  const joined = methods.flatMap(({ name }) => (collisionOf(`er+${name}`) === undefined ? [name] : []));

  test.each(joined)('er+%s does what both do', async (name) => {
    const strategy = all.find((each) => each.name === name) as StrategyDefinition;
    const [er] = all.filter((each) => each.name === 'er');
    const [scenario] = strategy.scenarios ?? ['task'];
    const both = await runExperiment(inputOf(strategy, { strategy: `er+${name}`, memorySize: 20 }));
    expect(both.strategy).toBe(`er+${name}`);
    // After rehearsal no step of these goes against the memory, so that A-GEM and GEM have nothing to project.
    const parts = name.endsWith('gem') ? [strategy] : [er as StrategyDefinition, strategy];
    for (const one of parts) {
      expect(both.losses).not.toEqual((await run(one, { scenario })).losses);
    }
  });
});

/** The vectors that a method keeps after the last task, by a strategy that does the same and looks. */
async function vectorsOf(
  strategy: StrategyDefinition,
  look: (session: Session, view: number, rows: number) => Promise<void>,
): Promise<void> {
  const looking: StrategyDefinition = {
    ...strategy,
    name: 'looking',
    create(config, context) {
      const hooks = strategy.create(config, context);
      return {
        ...hooks,
        async afterTask(context) {
          await hooks.afterTask?.(context);
          if (context.task === 2) await look(context.session, context.view, context.labels.length);
        },
      };
    },
  };
  await runExperiment(inputOf(strategy, { strategy: looking }));
}

describe('the importance of', () => {
  const important = methods.filter(has('strength')).filter(({ name }) => name !== 'l2');
  test.each(important.map((strategy) => [strategy.name, strategy] as const))(
    '%s is positive, and of all tasks',
    async (_, strategy) => {
      await vectorsOf(strategy, async (session) => {
        const name = (await session.vectors.names()).find((each) => each.endsWith('-importance'));
        if (name === undefined) return; // a penalty on outputs, not on weights
        const values = flat(await session.vectors.get(name));
        expect(values.filter((value) => value > 0).length).toBeGreaterThan(values.length / 4);
        const heads = (await session.vectors.get(name)).at(-1)?.data ?? new Float32Array();
        expect(heads.slice(0, 6).every((value) => value > 0)).toBe(true); // those of three tasks
        expect(heads.slice(6).every((value) => value === 0)).toBe(true); // and of no later one
      });
    },
  );
});
