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

/**
 * Classifies the images of an IDX file or a picture file, on the CPU. Labels are the classes of the data set that the model
 * was trained on, whatever order a stream took them in.
 * @param model - `model.safetensors`, or a run's folder.
 * @throws {ClTorchError} What {@link loadTrainedModel} and {@link readImages} throw; DIVERGED when the model's outputs are
 * not all numbers.
 */
export async function predictImages(
  model: string,
  images: string,
  { task, invert = false }: ImageOptions = {},
): Promise<ImagePrediction> {
  const trained = await loadTrainedModel(model, task);
  const { file, network, parameters, buffers, outputs, imageSize, channels, side } = trained;
  const inputs = inputsOf(network);
  const plane = imageSize ? imageSize.width * imageSize.height : inputs;
  const { pixels } = await readImages(images, { pixels: plane, size: imageSize, channels, side });
  const shown = invert ? pixels.map((value) => 255 - value) : pixels;
  using session = await Session.open({ device: 'cpu', threads: 1 });
  const engine = network.kind === 'mlp' ? 'fused' : 'autograd';
  await session.loadModel({ network, parameters, buffers, seed: 0, engine });
  const logits = await session.predict({
    images: shownAs(shown, channels * plane, trained),
    features: inputs,
    output: 'logits',
  });
  const { labels, probabilities } = ranked(logits, network.classes, outputs);
  requireClasses(labels);
  const classLabels = Int32Array.from(outputs, ({ label }) => label);
  return { model: file, labels, probabilities, classes: outputs.length, classLabels };
}
