import type { Domain } from '../../search/space.js';
import type { MethodSummary, SweepSpec } from '../../sweep/plan/types.js';
import { settingText } from '../sweep/words.js';

/** A mark upon an axis: its place from 0 to 1, and what stands there. */
export interface AxisTick {
  readonly at: number;
  readonly text: string;
}

/** An option that is searched, as an axis from 0 to 1. */
export interface SettingAxis {
  readonly key: string;
  readonly ticks: readonly AxisTick[];
  /** Whether its values are only told apart, or so few that each has several settings. */
  readonly isDiscrete: boolean;
  /** Null where a setting does not have the option. */
  at(value: unknown): number | null;
  /** What stands at a place. */
  text(at: number): string;
}

/** The options that vary over a method's settings, in the order of the sweep. */
export function axesOf(spec: SweepSpec, method: MethodSummary): SettingAxis[] {
  const keys = [...new Set(method.trials.flatMap(({ setting }) => Object.keys(setting)))];
  return keys.flatMap((key) => {
    const values = distinct(
      method.trials.map(({ setting }) => setting[key]).filter((each) => each !== undefined),
    );
    if (values.length < 2) return [];
    const domain = domainOf(spec, method, key) ?? { kind: 'choice' as const, values };
    return [domain.kind === 'choice' ? choiceAxis(key, domain.values) : intervalAxis(key, domain, values)];
  });
}

/** A key such as `ewc.strength` is strength, of that strategy alone, and goes before one without an owner. */
function domainOf({ settings }: SweepSpec, { condition }: MethodSummary, key: string): Domain | undefined {
  const strategy = String(condition.strategy ?? '');
  const owners = [strategy, ...strategy.split('+')].map((owner) => `${owner}.${key}`);
  return settings[owners.find((each) => Object.hasOwn(settings, each)) ?? key];
}

function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** Numbers ascend; everything else stands as it was given. */
function choiceAxis(key: string, values: readonly unknown[]): SettingAxis {
  const isNumeric = values.every((value) => typeof value === 'number');
  const ordered = isNumeric ? [...(values as readonly number[])].sort((a, b) => a - b) : values;
  const places = new Map(
    ordered.map((value, place) => [JSON.stringify(value), (place + 0.5) / ordered.length]),
  );
  return {
    key,
    ticks: ordered.map((value) => ({
      at: places.get(JSON.stringify(value)) ?? 0,
      text: settingText(value),
    })),
    isDiscrete: true,
    at: (value) => places.get(JSON.stringify(value)) ?? null,
    text: (place) => settingText(ordered[Math.min(ordered.length - 1, Math.floor(place * ordered.length))]),
  };
}

/** An interval of whole numbers has few values, too. */
const FEW_VALUES = 12;

function intervalAxis(
  key: string,
  { scale, low, high }: Extract<Domain, { kind: 'interval' }>,
  values: readonly unknown[],
): SettingAxis {
  const along = scale === 'log' ? Math.log : (value: number): number => value;
  const length = along(high) - along(low);
  const at = (value: number): number => (length === 0 ? 0.5 : (along(value) - along(low)) / length);
  const ticks = scale === 'log' ? logTicks(low, high) : linearTicks(low, high);
  return {
    key,
    ticks: ticks.map((value) => ({ at: at(value), text: settingText(value) })),
    isDiscrete: values.length <= FEW_VALUES,
    at: (value) => (typeof value === 'number' ? at(value) : null),
    text: (place) => {
      const value = along(low) + place * length;
      return settingText(scale === 'log' ? Math.exp(value) : value);
    },
  };
}

/** Powers of ten; of less than two powers what lies between them, too. */
function logTicks(low: number, high: number): number[] {
  const powers = Array.from(
    { length: Math.floor(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, i) => Math.floor(Math.log10(low)) + i,
  );
  const within = (digits: readonly number[]): number[] =>
    powers
      .flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`)))
      .filter((value) => value >= low && value <= high);
  const found = [within([1]), within([1, 2, 5])].find((ticks) => ticks.length > 2);
  return found ?? (low < high ? [low, high] : [low]);
}

/** Round numbers, about five. */
export function linearTicks(low: number, high: number): number[] {
  if (!(high > low)) return [low];
  const power = 10 ** Math.floor(Math.log10((high - low) / 4));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((each) => (high - low) / each <= 6) ?? power;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  const ticks = Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return ticks.length > 1 ? ticks : [low, high];
}

const LETTER_WIDTH = 6.8;

/** Of the ticks those that have room beside each other; their middles are `pixels` apart from 0 to 1. */
export function fitting(ticks: readonly AxisTick[], pixels: number, height?: number): AxisTick[] {
  const shown: AxisTick[] = [];
  const room = (tick: AxisTick): number => height ?? LETTER_WIDTH * tick.text.length + 6;
  const letters = Math.max(4, Math.floor(pixels / Math.max(1, ticks.length) / LETTER_WIDTH) - 1);
  for (const tick of ticks) {
    const short =
      height === undefined && isWord(tick.text) ? { ...tick, text: cut(tick.text, letters) } : tick;
    const last = shown.at(-1);
    if (last && (short.at - last.at) * pixels < (room(short) + room(last)) / 2) continue;
    shown.push(short);
  }
  return shown;
}

function isWord(text: string): boolean {
  return Number.isNaN(Number(text));
}

/** A text of at most so many letters, its end left out where it is too long. */
export function cut(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, Math.max(1, letters - 1))}…` : text;
}
