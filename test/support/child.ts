import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = new URL('../..', import.meta.url);

export interface ChildOutcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs an ES module given as text in a Node process of its own. `session(rows?)` and `dist` (the compiled package's
 * URL) are in scope; `session` resolves to `{ session, view, busy }`, `busy()` being an epoch that takes minutes.
 */
export function runModule(
  body: string,
  { args = [], env = {} }: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<ChildOutcome> {
  const child = spawn(process.execPath, [...args, '--input-type=module', '-e', `${prelude}\n${body}`], {
    cwd: fileURLToPath(root),
    env: { ...process.env, ...env },
  });
  return outcomeOf(child);
}

/** The text of {@link runModule}'s scope, for code that a child runs in a worker. */
export const prelude: string = `
const dist = ${JSON.stringify(new URL('dist/', root).href)};
const { Session } = await import(dist + 'session/session.js');
async function session(threads = 1) {
  const session = await Session.open({ device: 'cpu', threads });
  const rows = 20000, features = 200;
  const dataset = await session.loadDataset({ images: new Uint8Array(rows * features), labels: new Uint8Array(rows), features });
  const view = await session.addView({ dataset, columns: Int32Array.from({ length: features }, (_, i) => i) });
  await session.createModel({ network: { kind: 'mlp', input: [features], classes: 2, hidden: [400, 400] }, seed: 1 });
  await session.createOptimizer({ learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 });
  const busy = (options) => session.trainEpoch({ views: [view], batchSize: 1 }, options);
  return { session, view, busy };
}
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
`;

export function outcomeOf(child: ReturnType<typeof spawn>): Promise<ChildOutcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}
