import type { BatchLossInput, MemoryDrawInput } from '../../lib/session/objective-calls.js';
import { Session } from '../../lib/session/session.js';
import { mlpOf } from './network.js';
import { identity } from './synthetic.js';
import { flat, partsOf, split } from './vectors.js';

/** A run as test/reference/make_objective.py writes it. */
export interface PythonObjectiveRun {
  readonly name: string;
  readonly losses: readonly number[];
  readonly parameters: readonly number[];
  readonly path?: readonly number[];
}

const [WIDTH, ROWS, MEMORY] = [16, 50, 5];
const epoch = { batchSize: 6 };
const sgd = {
  optimizer: 'sgd',
  learningRate: 0.05,
  momentum: 0.9,
  weightDecay: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
} as const;

/** The script's images and labels. */
function examples(task: number): { images: Uint8Array; labels: Uint8Array } {
  const labels = Uint8Array.from(
    { length: ROWS },
    (_, row) => 3 * task + ((row * row + Math.floor(row / 5)) % 3),
  );
  const images = Uint8Array.from({ length: ROWS * WIDTH }, (_, at) => {
    const [row, column] = [Math.floor(at / WIDTH), at % WIDTH];
    return ((row * 37 + column * 101 + task * 11) % 160) + (column === labels[row] ? 90 : 0);
  });
  return { images, labels };
}

function soft(known: number | null): BatchLossInput {
  const classes = { begin: 0, end: 6 };
  const target = { kind: 'soft', weight: 0.75, temperature: 2, scaled: true, classes } as const;
  return {
    crossEntropy: 0.25,
    targets: [{ ...target, known: known === null ? null : { begin: 0, end: known } }],
  };
}

function rehearsed(reduction: 'mean' | 'sum'): MemoryDrawInput[] {
  const squared = { kind: 'squared', weight: 0.3, reduction } as const;
  return [
    { examples: MEMORY, crossEntropy: 0, targets: [squared] },
    { examples: MEMORY, crossEntropy: 0.7 },
  ];
}

/** What makes the second task of each run what it is. */
const parts: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  lwf: (session) => session.setBatchLoss(soft(null)),
  'lwf-known': (session) => session.setBatchLoss(soft(3)),
  derpp: (session) => session.setDraws(rehearsed('mean')),
  'derpp-sum': (session) => session.setDraws(rehearsed('sum')),
  agem: (session) => session.setDraws([{ examples: MEMORY, use: 'reference' }]),
  async watched(session) {
    const lengths = (await session.parameters()).map(({ data }) => data.length);
    const count = partsOf(lengths).at(-1)?.[1] ?? 0;
    const mask = Array.from({ length: count }, (_, k) => (k % 5 === 0 ? 0 : 1));
    await session.vectors.set('mask', split(mask, lengths));
    await session.setMask('mask');
    await session.setPath({ vector: 'path', gradient: 'total' });
  },
};

/** The script's run here. */
export async function learnLikePython(
  name: string,
  engine: 'autograd' | 'fused',
): Promise<Required<Omit<PythonObjectiveRun, 'name'>>> {
  await using session = await Session.open({ device: 'cpu', threads: 1 });
  const views: number[] = [];
  for (const task of [0, 1]) {
    const dataset = await session.loadDataset({ ...examples(task), features: WIDTH });
    views.push(await session.addView({ dataset, columns: identity(WIDTH) }));
  }
  const [first = 0, second = 0] = views;
  await session.createModel({ network: mlpOf([WIDTH, WIDTH, WIDTH]), seed: 11, engine });
  await session.createOptimizer(sgd);
  for (let pass = 0; pass < 3; ++pass) await session.trainEpoch({ ...epoch, views: [first] });
  await session.addMemory({ view: first, rows: identity(MEMORY), targets: true });
  await session.takeTargets({ view: second });
  await session.createOptimizer(sgd);
  await parts[name]?.(session);
  const losses: number[] = [];
  for (let pass = 0; pass < 3; ++pass) {
    losses.push(...(await session.trainEpoch({ ...epoch, views: [second] })).losses);
  }
  const hasPath = (await session.vectors.names()).includes('path');
  const path = hasPath ? flat(await session.vectors.get('path')) : [];
  return { losses, path, parameters: flat(await session.parameters()) };
}
