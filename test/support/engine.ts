/** The engine that native tests run with: vitest.config.ts runs those that an engine could fail once with each. */
export const engine: 'autograd' | 'fused' =
  process.env.CL_TORCH_TEST_ENGINE === 'autograd' ? 'autograd' : 'fused';
