import { type Prediction, requireClasses } from '../learner/prediction.js';
import { inputsOf } from '../session/network.js';
import { Session } from '../session/session.js';
import { readImages } from './images.js';
import { loadTrainedModel, shownAs } from './trained-model.js';

/** What a model takes the images of a file for. */
export interface ImagePrediction extends Prediction {
  /** The model's file. */
  readonly model: string;
}

export interface ImageOptions {
  /** The task whose order of pixels the images are taken in; for models of a run. */
  readonly task?: number | undefined;
  /** Exchange black and white: for dark strokes on a light ground. */
  readonly invert?: boolean | undefined;
}

/**
 * Classifies the images of an IDX file or a picture file, on the CPU.
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
  const { file, network, parameters, buffers, show, imageSize, channels, side } = trained;
  const inputs = inputsOf(network);
  const plane = imageSize ? imageSize.width * imageSize.height : inputs;
  const { pixels } = await readImages(images, { pixels: plane, size: imageSize, channels, side });
  const shown = invert ? pixels.map((value) => 255 - value) : pixels;
  using session = await Session.open({ device: 'cpu', threads: 1 });
  const engine = network.kind === 'mlp' ? 'fused' : 'autograd';
  await session.loadModel({ network, parameters, buffers, seed: 0, engine });
  const { labels, probabilities } = await session.classify({
    images: shownAs(shown, channels * plane, show),
    features: inputs,
    probabilities: true,
  });
  requireClasses(labels);
  const { classes } = network;
  return { model: file, labels, probabilities: probabilities ?? new Float32Array(), classes };
}
