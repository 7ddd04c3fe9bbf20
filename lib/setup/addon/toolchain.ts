import { spawnSync } from 'node:child_process';
import { ClTorchError } from '../../base/errors.js';

interface Tool {
  /** What to call it in a message. */
  readonly what: string;
  /** Names of the Debian and the Fedora package. */
  readonly debian: string;
  readonly fedora: string;
  /** Why it cannot be used; null when it can. */
  problem(): string | null;
}

const CMAKE_AT_LEAST = [3, 18] as const;
/** Parts of C++20 that GCC 10 and Clang 12 lack. */
const CPP20_PROBE = '#include <concepts>\n#include <source_location>\n#include <span>\nint main() {}\n';

const TOOLS: readonly Tool[] = [
  { what: 'a C++20 compiler', debian: 'g++', fedora: 'gcc-c++', problem: compilerProblem },
  {
    what: `CMake ${CMAKE_AT_LEAST.join('.')} or newer`,
    debian: 'cmake',
    fedora: 'cmake',
    problem: cmakeProblem,
  },
  { what: 'make or ninja', debian: 'make', fedora: 'make', problem: makeProblem },
];

/** What building the addon needs and this machine lacks, one text a tool, such as `CMake 3.18 or newer (not found)`. */
export function missingTools(): { readonly texts: string[]; readonly remedy: string } {
  const missing = TOOLS.flatMap((tool) => {
    const problem = tool.problem();
    return problem === null ? [] : [{ tool, text: `${tool.what} (${problem})` }];
  });
  const packages = (system: 'debian' | 'fedora'): string =>
    [...new Set(missing.map(({ tool }) => tool[system]))].join(' ');
  return {
    texts: missing.map(({ text }) => text),
    remedy: `Debian, Ubuntu: sudo apt-get install ${packages('debian')}; Fedora: sudo dnf install ${packages('fedora')}`,
  };
}

/** @throws TOOLCHAIN_MISSING naming everything that is missing and the command that installs it. */
export function checkToolchain(): void {
  const { texts, remedy } = missingTools();
  if (texts.length === 0) return;
  throw new ClTorchError(
    'TOOLCHAIN_MISSING',
    `Building the native addon needs ${texts.join(', ')}. Install: ${remedy}. Then run \`npx cl-torch build\`.`,
  );
}

function compilerProblem(): string | null {
  const compilers = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  const present = compilers.find((compiler) => spawnSync(compiler, ['--version']).status === 0);
  if (present === undefined) return `none of ${compilers.join(', ')} was found`;
  const args = ['-std=c++20', '-fsyntax-only', '-x', 'c++', '-'];
  const probe = spawnSync(present, args, { input: CPP20_PROBE });
  return probe.status === 0 ? null : `${present} does not know C++20; GCC 11 and Clang 15 do`;
}

function cmakeProblem(): string | null {
  const { status, stdout } = spawnSync('cmake', ['--version'], { encoding: 'utf8' });
  if (status !== 0) return 'not found';
  const [, major = 0, minor = 0] = /version (\d+)\.(\d+)/.exec(stdout)?.map(Number) ?? [];
  const isOld = major < CMAKE_AT_LEAST[0] || (major === CMAKE_AT_LEAST[0] && minor < CMAKE_AT_LEAST[1]);
  return isOld ? `found ${major}.${minor}` : null;
}

function makeProblem(): string | null {
  const isPresent = ['ninja', 'make'].some((tool) => spawnSync(tool, ['--version']).status === 0);
  return isPresent ? null : 'neither was found';
}
