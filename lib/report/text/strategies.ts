import { describe } from '../../options/option.js';
import { needsOf, type StrategyDefinition } from '../../training/definition.js';
import { enginesFor } from '../../training/engines.js';

/** What a strategy is, as plain data. */
export interface StrategyDescription {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly role: string;
  /** How its tasks may differ. */
  readonly scenarios: readonly string[];
  /** Which engines can train it on the CPU and on a GPU with its options at their defaults, the faster one first. */
  readonly engines: { readonly cpu: readonly string[]; readonly cuda: readonly string[] };
  /** Null: none. */
  readonly source: string | null;
  /** Names of its sets of options. */
  readonly presets: readonly string[];
  readonly options: readonly {
    readonly key: string;
    readonly flag: string;
    readonly description: string;
    readonly expected: string;
    /** Null: none. */
    readonly default: unknown;
  }[];
}

export function describeStrategy({
  name,
  title = name,
  summary = '',
  role = 'method',
  scenarios = ['task', 'domain', 'class'],
  needs,
  source,
  presets = {},
  options = {},
}: StrategyDefinition): StrategyDescription {
  const described = describe(options);
  const defaults = Object.fromEntries(described.map(({ key, defaultValue }) => [key, defaultValue]));
  return {
    name,
    title,
    summary,
    role,
    scenarios,
    engines: enginesFor(needsOf({ needs }, defaults as never)),
    source: source ?? null,
    presets: Object.keys(presets),
    options: described.map(({ key, flag, description, expected, defaultValue }) => ({
      key,
      flag,
      description,
      expected,
      default: defaultValue ?? null,
    })),
  };
}

/** For people: what each is, and its options. */
export function strategiesText(strategies: readonly StrategyDefinition[]): string {
  const texts = strategies
    .map(describeStrategy)
    .map(({ name, title, role, scenarios, engines, source, options }) =>
      [
        `${name}: ${title}`,
        `  ${role}; ${scenarios.join('-, ')}-incremental; ${engines.cpu.join(' or ')} on the CPU, ${engines.cuda.join(' or ')} on a GPU`,
        ...(source === null ? [] : [`  ${source}`]),
        ...(options.length === 0 ? [] : [`  ${options.map(({ flag }) => flag).join(', ')}`]),
      ].join('\n'),
    );
  return texts.join('\n\n');
}

/** The table of docs/strategies.md. */
export function strategiesTable(strategies: readonly StrategyDefinition[]): string {
  const rows = strategies.map(describeStrategy).map(({ name, title, role, scenarios, engines, source }) => {
    const where = scenarios.length === 3 ? 'all' : scenarios.join(', ');
    const devices = [engines.cpu, engines.cuda].flatMap((on, device) =>
      on.includes('fused') ? [['CPU', 'GPU'][device]] : [],
    );
    return `| \`${name}\` | ${title} | ${role} | ${where} | ${devices.join(', ')} | ${source ?? ''} |`;
  });
  const head = [
    '| built in | | role | scenarios | fused engine | source |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  return [...head, ...rows].join('\n');
}
