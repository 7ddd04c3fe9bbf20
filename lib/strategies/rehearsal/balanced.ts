import type { PythonRandom } from '../../random/python-random.js';
import type { Labels } from '../../training/strategy.js';
import { everyRow } from './exemplars.js';

/** What a balanced memory keeps once it has seen more examples, in ascending order. */
export interface BalancedChoice {
  /** Of what it held, */
  readonly kept: Int32Array;
  /** and rows of the new examples. */
  readonly rows: Int32Array;
}

/**
 * The greedy balanced sampler of GDumb (Prabhu et al., 2020): the examples come one by one, in an order that is drawn, and one is
 * taken while its class has fewer than size / classes seen; where the memory is full, a random one of the largest class makes
 * room for it. In the order of MNIST's files it would hold the first images of each digit, which tell less of the others.
 * @param held - Class of each example that is held now.
 * @param labels - Class of each new example.
 */
export function chooseBalanced(
  held: Labels,
  labels: Labels,
  size: number,
  random: PythonRandom,
): BalancedChoice {
  const members = new Map<number, number[]>(); // of each class; new examples are numbered after those that are held
  for (const [index, label] of held.entries()) membersOf(members, label).push(index);
  let count = held.length;
  const order = everyRow(labels);
  random.shuffle(order);
  for (const row of order) {
    const label = labels[row] as number;
    const own = membersOf(members, label);
    if (own.length >= size / members.size) continue;
    if (count >= size) {
      const largest = largestOf(members);
      largest.splice(random.randbelow(largest.length), 1);
    } else {
      ++count;
    }
    own.push(held.length + row);
  }
  const all = Int32Array.from([...members.values()].flat()).sort();
  const first = all.findIndex((index) => index >= held.length);
  const end = first < 0 ? all.length : first;
  return { kept: all.slice(0, end), rows: all.slice(end).map((index) => index - held.length) };
}

function membersOf(members: Map<number, number[]>, label: number): number[] {
  const found = members.get(label) ?? [];
  members.set(label, found);
  return found;
}

/** The first of several that are as large. */
function largestOf(members: ReadonlyMap<number, number[]>): number[] {
  let largest: number[] = [];
  for (const each of members.values()) if (each.length > largest.length) largest = each;
  return largest;
}
