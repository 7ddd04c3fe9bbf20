import { predictImages } from '../../prediction/index.js';
import { predictionText } from '../../report/text/prediction.js';

export interface PredictFlags {
  readonly images: string;
  readonly task?: number;
  readonly invert?: true;
  readonly json?: true;
}

/** `cl-torch predict`. Returns the exit code. */
export async function predict(model: string, { images, json, ...options }: PredictFlags): Promise<number> {
  const prediction = await predictImages(model, images, options);
  const { labels, probabilities, classes, classLabels, classNames } = prediction;
  const rows = Array.from(labels, (label, row) => ({
    label,
    probabilities: Array.from(probabilities.subarray(row * classes, (row + 1) * classes)),
  }));
  const text = json
    ? JSON.stringify(
        {
          model: prediction.model,
          images,
          classes: Array.from(classLabels),
          ...(classNames ? { classNames } : {}),
          predictions: rows,
        },
        null,
        2,
      )
    : predictionText(rows, classLabels, classNames);
  process.stdout.write(`${text}\n`);
  return 0;
}
