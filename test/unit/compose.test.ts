import { describe, expect, test } from 'vitest';
import { option } from '../../lib/config/option-builder.js';
import { planLearner } from '../../lib/learner/config.js';
import { collision, compose } from '../../lib/strategies/compose.js';
import { collisionOf, strategyNamed } from '../../lib/strategies/index.js';
import type { CreationContext, StrategyConfig, StrategyDefinition } from '../../lib/training/definition.js';
import type { Strategy, TaskContext } from '../../lib/training/strategy.js';

const weight = (description: string) => ({ weight: option.withDefault(option.number(0, 9), 1, description) });

function named(
  name: string,
  parts: Partial<StrategyDefinition> = {},
  hooks: Strategy = {},
): StrategyDefinition {
  return { name, ...parts, create: () => hooks };
}

describe('strategies joined with +', () => {
  test('do what each does, in turn', async () => {
    const calls: string[] = [];
    const part = (name: string, rehearsal: number): StrategyDefinition => {
      const hook = (of: string) => async (): Promise<void> => void calls.push(`${of} of ${name}`);
      return named(
        name,
        {},
        {
          beforeTask: hook('beforeTask'),
          beforeEpoch: hook('beforeEpoch'),
          remember: hook('remember'),
          afterTask: hook('afterTask'),
          objective: ({ task }) => ({ penalties: [{ strength: task, anchor: name }] }),
          rehearsal,
          whenDiverging: `less of ${name}`,
        },
      );
    };
    const joined = compose([part('a', 0), part('b', 7)]).create(
      {} as StrategyConfig<object>,
      {} as CreationContext,
    );
    const context = { task: 2 } as TaskContext;
    for (const hook of ['beforeTask', 'beforeEpoch', 'remember', 'afterTask'] as const)
      await joined[hook]?.(context);
    expect(calls).toEqual([
      'beforeTask of a',
      'beforeTask of b',
      'beforeEpoch of a',
      'beforeEpoch of b',
      'remember of a', // they share one memory
      'afterTask of a',
      'afterTask of b',
    ]);
    expect(joined.objective?.(context)).toEqual({
      draws: [],
      penalties: [
        { strength: 2, anchor: 'a' },
        { strength: 2, anchor: 'b' },
      ],
    });
    expect(joined.rehearsal).toBe(7);
    expect(joined.whenDiverging).toBe('less of a, or less of b');
  });

  test('learn a batch by the losses of all', () => {
    const parts = [
      named(
        'a',
        {},
        { objective: () => ({ batchLoss: { crossEntropy: 0.5, targets: [{ kind: 'soft', weight: 2 }] } }) },
      ),
      named(
        'b',
        {},
        {
          objective: () => ({ batchLoss: { classes: 'present' } }),
          reservoir: 9,
          storesOutputs: true,
          joinsMemory: true,
        },
      ),
      named('c'),
    ];
    const joined = compose(parts).create({} as StrategyConfig<object>, {} as CreationContext);
    expect(joined.objective?.({} as TaskContext).batchLoss).toEqual({
      crossEntropy: 0.5,
      classes: 'present',
      binary: null,
      targets: [{ kind: 'soft', weight: 2 }],
    });
    expect(joined).toMatchObject({ reservoir: 9, storesOutputs: true, joinsMemory: true });
  });

  test('have the options, the scenarios and the problems of all', () => {
    const joined = compose([
      named('a', {
        options: weight('the same'),
        scenarios: ['task', 'class'],
        problems: () => ['both', 'one'],
      }),
      named('b', { options: { ...weight('the same'), own: option.onOff }, problems: () => ['both'] }),
    ]);
    expect(joined.name).toBe('a+b');
    expect(Object.keys(joined.options ?? {}).sort()).toEqual(['own', 'weight']);
    expect(joined.scenarios).toEqual(['task', 'class']);
    expect(joined.problems?.({} as StrategyConfig<object>, (key) => key)).toEqual(['both', 'one']);
  });

  test.each([
    [
      [named('a', { options: weight('lambda') }), named('b', { options: weight('alpha') })],
      'a and b collide: both have an option weight, which is "lambda" in the one and "alpha" in the other',
    ],
    [
      [named('a'), named('b', { role: 'upper bound' })],
      'b is an upper bound, which methods are compared with',
    ],
    [
      [named('a', { alone: 'it trains a network of its own' }), named('b')],
      'a stands alone: it trains a network of its own',
    ],
    [
      [named('a', { scenarios: ['task'] }), named('b', { scenarios: ['class'] })],
      'a and b are made for different scenarios',
    ],
  ])('collide: %#', (parts, why) => {
    expect(collision(parts)).toBe(why);
  });

  test('are one strategy, whatever the order of their names', () => {
    expect(strategyNamed('er+lfd')?.name).toBe('er+lfd');
    expect(strategyNamed('lfd+er')).toBe(strategyNamed('er+lfd'));
    expect(strategyNamed('er+er')).toBeUndefined();
    expect(collisionOf('er+er')).toBe('er is named twice');
    expect(collisionOf('er+joint')).toContain('joint is an upper bound');
    expect(collisionOf('er+nothing')).toBe('there is no strategy nothing');
    expect(collisionOf('er')).toBeUndefined();
  });

  test.each(['er+lfd', 'er+ewc', 'si+er', 'lwf+lfd', 'derpp+lfd', 'agem+lfd', 'ewc+lfd'])(
    '%s are joined',
    (name) => {
      expect(collisionOf(name)).toBeUndefined();
      expect(strategyNamed(name)?.name.split('+').sort()).toEqual(name.split('+').sort());
    },
  );

  test('of two penalties each has a strength of its own', () => {
    expect(collisionOf('ewc+mas')).toBe(
      'ewc and mas collide: both have an option strength, which is the weight of the penalty of each by itself',
    );
    expect(collisionOf('er+packnet')).toContain('packnet stands alone: it decides itself');
  });
});

test('one that stands alone but for penalties is joined with what needs these, and nothing more', () => {
  const parts: Partial<StrategyDefinition> = { alone: 'its gates', joinsWith: ['penalties', 'path'] };
  const gates = named('gates', parts);
  for (const needs of [['penalties'], ['penalties', 'path']] as const) {
    expect(collision([gates, named('other', { needs })])).toBeUndefined();
  }
  for (const needs of [undefined, ['draws'], ['penalties', 'draws']] as const) {
    const why = 'gates stands alone but for what adds a penalty, and other does more: its gates';
    expect(collision([named('other', { needs }), gates])).toBe(why);
  }
  expect(collisionOf('xdg+si+ewc')).toContain('strength'); // each has its own
  expect(collisionOf('xdg+si')).toBeUndefined();
  expect(collisionOf('agem+gem')).toContain('both have an option referenceBatchSize');
  expect(collisionOf('er+xdg')).toContain('through the gates of another one');
});

test('a learner, which is not told the task, refuses a strategy that measures each by weights of its own', () => {
  const own = named('own-weights', {}, { beforeEvaluation: async () => {} });
  const input = { strategy: own, inputs: 4, classes: 2 };
  expect(() => planLearner(input)).toThrow('measures each task by weights of its own (beforeEvaluation)');
});

test('outputs that are stored for the task alone and a memory among its examples do not go together', () => {
  const plan = (strategy: string, rehearse: string) =>
    planLearner({ strategy, rehearse, inputs: 4, classes: 2 } as never);
  expect(() => plan('lwf+er', 'epochs')).toThrow(
    /"epochs" puts the memory's examples among the task's, and lwf/,
  );
  expect(() => plan('lwf+lfd', 'epochs')).toThrow('set it to "batches"');
  expect(() => plan('lwf+er', 'batches')).not.toThrow();
  expect(() => plan('ewc+er', 'epochs')).not.toThrow();
});

test('a size for each class is refused where the memory is one for all', () => {
  const plan = (given: object) =>
    planLearner({ inputs: 4, classes: 2, memoryPer: 'class', ...given } as never);
  expect(() => plan({ strategy: 'er', memorySelection: 'reservoir' })).toThrow(
    '"class" is for the selections random and herding',
  );
  expect(() => plan({ strategy: 'er', memorySelection: 'herding' })).not.toThrow();
});
