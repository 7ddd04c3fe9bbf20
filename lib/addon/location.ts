import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of this package's package.json; the same seen from lib/ and from dist/. */
export const PACKAGE_DIR: string = fileURLToPath(new URL('../..', import.meta.url));

/** Everything a build makes. */
export const BUILD_DIR: string = join(PACKAGE_DIR, 'build');

/** The addon a build makes; a prebuilt one may take its place (see {@link addonFile}). */
export const BUILT_ADDON: string = join(BUILD_DIR, 'Release/cl_torch.node');

interface NodeGypBuild {
  (folder: string): unknown;
  path(folder: string): string;
}

/** node-gyp-build, the library: it looks in `CL_TORCH_PREBUILD`, build/Release and prebuilds/, in this order. */
export const nodeGypBuild: NodeGypBuild = createRequire(import.meta.url)('node-gyp-build') as NodeGypBuild;

/** The addon that would be loaded; null when there is none. */
export function addonFile(): string | null {
  try {
    return nodeGypBuild.path(PACKAGE_DIR);
  } catch {
    return null;
  }
}
