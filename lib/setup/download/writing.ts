import { ClTorchError, isClTorchError, messageOf } from '../../base/errors.js';

/** Runs an action on the file system for the file `to`; what it throws becomes `OUTPUT_FAILED`. */
export async function writing<T>(to: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (isClTorchError(error)) throw error;
    throw new ClTorchError(
      'OUTPUT_FAILED',
      `Cannot write ${to}: ${messageOf(error)}. Free some space or choose a writable folder ` +
        '(CL_TORCH_CACHE sets the cache folder).',
      { cause: error },
    );
  }
}
