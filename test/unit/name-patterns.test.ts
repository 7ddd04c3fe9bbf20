import { expect, test } from 'vitest';
import { chosenNames } from '../../lib/base/name-patterns.js';

const names = [
  'conv1.weight',
  'layer1.0.conv1.weight',
  'layer1.0.bn1.weight',
  'layer1.0.bn1.bias',
  'layer10.weight',
  'fc.weight',
  'fc.bias',
];

test.each<[string, readonly number[], readonly string[]]>([
  ['conv1', [0], []],
  ['layer1', [1, 2, 3], []],
  ['layer*', [1, 2, 3, 4], []],
  ['*bn1', [2, 3], []],
  ['*.bias', [3, 6], []],
  ['head', [5, 6], []],
  ['!head', [0, 1, 2, 3, 4], []],
  ['layer1,!*bias', [1, 2], []],
  ['!layer*,layer10', [0, 4, 5, 6], []],
  ['fc.weight,layer2,task', [5], ['layer2', 'task']],
  ['conv1.weight.more', [], ['conv1.weight.more']],
  ['conv.', [], ['conv.']],
  ['c*1', [0], []],
])('%s chooses', (pattern, wanted, unknown) => {
  expect(chosenNames(pattern, names)).toEqual({ chosen: wanted.map((i) => names[i]), unknown });
});
