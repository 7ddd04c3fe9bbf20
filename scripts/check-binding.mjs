// Checks that binding.d.ts and the built addon name the same functions, classes and members.
// Usage: node scripts/check-binding.mjs [FILE.d.ts]; exit status 1 when they differ.
import { readFileSync } from 'node:fs';
import { loadNative } from '../dist/session/native.js';

const file = process.argv[2] ?? new URL('../binding.d.ts', import.meta.url);
const declared = parse(readFileSync(file, 'utf8'));
if (declared.length === 0) fail([`${file}: no exported function or class was recognised`]);

const exported = describe(await loadNative());
const differences = [
  ...declared
    .filter((name) => !exported.includes(name))
    .map((name) => `declared, but not in the addon: ${name}`),
  ...exported
    .filter((name) => !declared.includes(name))
    .map((name) => `in the addon, but not declared: ${name}`),
];
if (differences.length > 0) fail(differences);
console.log(`binding.d.ts and the addon agree on ${declared.length} names.`);

/** `function f`, `class C`, `C.method()`, `C.property` of the declarations' text. */
function parse(text) {
  const source = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const functions = [...source.matchAll(/^export function (\w+)/gm)].map(([, name]) => `function ${name}`);
  const classes = [...source.matchAll(/^export class (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)].flatMap(
    ([, name, body]) => {
      const members = [...body.matchAll(/^ {2}(static )?(?:readonly )?(get )?(\w+)(\??[(:<])/gm)]
        .filter(([, , , member]) => member !== 'constructor')
        .map(([, isStatic, isGetter, member, next]) => {
          const isMethod = !isGetter && next !== ':';
          return `${name}${isStatic ? '::' : '.'}${member}${isMethod ? '()' : ''}`;
        });
      if (members.length === 0) fail([`${file}: no member of class ${name} was recognised`]);
      return [`class ${name}`, ...members];
    },
  );
  return [...new Set([...functions, ...classes])];
}

/** The same of the loaded addon. A class is told from a function by what its prototype holds. */
function describe(binding) {
  return Object.entries(binding).flatMap(([name, value]) => {
    if (typeof value !== 'function') return [`value ${name}`];
    const members = membersOf(value.prototype ?? {}, '.', ['constructor']);
    if (members.length === 0) return [`function ${name}`];
    const statics = membersOf(value, '::', ['length', 'name', 'prototype', 'arguments', 'caller']);
    return [`class ${name}`, ...[...members, ...statics].map((member) => `${name}${member}`)];
  });
}

function membersOf(object, separator, except) {
  return Object.entries(Object.getOwnPropertyDescriptors(object))
    .filter(([name]) => !except.includes(name))
    .map(([name, { value }]) => `${separator}${name}${typeof value === 'function' ? '()' : ''}`);
}

function fail(lines) {
  console.error(lines.join('\n'));
  process.exit(1);
}
