import { runInThisContext } from 'node:vm';

/**
 * `using` needs Symbol.dispose and Symbol.asyncDispose. Node 20 defines them for its own global object only; test runners
 * with a global object for each test file (Jest, Vitest's vm pools) have none there. This module brings Node's own two,
 * so that the two worlds agree; a module that has `using` or such a method imports it first.
 */
for (const name of ['dispose', 'asyncDispose'] as const) {
  if (name in Symbol) continue;
  Object.defineProperty(Symbol, name, { value: runInThisContext(`Symbol.${name}`) });
}
