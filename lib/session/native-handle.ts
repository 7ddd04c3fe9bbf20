import { attempt } from './native-failure.js';

/** Kept outside the class, so that a session can ask for it and a person cannot. */
const natives = new WeakMap<object, { dispose(): void }>();

/** An object of the addon's that sessions are given. */
export abstract class NativeHandle {
  constructor(native: { dispose(): void }) {
    natives.set(this, native);
  }

  /** Lets go of it; sessions that have it keep it. Idempotent. Given to a session later, it is refused (DISPOSED). */
  dispose(): void {
    attempt(() => natives.get(this)?.dispose());
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
  }
}

/** The addon's own object. Anything else is handed on as it is, for the addon to refuse it by name. */
export function nativeOf<Native>(handle: unknown): Native {
  const known = typeof handle === 'object' && handle !== null ? natives.get(handle) : undefined;
  return (known ?? handle) as Native;
}
