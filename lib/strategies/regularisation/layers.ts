import { layers as layerNames } from '../../options/kinds.js';
import { type Option, optional } from '../../options/option.js';
import type { Session } from '../../session/session.js';
import { chosenLayers } from '../../training/layers.js';

/** Which layers a method that looks at weights takes part in. */
export interface LayersOptions {
  /** Layers whose weights take part, by names; docs/networks.md has the patterns; all when left out. */
  readonly layers?: string | undefined;
}

/** Several strategies that are joined have one choice. */
export const layersOption: Option<string | undefined> = optional(
  layerNames,
  'layers whose weights take part, by names; docs/networks.md has the patterns; all when left out',
  { group: 'Regularisation' },
);

/** The vector that is 1 where a layer takes part, and 0 elsewhere. */
export const LAYERS = 'layers';

/** That vector's name, as an importance of a penalty, say; none where all layers take part. */
export function layersVector({ layers }: LayersOptions): { readonly importance?: typeof LAYERS } {
  return layers === undefined ? {} : { importance: LAYERS };
}

/**
 * Makes the vector {@link LAYERS}, where some layers are chosen; anew for each task, as the network may have grown.
 * @throws {ClTorchError} CONFIG_INVALID for a pattern that fits no parameter.
 */
export async function chooseLayers({ layers }: LayersOptions, session: Session): Promise<void> {
  if (layers === undefined) return;
  const chosen = new Set(await chosenLayers(session, layers, 'layers (--layers)'));
  const parameters = await session.parameters();
  await session.vectors.set(
    LAYERS,
    parameters.map(({ name, data }) => new Float32Array(data.length).fill(chosen.has(name) ? 1 : 0)),
  );
}

/** A vector becomes 0 where a layer does not take part. */
export async function withinLayers(
  { layers }: LayersOptions,
  { vectors }: Session,
  target: string,
): Promise<void> {
  if (layers !== undefined) await vectors.multiply(target, LAYERS);
}
