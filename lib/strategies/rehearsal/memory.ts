import { integer, oneOf } from '../../options/kinds.js';
import { inGroup, type OptionSchemas, withDefault } from '../../options/option.js';

/** Which examples are kept. */
export interface KeptOptions {
  /** Training examples kept of each task, or of each class of each task. Default 200. */
  readonly memorySize: number;
  /** What the memory's size counts for. Default task. */
  readonly memoryPer: 'task' | 'class';
  /** Which examples are kept: of each task as many as the size says, at random or by herding, or all; or of all tasks together so many, as a reservoir of every training step or balanced over the classes. Default random. */
  readonly memorySelection: 'random' | 'herding' | 'all' | 'reservoir' | 'balanced';
}

/** Options of the rehearsal memory. */
export interface MemoryOptions extends KeptOptions {
  /** Examples of the memory that join every batch. Default 64. */
  readonly rehearsal: number;
}

const buffer =
  '--memory-size N keeps N examples of each task, or with --memory-per class of each class of it; other programs count the ' +
  'whole buffer of all tasks under this name, as --memory-selection reservoir does';
const replay = '--rehearsal N examples of the memory join every batch; --memory-size N are kept of each task';

/** The options of what is kept, to be spread into a strategy's own, with its defaults. */
export function keptOptionsOf(
  defaults: Pick<KeptOptions, 'memorySize' | 'memorySelection'>,
): OptionSchemas<KeptOptions> {
  return inGroup('Memory and rehearsal', {
    memorySize: withDefault(
      integer(0, 10_000_000),
      defaults.memorySize,
      'training examples kept of each task, or of each class of each task',
      {
        aliases: ['memory'],
        insteadOf: [{ names: ['buffer', 'buffer-size', 'mem-size'], text: buffer }],
      },
    ),
    memoryPer: withDefault(oneOf(['task', 'class']), 'task', "what the memory's size counts for"),
    memorySelection: withDefault(
      oneOf(['random', 'herding', 'all', 'reservoir', 'balanced']),
      defaults.memorySelection,
      'which examples are kept: of each task as many as the size says, at random or by herding, or all; or of all tasks together so many, as a reservoir of every training step or balanced over the classes',
    ),
  });
}

export const keptOptions: OptionSchemas<KeptOptions> = keptOptionsOf({
  memorySize: 200,
  memorySelection: 'random',
});

/** The options of a rehearsal memory, to be spread into a strategy's own. `rehearsal`: the default of that option. */
export function memoryOptions(defaults: { rehearsal: number }): OptionSchemas<MemoryOptions> {
  return inGroup('Memory and rehearsal', {
    ...keptOptions,
    rehearsal: withDefault(
      integer(0, 1_000_000),
      defaults.rehearsal,
      'examples of the memory that join every batch',
      { insteadOf: [{ names: ['replay', 'replay-size'], text: replay }] },
    ),
  });
}

/** Options by which so many examples of each class are kept. */
export function ofEachClass(memorySize: number): Pick<KeptOptions, 'memorySize' | 'memoryPer'> {
  return { memorySize, memoryPer: 'class' };
}

/** The size of the reservoir that these options make of the memory, for a strategy's `reservoir`; 0 where they make none. */
export function reservoirOf({ memorySelection, memorySize }: KeptOptions): number {
  return memorySelection === 'reservoir' ? memorySize : 0;
}

/** Whether a memory keeps anything. */
export function keepsMemory({ memorySelection, memorySize }: KeptOptions): boolean {
  return memorySelection === 'all' || memorySize > 0;
}

/** What misses a memory that keeps nothing. */
export function withoutMemory(config: MemoryOptions, name: (key: string) => string): readonly string[] {
  if (keepsMemory(config) || config.rehearsal === 0) return sizedByNone(config, name);
  return [`${missesMemory('rehearsal needs', name)}, or set ${name('rehearsal')} to 0`];
}

/** The same of a strategy that always replays. */
export function needsMemory(config: KeptOptions, name: (key: string) => string): readonly string[] {
  return keepsMemory(config) ? sizedByNone(config, name) : [missesMemory('replay needs', name)];
}

/** What of `memoryPer` contradicts a selection whose size counts for all tasks together. */
function sizedByNone(config: KeptOptions, name: (key: string) => string): readonly string[] {
  const { memoryPer, memorySelection } = config;
  if (memoryPer === 'task' || memorySelection === 'random' || memorySelection === 'herding') return [];
  return [
    `${name('memoryPer')}: "${memoryPer}" is for the selections random and herding; the size of "${memorySelection}" counts for ` +
      `all tasks together. Leave it out, or choose another ${name('memorySelection')}`,
  ];
}

/** The beginning of a sentence on what needs a memory. */
export function missesMemory(what: string, name: (key: string) => string): string {
  return `${name('memorySize')}: is 0, and ${what} a memory; give it examples`;
}
