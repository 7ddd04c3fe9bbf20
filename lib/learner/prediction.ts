import type { Labels } from '../strategies/exemplars.js';

/** What a learner takes examples for. */
export interface Prediction {
  /** The most probable class of each example. */
  readonly labels: Int32Array;
  /** Row-major, `labels.length × classes`: each row sums to 1. */
  readonly probabilities: Float32Array;
  readonly classes: number;
}

/** How well a learner does on examples. */
export interface Evaluation {
  readonly rows: number;
  /** Examples whose most probable class is their label. */
  readonly correct: number;
  /** Percent right. */
  readonly accuracy: number;
  /** Mean cross-entropy. */
  readonly loss: number;
}

export function predictionFrom(probabilities: Float32Array, classes: number): Prediction {
  const rows = probabilities.length / classes;
  return {
    labels: Int32Array.from({ length: rows }, (_, row) => largest(rowOf(probabilities, row, classes))),
    probabilities,
    classes,
  };
}

export const emptyEvaluation: Evaluation = { rows: 0, correct: 0, accuracy: Number.NaN, loss: Number.NaN };

/** An evaluation with more examples, of which the network gave these logits. */
export function withPiece(before: Evaluation, logits: Float32Array, labels: Labels): Evaluation {
  const classes = logits.length / labels.length;
  let correct = before.correct;
  let sum = before.rows === 0 ? 0 : before.loss * before.rows;
  for (const [row, label] of labels.entries()) {
    const scores = rowOf(logits, row, classes);
    if (largest(scores) === label) ++correct;
    sum += crossEntropy(scores, label);
  }
  const rows = before.rows + labels.length;
  return { rows, correct, accuracy: (100 * correct) / rows, loss: sum / rows };
}

function rowOf(values: Float32Array, row: number, classes: number): Float32Array {
  return values.subarray(row * classes, (row + 1) * classes);
}

/** The position of the largest value, the first of several. */
function largest(values: Float32Array): number {
  let best = 0;
  for (const [k, value] of values.entries()) if (value > (values[best] as number)) best = k;
  return best;
}

function crossEntropy(scores: Float32Array, label: number): number {
  const highest = scores[largest(scores)] as number;
  const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
  return highest + Math.log(total) - (scores[label] as number);
}
