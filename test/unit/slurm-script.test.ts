import { describe, expect, test } from 'vitest';
import { slurmOptions } from '../../lib/sweep/slurm/options.js';
import { isActive, parseQueue } from '../../lib/sweep/slurm/queue.js';
import { type ArrayJob, jobScript } from '../../lib/sweep/slurm/script.js';

const job: ArrayJob = {
  folder: '/home/ada/sweep',
  number: 3,
  name: 'sweep-3-0a1b2c3d',
  size: 12,
  after: undefined,
  options: { cpus: 2 },
  command: ['/usr/bin/node', '/home/ada/cl-torch/bin/cl-torch.js'],
};

/** The lines that sbatch reads. */
function lines(of: ArrayJob): string[] {
  return jobScript(of)
    .split('\n')
    .filter((line) => line.startsWith('#SBATCH '))
    .map((line) => line.slice('#SBATCH '.length));
}

describe('the job script', () => {
  test('asks for what every run needs', () => {
    expect(lines(job)).toEqual([
      '--job-name=sweep-3-0a1b2c3d',
      '--array=1-12',
      '--nodes=1 --ntasks=1 --cpus-per-task=2',
      expect.stringMatching(/^--chdir=/),
      '--output=/home/ada/sweep/slurm/array-3.log',
      '--open-mode=append',
      '--signal=B:TERM@90',
      '--requeue',
    ]);
  });

  test('and for what the options say', () => {
    const options = {
      cpus: 2,
      partition: 'gpu,long',
      time: '1-12',
      gpus: 'a100:1',
      mem: '4G',
      sbatch: '--account=x -H',
      atOnce: 4,
    };
    expect(lines({ ...job, options, after: 77 })).toEqual(
      expect.arrayContaining([
        '--array=1-12%4',
        '--dependency=afterany:77',
        '--partition=gpu,long',
        '--time=1-12',
        '--gres=gpu:a100:1',
        '--mem=4G',
        '--account=x -H',
      ]),
    );
  });

  test('holds folders with blanks, quotes and percent signs', () => {
    const script = jobScript({ ...job, folder: `/home/a "b" 50%'s` });
    expect(script).toContain('#SBATCH --output="/home/a \\"b\\" 50%%\'s/slurm/array-3.log"\n');
    expect(script).toContain(`sweep='/home/a "b" 50%'\\''s'\n`);
  });

  test('is a comment up to its last directive, where sbatch stops reading', () => {
    const text = jobScript(job).split('\n');
    const first = text.findIndex((line) => line !== '' && !line.startsWith('#'));
    expect(text.slice(first).join()).not.toContain('#SBATCH');
  });
});

test('lines of squeue', () => {
  const text = `CLUSTER: main
12|1|RUNNING|None|sweep-1-aa
12|2|PENDING|Resources|a name|with bars
13|N/A|RUNNING|None|no array
12|3|FAILED|RaisedSignal:9(Killed)|sweep-1-aa

garbage`;
  const tasks = parseQueue(text);
  expect(tasks).toEqual([
    { job: 12, index: 1, state: 'RUNNING', reason: 'None', name: 'sweep-1-aa' },
    { job: 12, index: 2, state: 'PENDING', reason: 'Resources', name: 'a name|with bars' },
    { job: 12, index: 3, state: 'FAILED', reason: 'RaisedSignal:9(Killed)', name: 'sweep-1-aa' },
  ]);
  expect(tasks.map(isActive)).toEqual([true, true, false]);
});

describe('options of Slurm', () => {
  test.each([
    ['time', '90', '2:00:00', '1-12', '1-12:30'],
    ['mem', '4G', '500M', '4096'],
    ['partition', 'gpu', 'gpu,long'],
    ['gpus', 1, 'a100:2'],
    ['sbatch', '--account=x', '-A x --qos=long'],
    ['cpus', 1, 64],
  ] as const)('%s takes %s', (key, ...values) => {
    for (const value of values)
      expect(slurmOptions[key].schema.safeParse(value).success, String(value)).toBe(true);
  });

  test.each([
    ['time', '2h', 'tomorrow', '1:2:3:4', '1\n#SBATCH --array=1'],
    ['mem', '4 GB', '-1', '0'],
    ['partition', 'a b', '', 'x\ny'],
    ['gpus', 0, 'a100', 'a100:0', 1.5],
    ['sbatch', '--array=1-3', '-A x --array 2', 'x', '--a=1\n--b', '--wrap=ls'],
    ['cpus', 0, 1.5],
  ] as const)('%s refuses %s', (key, ...values) => {
    for (const value of values)
      expect(slurmOptions[key].schema.safeParse(value).success, String(value)).toBe(false);
  });
});
