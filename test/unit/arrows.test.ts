import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type Arrow,
  arrowsOf,
  circles,
  DECLARATIONS,
  documentedRooms,
  folderOf,
  libFiles,
  nativeFiles,
  type Room,
  roomOf,
  type SourceFile,
} from '../support/rooms.js';

// Who may know whom. The order of the rooms is that of the tables in docs/architecture.md; a room knows only those
// before it. The lists of exceptions below may only become shorter: an entry that is no longer needed fails, too.

const native = nativeFiles();
const lib = libFiles();
const code: readonly (readonly [string, readonly SourceFile[], readonly Room[]])[] = [
  ['native', native, documentedRooms('Rooms of the native code')],
  ['lib', lib, documentedRooms('Rooms of the TypeScript code')],
];

/** Arrows between rooms that go up, as `file -> room`. */
const UPWARDS: readonly string[] = [];

/** Folders inside of a room that know each other. */
const CIRCLES: readonly string[] = [];

/** Files that know each other. */
const FILE_CIRCLES: readonly string[] = [];

/** Rooms that hold registries, which alone name their entries, */
const REGISTRIES = [
  'lib/strategies/',
  'lib/benchmarks/',
  'lib/networks/',
  'lib/datasets/',
  'lib/reproductions/',
];
const ENTRIES = ['baseline', 'er', 'lfd', 'joint', 'permuted-mnist', 'mnist', 'fashion-mnist', 'kmnist'];
/** and files elsewhere that do, with how often. */
const NAMING: Readonly<Record<string, number>> = {
  'lib/speed/plain-training.ts': 1,
  'lib/speed/sides.ts': 1,
  'lib/speed/tiny-run.ts': 1,
};

/** The complaints but for those that are known; and a complaint for each that is known and no longer true. */
function unexpected(found: ReadonlyMap<string, string>, known: readonly string[]): string[] {
  const stale = known.filter((key) => !found.has(key));
  return [
    ...[...found].filter(([key]) => !known.includes(key)).map(([, complaint]) => complaint),
    ...stale.map((key) => `"${key}" is no longer needed in this test's list of exceptions: take it out.`),
  ];
}

describe.each(code)('%s', (folder, files, rooms) => {
  const arrows = arrowsOf(files);

  test('every file stands in a room of docs/architecture.md, and every room has files', () => {
    const homeless = files.filter(({ path }) => !roomOf(rooms, path)).map(({ path }) => path);
    expect(
      homeless,
      'in none of the rooms that docs/architecture.md lists: move them, or list their room',
    ).toEqual([]);
    const inhabited = new Set(files.map(({ path }) => roomOf(rooms, path)?.name));
    const empty = rooms.filter(({ name }) => !inhabited.has(name)).map(({ name }) => name);
    expect(empty, 'rooms in docs/architecture.md without a file: take them out').toEqual([]);
  });

  test('what is included or imported is there', () => {
    const paths = new Set([...files.map(({ path }) => path), DECLARATIONS]);
    expect(arrows.filter(({ to }) => !paths.has(to))).toEqual([]);
  });

  test('a room knows only those that docs/architecture.md lists before it', () => {
    const found = new Map<string, string>();
    for (const { from, to } of arrows) {
      const [room, other] = [roomOf(rooms, from), roomOf(rooms, to)];
      if (!room || !other || other.place <= room.place) continue;
      found.set(
        `${from} -> ${other.name}`,
        `${from} takes ${to}, but "${other.name}" stands after "${room.name}" in docs/architecture.md. Move what is ` +
          `needed to "${room.name}" or before it, or hand it in as an argument.`,
      );
    }
    expect(
      unexpected(
        found,
        UPWARDS.filter((key) => key.startsWith(`${folder}/`)),
      ),
    ).toEqual([]);
  });

  test('no folders of a room know each other', () => {
    const inside = arrows.filter(({ from, to }) => roomOf(rooms, from) === roomOf(rooms, to));
    const between = inside.map(({ from, to }) => ({ from: folderOf(from), to: folderOf(to) }));
    const found = circlesWith(between, (circle) =>
      inside.filter(({ from, to }) => {
        const ends = [folderOf(from), folderOf(to)];
        return ends[0] !== ends[1] && ends.every((end) => circle.includes(end));
      }),
    );
    expect(
      unexpected(
        found,
        CIRCLES.filter((key) => key.startsWith(`${folder}/`)),
      ),
    ).toEqual([]);
  });

  test('no files know each other', () => {
    const found = circlesWith(arrows, (circle) =>
      arrows.filter(({ from, to }) => circle.includes(from) && circle.includes(to)),
    );
    expect(
      unexpected(
        found,
        FILE_CIRCLES.filter((key) => key.startsWith(`${folder}/`)),
      ),
    ).toEqual([]);
  });
});

/** Each circle as a sentence with the arrows that make it. */
function circlesWith(
  arrows: readonly Arrow[],
  inside: (circle: readonly string[]) => readonly Arrow[],
): Map<string, string> {
  return new Map(
    circles(arrows).map((circle) => {
      const list = inside(circle).map(({ from, to }) => `  ${from} takes ${to}`);
      const remedy = 'Move what both need to a place before both.';
      return [circle.join(' '), `${circle.join(', ')} know each other:\n${list.join('\n')}\n${remedy}`];
    }),
  );
}

describe('native', () => {
  const isTorch = (header: string): boolean => /^(?:ATen|c10|torch|caffe2)\//.test(header);

  test('Node-API is met in native/node alone', () => {
    const outside = native.filter(({ path }) => !path.startsWith('native/node/'));
    const meeting = outside.filter(({ packages }) =>
      packages.some((header) => /napi|node_api|uv\.h/.test(header)),
    );
    expect(
      meeting.map(({ path }) => path),
      'these include Node-API: give them plain data',
    ).toEqual([]);
  });

  test('native/node meets no LibTorch, not through another header either', () => {
    const byPath = new Map(native.map((file) => [file.path, file]));
    const through = (path: string, seen: Set<string>): string[] => {
      const file = byPath.get(path);
      if (!file || seen.has(path)) return [];
      seen.add(path);
      const met = file.packages.filter(isTorch).map((header) => `${path} includes <${header}>`);
      return [...met, ...file.uses.flatMap((use) => through(use, seen))];
    };
    const files = native.filter(({ path }) => path.startsWith('native/node/'));
    const complaints = files.flatMap(({ path }) => through(path, new Set()).map((met) => `${path}: ${met}`));
    expect(complaints, 'compiling native/node must need no LibTorch').toEqual([]);
  });
});

describe('lib', () => {
  test('what leaves lib is the type declarations of the addon', () => {
    const outside = arrowsOf(lib).filter(({ to }) => !to.startsWith('lib/'));
    expect(new Set(outside.map(({ to }) => to))).toEqual(new Set([DECLARATIONS]));
  });

  test('bin takes the command line alone', () => {
    const bin = readFileSync(new URL('../../bin/cl-torch.js', import.meta.url), 'utf8');
    const taken = [...bin.matchAll(/'(\.\.?\/[^']+)'/g)].map(([, path]) => path);
    expect(taken).toEqual(['../dist/cli/main.js']);
  });

  test('core code names no entry of a registry', () => {
    const found = lib
      .filter(({ path }) => !REGISTRIES.some((room) => path.startsWith(room)))
      .map(({ path, text }): [string, number] => {
        const literals = [...text.matchAll(/(['"`])([\w+-]+)\1/g)].filter(([, , word = '']) =>
          ENTRIES.includes(word),
        );
        return [path, literals.length];
      })
      .filter(([, count]) => count > 0);
    const remedy =
      'ask the definition (a field of it), not for its name; lower the number here of what names fewer';
    expect(Object.fromEntries(found), remedy).toEqual(NAMING);
  });
});
