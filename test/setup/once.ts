declare global {
  /** What the tests' setup has done in this process. */
  var clTorchTestSetup: Set<string> | undefined;
}

/** Does the work the first time that it is asked for: every group of tests asks, from a copy of this module of its own. */
export function once(name: string, work: () => void): void {
  globalThis.clTorchTestSetup ??= new Set();
  if (globalThis.clTorchTestSetup.has(name)) return;
  work();
  globalThis.clTorchTestSetup.add(name);
}
