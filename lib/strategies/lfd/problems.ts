import { keepsMemory, type MemoryOptions, missesMemory, withoutMemory } from '../rehearsal/memory.js';
import { type RehearseOptions, rehearseProblems } from '../rehearsal/rehearse.js';
import { type LfdOptions, lfdOptions } from './options.js';

/** What of LFD's options contradicts another one. */
export function impossibleTogether(
  config: LfdOptions & MemoryOptions & RehearseOptions,
  name: (key: string) => string,
): readonly string[] {
  const problems = [
    ...withoutMemory(config, name),
    ...rehearseProblems(config, name),
    ...twice(config, name, 'directionPasses', 'directionIterations'),
    ...twice(config, name, 'lambdaPasses', 'lambdaIterations'),
  ];
  if (!keepsMemory(config) && config.equilibriumPoint === 'on') {
    problems.push(
      `${missesMemory('the equilibrium point needs', name)}, or set ${name('equilibriumPoint')} to "off"`,
    );
  }
  if (!keepsMemory(config) && config.direction === 'rsgd') {
    problems.push(
      `${missesMemory('Riemannian SGD needs', name)}, or set ${name('direction')} to "random" or "none"`,
    );
  }
  const [least, greatest] = config.lambdaClamp ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (config.lambdaStart < least || config.lambdaStart > greatest) {
    problems.push(
      `${name('lambdaStart')}: ${config.lambdaStart} lies outside ${name('lambdaClamp')}, ${least} to ${greatest}`,
    );
  }
  return problems;
}

/** A search is as long as its passes say, or its steps. */
function twice(
  config: LfdOptions,
  name: (key: string) => string,
  passes: 'directionPasses' | 'lambdaPasses',
  steps: 'directionIterations' | 'lambdaIterations',
): readonly string[] {
  if (config[passes] === undefined || config[steps] === lfdOptions[steps].defaultValue) return [];
  return [`${name(passes)}: they take the place of ${name(steps)}; leave one of the two out`];
}
