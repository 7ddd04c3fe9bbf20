/** What one image is taken for. */
export interface PredictedImage {
  /** As the data set numbers the classes. */
  readonly label: number;
  /** Of each class. */
  readonly probabilities: readonly number[];
}

const SHOWN = 3;

/**
 * A line an image: its number, its class and the most probable classes with their probabilities in percent.
 * @param classes - The class of each probability.
 */
export function predictionText(images: readonly PredictedImage[], classes: ArrayLike<number>): string {
  const width = String(images.length - 1).length;
  return images
    .map(({ label, probabilities }, image) => {
      const ranked = [...probabilities.entries()].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
      const shares = ranked.map(([column, share]) => `${classes[column]} ${(100 * share).toFixed(1)} %`);
      return `image ${String(image).padStart(width)}: ${label}   (${shares.join(', ')})`;
    })
    .join('\n');
}
