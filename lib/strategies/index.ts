import type { ExperimentConfig } from '../config/schema.js';
import { baseline } from './baseline.js';
import { er } from './er.js';
import { chooseExemplars } from './exemplars.js';
import { lfd, listing } from './lfd.js';
import type { Strategy } from './strategy.js';

/**
 * The strategy that a configuration names.
 * @param labels - Class of every training example.
 * @throws {ClTorchError} CONFIG_INVALID when the memory shall keep more examples than there are.
 */
export function createStrategy(config: ExperimentConfig, labels: Uint8Array): Strategy {
  if (config.strategy !== 'baseline') chooseExemplars(config, labels, 0);
  switch (config.strategy) {
    case 'baseline':
      return baseline(config);
    case 'er':
      return er(config);
    case 'lfd':
    case 'er+lfd':
      return config.preset === 'reference' ? listing(config) : lfd(config);
  }
}
