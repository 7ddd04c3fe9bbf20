/** What a pattern chooses of a network's parameters. */
export interface ChosenNames {
  /** In the order of the network. */
  readonly chosen: readonly string[];
  /** Parts of the pattern that no name fits. */
  readonly unknown: readonly string[];
}

/** Stands in a pattern for the output layer, whatever it is called. */
const HEAD = 'head';

/**
 * The names that a pattern chooses: `conv1,layer*.bn1` has parts between commas, each the name of a parameter or of a layer
 * that it belongs to, in which `*` stands for any letters; `head` is the output layer. A part after `!` takes away; where the
 * first one does, it takes away from all.
 * @param names - Of all parameters, in the order of the network; the last one is the output layer's.
 */
export function chosenNames(pattern: string, names: readonly string[]): ChosenNames {
  const head = layerOf(names.at(-1) ?? '');
  const parts = pattern.split(',').map((part) => {
    const isTaken = part.startsWith('!');
    const text = isTaken ? part.slice(1) : part;
    return { part, isTaken, fits: fitting(text === HEAD ? head : text) };
  });
  const chosen = names.filter((name) =>
    parts.reduce((is, { isTaken, fits }) => (fits(name) ? !isTaken : is), parts[0]?.isTaken === true),
  );
  const unknown = parts.filter(({ fits }) => !names.some(fits)).map(({ part }) => part);
  return { chosen, unknown };
}

/** The layer that a parameter belongs to: `fc` of `fc.weight`. */
export function layerOf(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}

function fitting(glob: string): (name: string) => boolean {
  const pattern = glob.split('*').map(escaped).join('.*');
  const expression = new RegExp(`^${pattern}(\\..*)?$`);
  return (name) => expression.test(name);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
