import { oneOf } from '../options/kinds.js';
import { type Option, type OptionTable, withDefault } from '../options/option.js';
import type { BatchLossInput } from '../session/objective-calls.js';
import {
  type CreationContext,
  needsOf,
  type StrategyConfig,
  type StrategyDefinition,
} from '../training/definition.js';
import type { Strategy, TaskContext } from '../training/strategy.js';

/**
 * Strategies joined with `+`: their hooks run one after the other, their penalties add up, and an option that several of
 * them have, such as the memory's size, is one, with the first one's default.
 * @param parts - At least two, which do not {@link collision collide}.
 */
export function compose(parts: readonly StrategyDefinition[]): StrategyDefinition {
  const name = parts.map((part) => part.name).join('+');
  return {
    name,
    title: `${listed(parts.map((part) => part.name))} at once`,
    summary: parts.flatMap(({ summary = [] }) => summary).join(' '),
    source: parts.flatMap(({ source = [] }) => source).join('; ') || undefined,
    scenarios: scenariosOf(parts),
    role: 'method',
    needs: (config) => [...new Set(parts.flatMap((part) => needsOf(part, config)))],
    options: {
      ...(Object.assign({}, ...parts.map(({ options }) => options).reverse()) as object),
      ...presetsOf(parts),
    },
    problems(config, nameOf) {
      const preset = String((config as { preset?: unknown }).preset);
      const owner = parts.find(({ presets }) => presets && Object.hasOwn(presets, preset));
      if (owner)
        return [`${nameOf('preset')}: "${preset}" is a preset of ${owner.name} alone; found ${name}`];
      const problems = parts.flatMap((part) => part.problems?.(config, nameOf) ?? []);
      return [...new Set([...problems, ...withoutOutputs(parts, config, nameOf)])];
    },
    create: (config, context) => join(parts, config, context),
  };
}

/** What of `rehearse` contradicts a part that learns the task's own examples by outputs that are stored for them alone. */
function withoutOutputs(
  parts: readonly StrategyDefinition[],
  config: StrategyConfig<object>,
  nameOf: (key: string) => string,
): readonly string[] {
  if ((config as { rehearse?: unknown }).rehearse !== 'epochs') return [];
  return parts
    .filter((part) => needsOf(part, config).includes('targets'))
    .map(
      ({ name }) =>
        `${nameOf('rehearse')}: "epochs" puts the memory's examples among the task's, and ${name} learns these by outputs that ` +
        'are stored for the task alone; set it to "batches"',
    );
}

/** An option `preset` that knows the words of all of them, so that it can say whose each is. */
function presetsOf(parts: readonly StrategyDefinition[]): { readonly preset?: Option<string> } {
  const options = parts.flatMap(({ options = {} }) => (options as OptionTable).preset ?? []);
  const [first] = options;
  if (!first || options.length < 2) return {};
  const defaults = options.map(({ defaultValue }) => String(defaultValue));
  const words = [...defaults, ...parts.flatMap(({ presets = {} }) => Object.keys(presets))];
  const own = defaults.find((word) => word !== 'none') ?? 'none';
  return {
    preset: withDefault(oneOf<string>([...new Set(words)]), own, first.description, { group: first.group }),
  };
}

/** Why these strategies cannot be joined, as the end of a sentence; undefined where they can. */
export function collision(parts: readonly StrategyDefinition[]): string | undefined {
  for (const [i, part] of parts.entries()) {
    if (part.role !== undefined && part.role !== 'method') {
      return `${part.name} is ${part.role === 'lower bound' ? 'a lower' : 'an upper'} bound, which methods are compared with`;
    }
    const why = alone(part, parts);
    if (why !== undefined) return why;
    for (const earlier of parts.slice(0, i)) {
      const why = between(earlier, part);
      if (why !== undefined) return why;
    }
  }
  if (scenariosOf(parts)?.length !== 0) return undefined;
  return `${listed(parts.map(({ name }) => name))} are made for different scenarios`;
}

/** Why a strategy that stands alone cannot be with one of the others. */
function alone(part: StrategyDefinition, parts: readonly StrategyDefinition[]): string | undefined {
  const { name, alone: reason, joinsWith = [] } = part;
  if (reason === undefined) return undefined;
  const joins = ({ needs = [] }: StrategyDefinition): boolean =>
    typeof needs !== 'function' && needs.length > 0 && needs.every((need) => joinsWith.includes(need));
  const other = parts.find((each) => each !== part && !joins(each));
  if (!other) return undefined;
  return `${name} stands alone${joinsWith.length > 0 ? ` but for what adds a penalty, and ${other.name} does more` : ''}: ${reason}`;
}

function between(left: StrategyDefinition, right: StrategyDefinition): string | undefined {
  if (left === right) return `${left.name} is named twice`;
  const [options, others] = [left.options ?? {}, right.options ?? {}] as [OptionTable, OptionTable];
  for (const [key, { description, isOwn }] of Object.entries(options)) {
    const other = others[key];
    if (other === undefined || key === 'preset') continue;
    const both = `${left.name} and ${right.name} collide: both have an option ${key}, which is`;
    if (isOwn) return `${both} the ${description} of each by itself`;
    if (other.description !== description) {
      return `${both} "${description}" in the one and "${other.description}" in the other`;
    }
  }
  return undefined;
}

/** Those that each is made for; undefined: every one. */
function scenariosOf(parts: readonly StrategyDefinition[]): StrategyDefinition['scenarios'] {
  const [first, ...others] = parts.flatMap(({ scenarios }) => (scenarios ? [scenarios] : []));
  return first?.filter((scenario) => others.every((each) => each.includes(scenario)));
}

function join(
  parts: readonly StrategyDefinition[],
  config: StrategyConfig<object>,
  context: CreationContext,
): Strategy {
  const all = parts.map((part) => part.create(config, context));
  const inTurn =
    (hook: 'beforeTask' | 'beforeEpoch' | 'afterTask') =>
    async (context: TaskContext): Promise<void> => {
      for (const each of all) await each[hook]?.(context);
    };
  const remembering = all.find(({ storesOutputs }) => storesOutputs) ?? all.find(({ remember }) => remember);
  const measuring = all.find(({ beforeEvaluation }) => beforeEvaluation);
  const advice = all.flatMap(({ whenDiverging = [] }) => whenDiverging);
  return {
    beforeTask: inTurn('beforeTask'),
    beforeEpoch: inTurn('beforeEpoch'),
    afterTask: inTurn('afterTask'),
    objective(context) {
      const objectives = all.map((each) => each.objective?.(context) ?? {});
      const masked = objectives.find(({ mask }) => mask);
      return {
        penalties: objectives.flatMap(({ penalties = [] }) => penalties),
        path: objectives.find(({ path }) => path)?.path,
        mask: masked?.mask,
        maskHides: masked?.maskHides,
        batchLoss: joinLosses(objectives.flatMap(({ batchLoss = [] }) => batchLoss)),
        draws: objectives.flatMap(({ draws = [] }) => draws),
      };
    },
    joinsMemory: all.some(({ joinsMemory }) => joinsMemory),
    rehearsal: Math.max(...all.map(({ rehearsal = 0 }) => rehearsal)),
    reservoir: Math.max(...all.map(({ reservoir = 0 }) => reservoir)),
    storesOutputs: all.some(({ storesOutputs }) => storesOutputs),
    ...(measuring
      ? {
          beforeEvaluation: (now) => measuring.beforeEvaluation?.(now) ?? Promise.resolve(),
          afterEvaluation: (now) => measuring.afterEvaluation?.(now) ?? Promise.resolve(),
        }
      : {}),
    ...(remembering ? { remember: (context) => remembering.remember?.(context) ?? Promise.resolve() } : {}),
    ...(advice.length > 0 ? { whenDiverging: advice.join(', or ') } : {}),
  };
}

/** The losses of one batch as one: weights of its cross-entropy multiply, and all else adds up. */
function joinLosses(losses: readonly BatchLossInput[]): BatchLossInput | undefined {
  if (losses.length < 2) return losses[0];
  return {
    crossEntropy: losses.reduce((product, { crossEntropy = 1 }) => product * crossEntropy, 1),
    classes: losses.some(({ classes }) => classes === 'present') ? 'present' : 'all',
    targets: losses.flatMap(({ targets = [] }) => targets),
    binary: losses.find(({ binary }) => binary)?.binary ?? null,
  };
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
