import { keepsMemory, type MemoryOptions, missesMemory, withoutMemory } from '../rehearsal/memory.js';
import type { LfdOptions } from './options.js';

/** What of LFD's options contradicts another one. */
export function impossibleTogether(
  config: LfdOptions & MemoryOptions,
  name: (key: string) => string,
): readonly string[] {
  const problems = [...withoutMemory(config, name)];
  if (!keepsMemory(config) && config.equilibriumPoint === 'on') {
    problems.push(
      `${missesMemory('the equilibrium point needs', name)}, or set ${name('equilibriumPoint')} to "off"`,
    );
  }
  if (!keepsMemory(config) && config.direction === 'rsgd') {
    problems.push(`${missesMemory('Riemannian SGD needs', name)}, or set ${name('direction')} to "random"`);
  }
  const [least, greatest] = config.lambdaClamp ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (config.lambdaStart < least || config.lambdaStart > greatest) {
    problems.push(
      `${name('lambdaStart')}: ${config.lambdaStart} lies outside ${name('lambdaClamp')}, ${least} to ${greatest}`,
    );
  }
  return problems;
}
