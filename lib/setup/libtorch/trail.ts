import { ClTorchError, type ErrorCode } from '../../base/errors.js';
import { SUPPORTED_TEXT } from './version.js';

/** What was tried on the way to a LibTorch and what happened: one line a place. */
export class Trail {
  readonly #lines: string[] = [];

  note(place: string, outcome: string): void {
    this.#lines.push(`${place}: ${outcome}`);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The error that ends the search: the headline, the whole trail, then the numbered remedies. */
  failure(code: ErrorCode, headline: string, remedies: readonly string[], cause?: unknown): ClTorchError {
    const text = [
      headline,
      'What was tried:',
      ...this.#lines.map((line) => `  - ${line}`),
      remedies.length === 1 ? 'What to do:' : 'What to do (any one of these):',
      ...remedies.map((remedy, index) => `  ${index + 1}. ${remedy}`),
    ].join('\n');
    return new ClTorchError(code, text, cause === undefined ? undefined : { cause });
  }
}

export const REMEDIES: Readonly<Record<'download' | 'online' | 'root' | 'pyTorch', string>> = {
  download: 'With network access run `npx cl-torch build`: it downloads LibTorch.',
  online: 'Unset CL_TORCH_OFFLINE and run `npx cl-torch build`: it downloads LibTorch.',
  root: `Unpack a LibTorch (${SUPPORTED_TEXT}; https://pytorch.org/get-started/locally, package "LibTorch") and set LIBTORCH to the folder that holds its include/ and lib/.`,
  pyTorch: `Use an installed PyTorch (${SUPPORTED_TEXT}): LIBTORCH_USE_PYTORCH=1, and CL_TORCH_PYTHON for another interpreter than python3.`,
};
