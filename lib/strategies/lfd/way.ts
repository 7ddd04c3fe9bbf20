import type { Session } from '../../session/session.js';
import type { ReportPart } from '../../training/report.js';
import type { TaskContext } from '../../training/strategy.js';
import { type LayersOptions, withinLayers } from '../regularisation/layers.js';
import type { LfdOptions } from './options.js';

/** What a direction's measures depend on. */
type DirectionOptions = LayersOptions & Partial<Pick<LfdOptions, 'direction' | 'sphere' | 'projection'>>;

/** The vector s = w - w_t while it is measured. */
const OFFSET = 'offset';

/** Whether each parameter tensor has its own direction to move along. */
export function isByTensor({ sphere, projection }: DirectionOptions): boolean {
  return sphere === 'per-tensor' || projection === 'per-tensor';
}

/** Tells how far the task has moved the parameters off the direction, ||delta||, and the angle of their way to it. */
export async function reportDeviation(context: TaskContext, config: DirectionOptions = {}): Promise<void> {
  const { session } = context;
  const { vectors } = session;
  await vectors.copy('parameters', OFFSET);
  await vectors.add(OFFSET, 'anchor', -1);
  await withinLayers(config, session, OFFSET);
  if (config.direction === 'none') {
    const words = { label: 'off the old weights', line: 'weights moved by {.2}' };
    const value = await vectors.norm(OFFSET);
    context.report({ measures: { deviation: { ...words, value, digits: 3 } } });
  } else {
    const angle = await angleToDirection(session, isByTensor(config));
    const words = { label: 'off the direction', line: 'weights left it by {.2}' };
    const value =
      config.layers === undefined ? await session.deviation() : await offDirection(config, session);
    context.report({ measures: { deviation: { ...words, phase: 'direction', value, digits: 3 } } });
    context.report(angle);
  }
  await vectors.drop(OFFSET);
}

/** ||delta|| of the layers that take part: a session's own is of all weights. Leaves delta in the place of the offset. */
async function offDirection(config: DirectionOptions, { vectors }: Session): Promise<number> {
  await vectors.project(OFFSET, 'direction', { perTensor: isByTensor(config) });
  return vectors.norm(OFFSET);
}

/** |cos(s, nu)|: 0 where the task has not used the direction at all, 1 where it went along it alone. */
async function angleToDirection({ vectors }: Session, isByTensor: boolean): Promise<ReportPart> {
  const words = { phase: 'direction', digits: 4 };
  const lengths = [await vectors.norm(OFFSET), await vectors.norm('direction')] as const;
  const whole = cosine(await vectors.dot(OFFSET, 'direction'), ...lengths);
  const line = '|cos| to it {.4}';
  const measures = { cosine: { ...words, label: '|cos(way, ν)|', value: finite(whole), line } };
  if (!isByTensor) return { measures };
  const [ways, directions] = [await vectors.normByTensor(OFFSET), await vectors.normByTensor('direction')];
  const dots = await vectors.dotByTensor(OFFSET, 'direction');
  const values = dots.map((dot, tensor) => cosine(dot, ways[tensor] ?? 0, directions[tensor] ?? 0));
  const largest = Math.max(...[...values].filter(Number.isFinite));
  const label = 'largest |cos(way, ν)| of a tensor';
  return {
    measures: { ...measures, 'cosine-largest': { ...words, label, value: finite(largest), line: null } },
    curves: {
      'cosine-by-tensor': {
        label: 'The way of each tensor and its direction',
        phase: 'direction',
        x: { label: 'tensor' },
        y: { label: '|cos|' },
        values,
        guides: [0, 1],
        caption: '|cos| of the angle between a tensor’s way and its direction, a line for each task.',
      },
    },
  };
}

/** NaN where one of the two has no length. */
function cosine(dot: number, length: number, other: number): number {
  return Math.abs(dot) / (length * other);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
