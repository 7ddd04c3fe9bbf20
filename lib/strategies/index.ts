import type { TrainingConfig } from '../options/schema.js';
import type { Strategy } from '../training/strategy.js';
import { baseline } from './baseline.js';
import { er } from './er.js';
import { joint } from './joint.js';
import { lfd, reference } from './lfd.js';

/** The strategy that a configuration names. */
export function createStrategy(config: TrainingConfig): Strategy {
  switch (config.strategy) {
    case 'baseline':
      return baseline(config);
    case 'er':
      return er(config);
    case 'joint':
      return joint(config);
    case 'lfd':
    case 'er+lfd':
      return config.preset === 'reference' ? reference(config) : lfd(config);
  }
}
