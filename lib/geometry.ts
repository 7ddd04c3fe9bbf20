import type { RiemannianSgd, RiemannianSgdOptions, Sphere, SphereOptions } from '../binding.js';
import { loadNative } from './native.js';
import { attempt } from './session.js';

/**
 * A sphere, or a product of spheres, to project, transport and retract on (binding.d.ts has the formulas).
 * @throws {ClTorchError} INVALID_ARGUMENT when the radius is not above 0 or no part is named, and by its methods when
 * a vector has another length; what loading the addon throws.
 */
export async function createSphere(options: SphereOptions): Promise<Sphere> {
  const { Sphere: Native } = await loadNative();
  const sphere = attempt(() => new Native(options));
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
  const { RiemannianSgd: Native } = await loadNative();
  const optimizer = attempt(() => new Native(options));
  return {
    step: (point, gradient, learningRate) => attempt(() => optimizer.step(point, gradient, learningRate)),
  };
}
