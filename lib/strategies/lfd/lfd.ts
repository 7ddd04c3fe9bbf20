import type { Preset, StrategyDefinition } from '../../training/definition.js';
import { requireExemplars } from '../rehearsal/exemplars.js';
import { type MemoryOptions, memoryOptions } from '../rehearsal/memory.js';
import { type RehearseOptions, rehearse } from '../rehearsal/rehearse.js';
import { lessForgetting, reference } from './hooks.js';
import { type LfdOptions, lfdOptions } from './options.js';
import { forerunner } from './pfcl.js';
import { impossibleTogether } from './problems.js';

type Options = LfdOptions & MemoryOptions & RehearseOptions;

/** What the reference implementation does: bit for bit, which the autograd engine alone can. */
const referencePreset: Preset<Options> = {
  options: {
    alpha: 0.05,
    direction: 'random',
    sphere: 'per-tensor',
    radius: 1,
    smoothing: 0,
    equilibriumPoint: 'off',
    memorySize: 0,
    rehearsal: 0,
  },
  engine: { engine: 'autograd', reason: "the preset reference asks for PyTorch's bits" },
};

/** Less-forgetting direction and equilibrium point. */
export const lfd: StrategyDefinition<Options, 'lfd', 'method'> = {
  name: 'lfd',
  title: 'less-forgetting direction and equilibrium point',
  summary:
    'Before a task it searches the direction in which the weights may move while a small memory is least forgotten, ' +
    'and penalises leaving it; after the task it moves the weights to the best point between the old and the new ones ' +
    '(Wen et al., 2024; docs/lfd.md).',
  source:
    'H. Wen, H. Qiu, L. Wang et al., Class incremental learning with less forgetting direction and equilibrium point, IEEE TCSVT, 2024',
  needs: ({ layers, direction }) => (layers === undefined && direction !== 'none' ? [] : ['penalties']),
  options: { ...lfdOptions, ...memoryOptions({ rehearsal: 0 }), rehearse },
  presets: { reference: referencePreset, ...forerunner },
  problems: impossibleTogether,
  create(config, { tasks }) {
    requireExemplars(config, tasks);
    return config.preset === 'reference' ? reference(config) : lessForgetting(config);
  },
};
