import type { ObjectivePart } from '../../binding.js';
import type { Environment } from './environment.js';

/** Kinds of devices. */
export type DeviceKind = 'cpu' | 'cuda';

/**
 * What an objective may have for the fused engine beside the batches' cross-entropy and one penalty on leaving a direction.
 * `test/native/engine-choice.test.ts` compares it with what the addon says.
 */
const FUSED: Readonly<Record<DeviceKind, readonly ObjectivePart[]>> = {
  cpu: ['penalties', 'directions', 'path', 'mask', 'targets', 'draws', 'binary', 'present'],
  cuda: ['penalties', 'path', 'mask', 'targets'],
};

/**
 * The engines that can train by objectives with these parts, on each kind of device; the faster one first. Networks and tasks
 * may leave the fused engine out, too: `result.json` says why a run has the other.
 */
export function enginesFor(
  needs: readonly ObjectivePart[],
): Readonly<Record<DeviceKind, readonly Environment['engine'][]>> {
  const on = (device: DeviceKind): readonly Environment['engine'][] =>
    needs.every((need) => FUSED[device].includes(need)) ? ['fused', 'autograd'] : ['autograd'];
  return { cpu: on('cpu'), cuda: on('cuda') };
}
