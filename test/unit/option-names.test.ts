import { describe, expect, test } from 'vitest';
import { withKnownNames } from '../../lib/cli/aliases.js';
import { describeOptions, parseConfig } from '../../lib/config/parse.js';
import { errorOf } from '../support/refusal.js';

const args = (line: string): string[] => ['node', 'cl-torch', ...line.split(' ')];
const flags = describeOptions().map(({ flag }) => flag);

describe('a name of the field with the same meaning is the option', () => {
  test.each([
    ['run er --lr 0.01', 'run er --learning-rate 0.01'],
    ['run er --lr=0.01 --bs 32', 'run er --learning-rate=0.01 --batch-size 32'],
    ['run er --batch 32 --memory 500', 'run er --batch-size 32 --memory-size 500'],
    ['run er --memory 500 --n-tasks 3', 'run er --memory-size 500 --tasks 3'],
    ['run er --num_epochs 2 --weight_decay 0', 'run er --epochs 2 --weight-decay 0'],
    ['run er --optimiser sgd --min_lr 0.1', 'run er --optimizer sgd --min-learning-rate 0.1'],
    ['run er --max-grad-norm 1 --warmup_epochs 2', 'run er --clip-gradient 1 --warm-up-epochs 2'],
    ['bench --network resnet18 --nf 20 --bs 32', 'bench --network resnet18 --width 20 --batch-size 32'],
    ['compare er --wd 0 --output x', 'compare er --weight-decay 0 --out x'],
  ])('%s', (given, meant) => {
    expect(withKnownNames(args(given))).toEqual(args(meant));
  });
});

describe('one with another meaning, or none, is answered by what to write', () => {
  test.each([
    ['--betas 0.9,0.99', '--beta1'],
    ['--model resnet18', '--hidden'],
    ['--lambda 5', '--alpha'],
    ['--gpu 0', '--device cuda'],
    ['--num-workers 4', '--threads'],
    ['--scheduler cosine', '--schedule'],
    ['--clip-value 1', '--clip-gradient'],
    ['--data /mnist', '--data-dir'],
    ['--resume runs/1', 'cl-torch resume'],
    ['--n_seeds 5', '--seeds'],
    ['--buffer_size 500', '--memory-size N keeps N examples of each task'],
    ['--mem-size 500', 'the whole buffer of all tasks'],
  ])('%s', (option, advice) => {
    const error = errorOf(() => withKnownNames(args(`run er ${option}`)));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(`There is no option ${option.split(' ')[0]}`);
    expect(error.message).toContain(advice);
  });
});

test('every option, what comes after --, and other commands are left as they are', () => {
  for (const line of [
    ...flags.map((flag) => `run er ${flag} x`),
    'run er --seeds 3 --config a.json --events e --tensorboard t --force --json --quiet',
    'run er -- --lr',
    'bench --device cpu --python python3 --repeats 2 --examples 9 --images 1x2x3',
    'run er --epoch 1',
  ]) {
    expect(withKnownNames(args(line))).toEqual(args(line));
  }
});

test('the same names as keys of a configuration are told as such', () => {
  const refused = (key: string): string => errorOf(() => parseConfig({ strategy: 'er', [key]: 1 })).message;
  expect(refused('lr')).toContain('did you mean "learningRate"?');
  expect(refused('bufferSize')).toContain('of each task');
  expect(refused('scheduler')).toContain('--schedule constant, steps, cosine or restarts');
});

test.each([
  ['--alpha --tasks 2', '--alpha needs a value; what follows it is --tasks'],
  ['--tasks --json', '--tasks needs a value; what follows it is --json'],
  ['--lr --epochs 3', '--learning-rate needs a value; what follows it is --epochs'],
])('a forgotten value does not swallow the next flag: %s', (option, text) => {
  expect(errorOf(() => withKnownNames(args(`run lfd ${option}`)))).toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(text),
  });
});
