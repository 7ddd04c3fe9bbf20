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
 * @param names - What each of these is called, where they have names.
 */
export function predictionText(
  images: readonly PredictedImage[],
  classes: ArrayLike<number>,
  names: readonly string[] | null = null,
): string {
  const nameOf = (column: number): string => names?.[column] ?? String(classes[column]);
  const width = String(images.length - 1).length;
  return images
    .map(({ label, probabilities }, image) => {
      const ranked = [...probabilities.entries()].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
      const shares = ranked.map(([column, share]) => `${nameOf(column)} ${(100 * share).toFixed(1)} %`);
      const [[best = -1] = []] = ranked;
      const shown = names && classes[best] === label ? `${label} ${nameOf(best)}` : label;
      return `image ${String(image).padStart(width)}: ${shown}   (${shares.join(', ')})`;
    })
    .join('\n');
}
