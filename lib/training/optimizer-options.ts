import { decay, increasing, integer, oneOf, onOff, positive, rate, smallNumber } from '../options/kinds.js';
import { type OptionSchemas, optional, withDefault } from '../options/option.js';

/** How a step changes the parameters, and how the learning rate changes over a task's epochs (docs/optimizers.md). */
export interface OptimizerOptions {
  /** Rule of the training steps, as the optimizer of that name in PyTorch. Default adamw. */
  readonly optimizer: 'adamw' | 'adam' | 'sgd';
  /** The optimizer's step size, before a schedule changes it. Default 0.001. */
  readonly learningRate: number;
  /** Decoupled weight decay of adamw; of adam and sgd a part of the gradient. Default 0.0001. */
  readonly weightDecay: number;
  /** Decay of adamw's and adam's running mean of the gradient. Default 0.9. */
  readonly beta1: number;
  /** Decay of adamw's and adam's running mean of the squared gradient. Default 0.999. */
  readonly beta2: number;
  /** Added to adamw's and adam's denominator. Default 1e-8. */
  readonly epsilon: number;
  /** Decay of sgd's sum of gradients; 0 for none. Default 0. */
  readonly momentum: number;
  /** Whether sgd's momentum is Nesterov's. Default off. */
  readonly nesterov: 'on' | 'off';
  /** Largest norm of a step's gradient, which is made shorter where it is longer. */
  readonly clipGradient?: number | undefined;
  /** Whether each task has a new optimizer, or keeps the moments and step count of the one before. Default task. */
  readonly optimizerState: 'task' | 'keep';
  /** How the learning rate changes from epoch to epoch, anew in each task. Default constant. */
  readonly schedule: 'constant' | 'steps' | 'cosine' | 'restarts';
  /** Epochs of a task, from 0, before which schedule steps multiplies the learning rate by gamma. */
  readonly milestones?: readonly number[] | undefined;
  /** What schedule steps multiplies the learning rate by. Default 0.1. */
  readonly gamma: number;
  /** Epochs of a task before the first restart of schedule restarts. */
  readonly restartEpochs?: number | undefined;
  /** How many times as long as the one before each period of schedule restarts is. Default 1. */
  readonly restartFactor: number;
  /** What schedules cosine and restarts lower the learning rate to. Default 0. */
  readonly minLearningRate: number;
  /** Epochs of a task at a part of the learning rate, before the schedule begins. Default 0. */
  readonly warmUpEpochs: number;
  /** What the learning rate is multiplied by in the epochs of the warm-up. Default 0.1. */
  readonly warmUpFactor: number;
}

type Schedule = OptimizerOptions['schedule'];
type Optimizer = OptimizerOptions['optimizer'];

const betas = '--beta1 and --beta2 are the decays of the means that adamw and adam keep';
const schedulers = '--schedule constant, steps, cosine or restarts is how the learning rate changes';
const steps = '--schedule steps has --milestones 2,4 and --gamma 0.1';
const clipping =
  '--clip-gradient bounds the norm of the whole gradient, and nothing bounds its numbers one by one';

/** The compiler holds this list and {@link OptimizerOptions} equal. */
export const optimizerOptions: OptionSchemas<OptimizerOptions> = {
  optimizer: withDefault(
    oneOf(['adamw', 'adam', 'sgd']),
    'adamw',
    'rule of the training steps, as the optimizer of that name in PyTorch',
    { aliases: ['optimiser', 'optim'] },
  ),
  learningRate: withDefault(rate, 1e-3, "the optimizer's step size, before a schedule changes it", {
    aliases: ['lr'],
  }),
  weightDecay: withDefault(
    rate,
    1e-4,
    'decoupled weight decay of adamw; of adam and sgd a part of the gradient',
    { aliases: ['wd'] },
  ),
  beta1: withDefault(decay, 0.9, "decay of adamw's and adam's running mean of the gradient", {
    insteadOf: [{ names: ['betas'], text: betas }],
  }),
  beta2: withDefault(decay, 0.999, "decay of adamw's and adam's running mean of the squared gradient"),
  epsilon: withDefault(smallNumber, 1e-8, "added to adamw's and adam's denominator", { aliases: ['eps'] }),
  momentum: withDefault(decay, 0, "decay of sgd's sum of gradients; 0 for none"),
  nesterov: withDefault(onOff, 'off', "whether sgd's momentum is Nesterov's"),
  clipGradient: optional(
    positive,
    "largest norm of a step's gradient, which is made shorter where it is longer",
    {
      aliases: ['clip-grad-norm', 'max-grad-norm', 'grad-clip', 'clip-grad', 'gradient-clipping'],
      insteadOf: [{ names: ['clip-grad-value', 'clip-value'], text: clipping }],
    },
  ),
  optimizerState: withDefault(
    oneOf(['task', 'keep']),
    'task',
    'whether each task has a new optimizer, or keeps the moments and step count of the one before',
  ),
  schedule: withDefault(
    oneOf(['constant', 'steps', 'cosine', 'restarts']),
    'constant',
    'how the learning rate changes from epoch to epoch, anew in each task',
    {
      insteadOf: [
        { names: ['scheduler', 'lr-scheduler', 'lr-schedule'], text: schedulers },
        { names: ['lr-steps', 'step-size'], text: steps },
      ],
    },
  ),
  milestones: optional(
    increasing(1, 10_000),
    'epochs of a task, from 0, before which schedule steps multiplies the learning rate by gamma',
    { aliases: ['lr-milestones'] },
  ),
  gamma: withDefault(smallNumber, 0.1, 'what schedule steps multiplies the learning rate by', {
    aliases: ['lr-gamma'],
  }),
  restartEpochs: optional(
    integer(1, 10_000),
    'epochs of a task before the first restart of schedule restarts',
  ),
  restartFactor: withDefault(
    integer(1, 1000),
    1,
    'how many times as long as the one before each period of schedule restarts is',
  ),
  minLearningRate: withDefault(rate, 0, 'what schedules cosine and restarts lower the learning rate to', {
    aliases: ['min-lr', 'eta-min'],
  }),
  warmUpEpochs: withDefault(
    integer(0, 10_000),
    0,
    'epochs of a task at a part of the learning rate, before the schedule begins',
    { aliases: ['warmup-epochs', 'lr-warmup-epochs'] },
  ),
  warmUpFactor: withDefault(
    smallNumber,
    0.1,
    'what the learning rate is multiplied by in the epochs of the warm-up',
    { aliases: ['warmup-factor', 'lr-warmup-decay'] },
  ),
};

/** What each optimizer and each schedule reads, of what not all do. */
const optimizers: Readonly<Partial<Record<keyof OptimizerOptions, readonly Optimizer[]>>> = {
  beta1: ['adamw', 'adam'],
  beta2: ['adamw', 'adam'],
  epsilon: ['adamw', 'adam'],
  momentum: ['sgd'],
  nesterov: ['sgd'],
};
const schedules: Readonly<Partial<Record<keyof OptimizerOptions, readonly Schedule[]>>> = {
  milestones: ['steps'],
  gamma: ['steps'],
  restartEpochs: ['restarts'],
  restartFactor: ['restarts'],
  minLearningRate: ['cosine', 'restarts'],
};

/** What of these options contradicts another one. One that nothing reads is refused, unless it has its default. */
export function optimizerProblems(config: OptimizerOptions, name: (key: string) => string): string[] {
  const { optimizer, schedule, momentum, nesterov, milestones, restartEpochs } = config;
  const problems = [
    ...unread(config, optimizers, 'optimizer', name),
    ...unread(config, schedules, 'schedule', name),
  ];
  if (optimizer === 'sgd' && nesterov === 'on' && momentum === 0) {
    problems.push(`${name('nesterov')}: is on, and ${name('momentum')} is 0; give it a momentum such as 0.9`);
  }
  if (schedule === 'steps' && milestones === undefined) {
    problems.push(
      `${name('schedule')}: steps needs ${name('milestones')}, the epochs before which the learning rate falls`,
    );
  }
  if (schedule === 'restarts' && restartEpochs === undefined) {
    problems.push(
      `${name('schedule')}: restarts needs ${name('restartEpochs')}, the epochs before the first restart`,
    );
  }
  if (schedules.minLearningRate?.includes(schedule) && config.minLearningRate > config.learningRate) {
    problems.push(
      `${name('minLearningRate')}: ${config.minLearningRate} is above ${name('learningRate')}, ${config.learningRate}`,
    );
  }
  if (config.warmUpEpochs === 0 && config.warmUpFactor !== optimizerOptions.warmUpFactor.defaultValue) {
    problems.push(`${name('warmUpFactor')}: there is no warm-up; give it ${name('warmUpEpochs')}`);
  }
  return problems;
}

function unread(
  config: OptimizerOptions,
  readers: Readonly<Partial<Record<keyof OptimizerOptions, readonly string[]>>>,
  by: 'optimizer' | 'schedule',
  name: (key: string) => string,
): string[] {
  const chosen = config[by];
  return Object.entries(readers).flatMap(([option, names]) => {
    const key = option as keyof OptimizerOptions;
    if (names.includes(chosen) || config[key] === optimizerOptions[key].defaultValue) return [];
    return [
      `${name(key)}: an option of ${by} ${names.join(' and ')}, and ${name(by)} is ${chosen}; leave it out`,
    ];
  });
}
