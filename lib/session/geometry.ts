import type { RiemannianSgd, RiemannianSgdOptions, Sphere, SphereOptions } from '../../binding.js';
import { loadNative } from './native.js';
import { attempt, readAll } from './native-failure.js';

/**
 * A sphere, or a product of spheres, to project, transport and retract on (binding.d.ts has the formulas).
 * @throws {ClTorchError} INVALID_ARGUMENT when the radius is not above 0 or no part is named, and by its methods when
 * a vector has another length; what loading the addon throws.
 */
export async function createSphere(options: SphereOptions): Promise<Sphere> {
  const given = readAll('createSphere', options, ['segments', 'radius']) as unknown as SphereOptions;
  const { Sphere: Native } = await loadNative();
  const sphere = attempt(() => new Native(given));
  return {
    retract: (vector) => attempt(() => sphere.retract(vector)),
    project: (point, vector) => attempt(() => sphere.project(point, vector)),
  };
}

/**
 * Riemannian SGD on such a sphere, with the momentum's state.
 * @throws {ClTorchError} as {@link createSphere}.
 */
export async function createRiemannianSgd(options: RiemannianSgdOptions): Promise<RiemannianSgd> {
  const keys = ['segments', 'radius', 'momentum'];
  const given = readAll('createRiemannianSgd', options, keys) as unknown as RiemannianSgdOptions;
  const { RiemannianSgd: Native } = await loadNative();
  const optimizer = attempt(() => new Native(given));
  return {
    step: (point, gradient, learningRate) => attempt(() => optimizer.step(point, gradient, learningRate)),
  };
}
