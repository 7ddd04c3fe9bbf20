import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { count } from '../../base/count.js';

/** A line of ninja or make about something that is compiled: `[3/17]` or `[ 17%]`, then the kind of object. */
const COMPILED = /^(\[[^\]]+\]) Building (?:CXX object (CMakeFiles\/[^/]+)\/(.+)\.o|CUDA object (.+))$/;

/**
 * What a line of the build's output tells a person: `[3/17] native/nn/mlp.cpp`, or `[3/9] 14 files of native/node`
 * where CMake compiles several as one; what CMakeLists.txt says of the CUDA kernels; null for any other line.
 */
export function progressOf(line: string, buildDir: string): string | null {
  const [, step, target, source, cuda] = COMPILED.exec(line) ?? [];
  if (step && cuda) return `${step} ${cuda}`;
  if (step && target && source) return `${step} ${unitText(join(buildDir, target), source)}`;
  return /^-- (CUDA kernels: .+)$/.exec(line)?.[1] ?? null;
}

/** How far a build is by such a line: `3 of 9` or `17 %`; null when the line does not tell. */
export function shareOf(line: string): string | null {
  const [, done, total, percent] = /^\[\s*(?:(\d+)\/(\d+)|(\d+)%)\]/.exec(line) ?? [];
  if (done && total) return `${done} of ${total}`;
  return percent ? `${percent} %` : null;
}

/** A source file by its name, or the files that CMake put into one (`Unity/unity_0_cxx.cxx`) by their number and folder. */
function unitText(targetDir: string, source: string): string {
  if (!source.startsWith('Unity/')) return source;
  const files = includedFiles(join(targetDir, source));
  if (files.length === 0) return source;
  return `${count(files.length, 'file')} of ${folderOf(files)}`;
}

/** The folder of all these sources, such as `native/node`; `native` where they are of several. */
function folderOf(files: readonly string[]): string {
  const folders = new Set(files.map((file) => /(?:^|\/)(native\/.+)\/[^/]+$/.exec(file)?.[1] ?? 'native'));
  const [folder = 'native'] = folders;
  return folders.size === 1 ? folder : 'native';
}

function includedFiles(unit: string): string[] {
  try {
    return [...readFileSync(unit, 'utf8').matchAll(/^#include "(.+)"$/gm)].map(([, file = '']) => file);
  } catch {
    return [];
  }
}
