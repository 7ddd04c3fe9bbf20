import { flag, optional, path, type Readers, refused, settle } from '../base/arguments.js';
import { shown } from '../base/values.js';
import { type Prediction, requireClasses } from '../learner/prediction.js';
import { inputsOf } from '../session/network.js';
import { Session } from '../session/session.js';
import { readImages } from './images.js';
import { ranked } from './output-classes.js';
import { shownAs } from './shown.js';
import { loadTrainedModel } from './trained-model.js';

/** What a model takes the images of a file for. */
export interface ImagePrediction extends Prediction {
  /** The class that each column of the probabilities is of, as the data set numbers it. */
  readonly classLabels: Int32Array;
  /** What the data set calls these classes; null where it has no names, or where the outputs stand for no classes of it. */
  readonly classNames: readonly string[] | null;
  /** The model's file. */
  readonly model: string;
}

export interface ImageOptions {
  /**
   * The task that the images are of, from 0; for models of a run. Of task- and class-incremental ones a prediction is then
   * one of the task's own classes.
   */
  readonly task?: number | undefined;
  /** Exchange black and white: for dark strokes on a light ground. */
  readonly invert?: boolean | undefined;
}

const imageOptions: Readers<ImageOptions> = {
  task: optional((value, name) => {
    if (Number.isInteger(value) && (value as number) >= 0) return value as number;
    throw refused(`${name} must be a task's number, from 0; found ${shown(value)}.`);
  }),
  invert: optional(flag),
};

/**
 * Classifies the images of an IDX file or a picture file, on the CPU. Labels are the classes of the data set that the model
 * was trained on, whatever order a stream took them in.
 * @param model - `model.safetensors`, or a run's folder.
 * @param images - The file: IDX, PNG, JPEG, WebP, TIFF or GIF.
 * @throws {ClTorchError} INVALID_ARGUMENT for what cannot be such arguments; what {@link loadTrainedModel} and {@link readImages} throw; DIVERGED when the model's outputs are
 * not all numbers.
 */
export async function predictImages(
  model: string,
  images: string,
  options?: ImageOptions,
): Promise<ImagePrediction> {
  path(model, 'predictImages: model');
  path(images, 'predictImages: images');
  const { task, invert = false } = settle('predictImages', options, imageOptions);
  const trained = await loadTrainedModel(model, task);
  const { file, network, parameters, buffers, outputs, imageSize, channels, side } = trained;
  const inputs = inputsOf(network);
  const plane = imageSize ? imageSize.width * imageSize.height : inputs;
  const { pixels } = await readImages(images, { pixels: plane, size: imageSize, channels, side });
  const seen = invert ? pixels.map((value) => 255 - value) : pixels;
  using session = await Session.open({ device: 'cpu', threads: 1 });
  const engine = network.kind === 'mlp' ? 'fused' : 'autograd';
  await session.loadModel({ network, parameters, buffers, seed: 0, engine });
  const logits = await session.predict({
    images: shownAs(seen, channels * plane, trained),
    features: inputs,
    output: 'logits',
  });
  const { labels, probabilities } = ranked(logits, network.classes, outputs);
  requireClasses(labels);
  const classLabels = Int32Array.from(outputs, ({ label }) => label);
  const names = outputs.flatMap(({ name = [] }) => name);
  const classNames = names.length === outputs.length ? names : null;
  return { model: file, labels, probabilities, classes: outputs.length, classLabels, classNames };
}
