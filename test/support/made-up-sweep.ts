import type { Setting, Space } from '../../lib/search/space.js';
import type {
  ChoiceKind,
  MethodSummary,
  RunStatus,
  RunSummary,
  SearchKind,
  SweepReport,
  TrialSummary,
} from '../../lib/sweep/plan/types.js';

export interface MadeUp {
  readonly methods?: readonly string[];
  readonly settings?: Space;
  readonly kind?: SearchKind;
  /** Settings of each method. */
  readonly trials?: number;
  readonly seeds?: number;
  readonly choice?: ChoiceKind;
  readonly by?: 'final' | 'average';
  /** Seeds of the final runs. */
  readonly finalSeeds?: number;
  /** Statuses that some of the runs have, of one run in so many each. */
  readonly troubled?: Partial<Record<RunStatus, number>>;
  /** Points by which each method is worse than the one before. */
  readonly gap?: number;
}

export const LEARNING_RATE = { kind: 'interval', scale: 'log', low: 1e-4, high: 1 } as const;

/** A search over one of each kind of domain. */
export const SPACE: Space = {
  learningRate: LEARNING_RATE,
  memorySize: { kind: 'interval', scale: 'linear', low: 50, high: 1000 },
  optimizer: { kind: 'choice', values: ['adamw', 'sgd'] },
};

const RUNGS = [1, 3, 9];
const TASKS = 9;

/** A sweep whose numbers follow a rule of their own and a seeded noise: the same at each call. */
export function madeUpSweep({
  methods: names = ['er', 'ewc', 'lfd'],
  settings = SPACE,
  kind = 'random',
  trials = 12,
  seeds = 3,
  choice = 'validation',
  by = 'final',
  finalSeeds = 5,
  troubled = {},
  gap = 4,
}: MadeUp = {}): SweepReport {
  const random = randomFrom(7);
  const tally: Record<RunStatus, number> = {
    missing: 0,
    running: 0,
    stopped: 0,
    completed: 0,
    diverged: 0,
    failed: 0,
  };
  let count = 0;
  const run = (name: string, seed: number, tasks: number, peak: number): RunSummary => {
    count += 1;
    const [status = 'completed'] = Object.entries(troubled).flatMap(([status, each]) =>
      count % each === 0 ? [status as RunStatus] : [],
    );
    tally[status] += 1;
    return runOf({ name, seed, status, tasks, peak, random });
  };
  const methods = names.map((name, place): MethodSummary => {
    const all = Array.from({ length: trials }, (_, number): TrialSummary => {
      const setting = settingOf(settings, number, kind, random);
      const rung = [...RUNGS].reverse().findIndex((_, i) => number % 3 ** (RUNGS.length - 1 - i) === 0);
      const tasks = kind === 'asha' ? (RUNGS[RUNGS.length - 1 - rung] ?? TASKS) : TASKS;
      const peak = heightOf(settings, setting) - gap * place;
      const runs = Array.from({ length: seeds }, (_, seed) =>
        run(`${name}-t${String(number).padStart(3, '0')}-seed${seed}`, seed, tasks, peak),
      );
      const values = runs.map((each) => (each.status === 'completed' ? each[by] : null));
      const value = values.some((each) => each === null)
        ? null
        : values.reduce<number>((sum, each) => sum + (each ?? 0), 0) / values.length;
      return { number, setting, runs, value, tasks };
    });
    const whole = all.filter(({ value, tasks }) => value !== null && tasks === TASKS);
    const best = whole.reduce<TrialSummary | undefined>(
      (found, each) => ((each.value ?? 0) > (found?.value ?? 0) ? each : found),
      undefined,
    );
    const chosen = choice === 'none' || best === undefined ? null : best.number;
    const final = Array.from({ length: chosen === null ? 0 : finalSeeds }, (_, seed) =>
      run(
        `${name}-final-seed${10 + seed}`,
        10 + seed,
        TASKS,
        heightOf(settings, best?.setting ?? {}) - gap * place - 1,
      ),
    );
    return { name, condition: { strategy: name }, trials: all, chosen, final };
  });
  return {
    schemaVersion: 1,
    spec: {
      schemaVersion: 1,
      options: {
        benchmark: 'split',
        dataset: 'mnist',
        ...(choice === 'validation' ? { validation: 5000 } : {}),
      },
      methods: { strategy: { kind: 'choice', values: [...names] } },
      settings,
      seeds: Array.from({ length: seeds }, (_, seed) => seed),
      search: {
        kind,
        trials: kind === 'grid' ? null : trials,
        seed: 1,
        batch: 4,
        reduction: 3,
        rungs: [],
      },
      choice: {
        kind: choice,
        by,
        tasks: choice === 'first-tasks' ? TASKS : null,
        seeds: choice === 'none' ? [] : Array.from({ length: finalSeeds }, (_, seed) => 10 + seed),
      },
    },
    methods,
    runs: tally,
    total: count,
    isComplete: tally.missing + tally.running + tally.stopped === 0,
  };
}

interface MadeUpRun extends Pick<RunSummary, 'name' | 'seed' | 'status'> {
  readonly tasks: number;
  readonly peak: number;
  random(): number;
}

function runOf({ name, seed, status, tasks, peak, random }: MadeUpRun): RunSummary {
  const noise = random() - 0.5;
  const done = status === 'missing' ? 0 : status === 'completed' ? tasks : Math.ceil(tasks / 2);
  const taskMeans = Array.from({ length: done }, (_, task) => Math.max(0, peak - 1.5 * task + noise));
  const isTold = status === 'completed' && done > 0;
  return {
    name,
    seed,
    status,
    tasks: done,
    taskMeans,
    final: taskMeans.at(-1) ?? null,
    average: isTold ? taskMeans.reduce((sum, mean) => sum + mean, 0) / done : null,
    forgetting: isTold ? 1.5 * done + noise : null,
    seconds: status === 'missing' ? null : 3 * done + 2 * random(),
    peakMemoryBytes: status === 'missing' ? null : 4e8 + 1e7 * random(),
    error:
      status === 'failed'
        ? 'CONFIG_INVALID: memorySize must be an integer from 1 to 1000000, found 0.5; name a whole number & try again.'
        : null,
  };
}

function settingOf(space: Space, number: number, kind: SearchKind, random: () => number): Setting {
  let left = number;
  return Object.fromEntries(
    Object.entries(space).map(([key, domain]) => {
      if (domain.kind === 'choice') {
        const place =
          kind === 'grid' ? left % domain.values.length : Math.floor(random() * domain.values.length);
        left = Math.floor(left / domain.values.length);
        return [key, domain.values[place]];
      }
      const { low, high, points } = domain;
      if (points) {
        const value = points[left % points.length];
        left = Math.floor(left / points.length);
        return [key, value];
      }
      const share = random();
      return [key, domain.scale === 'log' ? low * (high / low) ** share : low + share * (high - low)];
    }),
  );
}

/** Best a third of the way along each numeric axis, and at the first of several names. */
function heightOf(space: Space, setting: Setting): number {
  const lost = Object.entries(space).map(([key, domain]) => {
    const value = setting[key];
    if (domain.kind === 'choice') return 2 * domain.values.indexOf(value);
    const { scale, low, high } = domain;
    const number = Number(value);
    const share =
      scale === 'log' ? Math.log(number / low) / Math.log(high / low) : (number - low) / (high - low);
    return 40 * (share - 1 / 3) ** 2;
  });
  return Math.max(5, 96 - lost.reduce((sum, each) => sum + each, 0));
}

/** Mulberry32: from 0 to 1. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
