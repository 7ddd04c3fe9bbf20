import { ClTorchError } from '../../base/errors.js';
import { isOffline } from '../download/offline.js';

/** `auto` uses CUDA when it is there, `on` demands it, `off` never uses it. */
export type CudaWish = 'auto' | 'on' | 'off';
export type FetchSource = 'wheel' | 'archive';

/** What the environment says about LibTorch; null or false stands for a variable that is unset or empty. */
export interface LibTorchSettings {
  /** `LIBTORCH` */
  readonly root: string | null;
  /** `LIBTORCH_USE_PYTORCH` */
  readonly usePyTorch: boolean;
  /** `CL_TORCH_PYTHON`, by default `python3` */
  readonly python: string;
  /** `Torch_DIR` */
  readonly torchDir: string | null;
  /** `CMAKE_PREFIX_PATH` */
  readonly prefixes: readonly string[];
  /** `LIBTORCH_BYPASS_VERSION_CHECK` */
  readonly anyVersion: boolean;
  /** `CL_TORCH_CUDA`, by default `auto` */
  readonly cuda: CudaWish;
  /** `CL_TORCH_UNITY`, by default `on`: several C++ files are compiled as one */
  readonly unity: 'on' | 'off';
  /** `CL_TORCH_WARNINGS_AS_ERRORS`: `auto` is on in a checkout, where the code is developed, and off in a package */
  readonly warningsAsErrors: 'auto' | 'on' | 'off';
  /** `CL_TORCH_JOBS`: how many compilers run at a time; null: as many as processors and free memory allow */
  readonly jobs: number | null;
  /** `CL_TORCH_OFFLINE` */
  readonly offline: boolean;
  /** `CL_TORCH_LIBTORCH_SOURCE`: in the order they are tried */
  readonly sources: readonly FetchSource[];
  /** `CL_TORCH_LIBTORCH_URL` */
  readonly url: string | null;
  /** `CL_TORCH_LIBTORCH_SHA256` */
  readonly sha256: string | null;
}

/**
 * Reads and checks the variables.
 * @throws CONFIG_INVALID naming the variable, the values it may have and the one it has.
 */
export function readSettings(): LibTorchSettings {
  const { env } = process;
  const url = env.CL_TORCH_LIBTORCH_URL || null;
  const source = choice(env, 'CL_TORCH_LIBTORCH_SOURCE', ['auto', 'wheel', 'archive']);
  const settings: LibTorchSettings = {
    root: env.LIBTORCH || null,
    usePyTorch: flag(env, 'LIBTORCH_USE_PYTORCH'),
    python: env.CL_TORCH_PYTHON || 'python3',
    torchDir: env.Torch_DIR || null,
    prefixes: (env.CMAKE_PREFIX_PATH ?? '').split(/[:;]/).filter((prefix) => prefix !== ''),
    anyVersion: flag(env, 'LIBTORCH_BYPASS_VERSION_CHECK'),
    cuda: choice(env, 'CL_TORCH_CUDA', ['auto', 'on', 'off']),
    unity: choice(env, 'CL_TORCH_UNITY', ['on', 'off']),
    warningsAsErrors: choice(env, 'CL_TORCH_WARNINGS_AS_ERRORS', ['auto', 'on', 'off']),
    jobs: count(env, 'CL_TORCH_JOBS'),
    offline: isOffline(),
    sources: url ? ['archive'] : source === 'auto' ? ['wheel', 'archive'] : [source],
    url,
    sha256: env.CL_TORCH_LIBTORCH_SHA256?.toLowerCase() || null,
  };
  checkDownload(settings);
  return settings;
}

function checkDownload({ url, sha256 }: LibTorchSettings): void {
  if (sha256 !== null && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw invalid('CL_TORCH_LIBTORCH_SHA256', sha256, '64 hexadecimal digits');
  }
  if (url === null) return;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw invalid('CL_TORCH_LIBTORCH_URL', url, 'the http or https address of a LibTorch zip archive');
  }
  if (new URL(url).protocol === 'http:' && sha256 === null) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `CL_TORCH_LIBTORCH_URL is '${url}': over plain http nothing vouches for what arrives. ` +
        'Set CL_TORCH_LIBTORCH_SHA256 to the SHA-256 of the archive, or use an https address.',
    );
  }
}

function flag(env: NodeJS.ProcessEnv, name: string): boolean {
  const value = env[name] ?? '';
  if (value === '' || value === '0') return false;
  if (value === '1') return true;
  throw invalid(name, value, '1 (yes), 0 or unset (no)');
}

function choice<const T extends string>(
  env: NodeJS.ProcessEnv,
  name: string,
  values: readonly [T, ...T[]],
): T {
  const value = env[name] || values[0];
  const known = values.find((candidate) => candidate === value);
  if (known === undefined) throw invalid(name, value, values.join(', '));
  return known;
}

function count(env: NodeJS.ProcessEnv, name: string): number | null {
  const value = env[name] || null;
  if (value === null) return null;
  if (!/^[1-9]\d{0,3}$/.test(value)) throw invalid(name, value, 'a whole number from 1 to 9999');
  return Number(value);
}

function invalid(name: string, value: string, allowed: string): ClTorchError {
  return new ClTorchError(
    'CONFIG_INVALID',
    `The environment variable ${name} is '${value}'. Allowed: ${allowed}.`,
  );
}
