import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** Of the addon: what stands between `native/` and `lib/`. */
export const DECLARATIONS: string = 'binding.d.ts';

/** A file of `native/` or `lib/`, and what it takes from others. */
export interface SourceFile {
  /** From the checkout on, such as `lib/runs/loop.ts`. */
  readonly path: string;
  readonly text: string;
  /** Files of the checkout, by their paths. */
  readonly uses: readonly string[];
  /** System headers or packages, as they are written. */
  readonly packages: readonly string[];
}

/** A part of the code that docs/architecture.md lists, and its place in the order. */
export interface Room {
  /** A folder's or, where a file has a place of its own, that file's path under `native/` or `lib/`. */
  readonly name: string;
  readonly place: number;
}

/** An arrow from one file, room or folder to another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** The rooms of the table under a heading of docs/architecture.md, in its order. */
export function documentedRooms(heading: string): Room[] {
  const text = readFileSync(join(checkout, 'docs/architecture.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([\w./-]+)` +\|/gm)].map(([, name = ''], place) => ({ name, place }));
}

/** The room that a file stands in: of those whose path it lies under, the innermost. */
export function roomOf(rooms: readonly Room[], path: string): Room | undefined {
  const inner = path.slice(path.indexOf('/') + 1);
  const around = rooms.filter(({ name }) => inner === name || inner.startsWith(`${name}/`));
  return around.sort((a, b) => b.name.length - a.name.length)[0];
}

/** All files of `native/`, with what they include. */
export function nativeFiles(): SourceFile[] {
  return filesUnder('native', /\.(?:h|cpp|cu)$/).map(({ path, text }) => {
    const uses = [...text.matchAll(/^#include "(.*)"$/gm)].map(([, file = '']) => `native/${file}`);
    const packages = [...text.matchAll(/^#include <(.*)>$/gm)].map(([, header = '']) => header);
    return { path, text, uses, packages };
  });
}

/** All files of `lib/`, with what they import: statically, by `import()`, as a type or by `new URL`. */
export function libFiles(): SourceFile[] {
  return filesUnder('lib', /\.ts$/).map(({ path, text: whole }) => {
    const text = withoutComments(whole);
    const found = [...text.matchAll(/(?:\bfrom|\bimport|\bnew URL)\s*\(?\s*(['"])([^'"]+)\1/g)].map(
      ([, , module = '']) => module,
    );
    const own = found.filter((module) => /^\..*\.(?:js|ts)$/.test(module));
    const uses = own.map((module) =>
      join(path, '..', module)
        .replace(/\.js$/, '.ts')
        .replace(/^binding\.ts$/, DECLARATIONS),
    );
    const packages = found.filter((module) => !module.startsWith('.'));
    return { path, text, uses: [...new Set(uses)], packages };
  });
}

/** Every arrow from file to file. */
export function arrowsOf(files: readonly SourceFile[]): Arrow[] {
  return files.flatMap(({ path, uses }) => uses.map((to) => ({ from: path, to })));
}

/** The folder that a file lies in. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The sets of nodes that lead to each other, each sorted: by what each node reaches, which is fast for so few. */
export function circles(arrows: readonly Arrow[]): string[][] {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of arrows) {
    if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to));
  }
  const reached = new Map([...next.keys()].map((node) => [node, reachableFrom(node, next)] as const));
  const found = new Map<string, string[]>();
  for (const [node, others] of reached) {
    const circle = [...others].filter((other) => reached.get(other)?.has(node)).sort();
    if (circle.length > 0) found.set(circle.join(' '), circle);
  }
  return [...found.values()].sort();
}

function reachableFrom(start: string, next: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const reached = new Set<string>();
  const waiting = [start];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const other of next.get(node) ?? []) {
      if (reached.has(other)) continue;
      reached.add(other);
      waiting.push(other);
    }
  }
  return reached;
}

function filesUnder(folder: string, name: RegExp): { path: string; text: string }[] {
  return readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(file))
    .sort()
    .map((file) => ({ path: `${folder}/${file}`, text: readFileSync(join(checkout, folder, file), 'utf8') }));
}

/** Text in which no comment can be taken for code; what stands after `//` on a line of code stays. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}
