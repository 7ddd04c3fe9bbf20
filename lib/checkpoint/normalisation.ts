import type { Normalisation } from '../datasets/index.js';

/** What a model file tells of the normalisation of its inputs, with all digits. */
export function normalisationEntries(normalisation: Normalisation | undefined): Record<string, string> {
  if (!normalisation) return {};
  return {
    normalisationMeans: normalisation.means.join(','),
    normalisationDeviations: normalisation.deviations.join(','),
  };
}

/** Undefined where a file tells nothing, or nothing that can be used. */
export function readNormalisation(metadata: Readonly<Record<string, string>>): Normalisation | undefined {
  const numbers = (text = ''): number[] => text.split(',').map(Number);
  const [means, deviations] = [
    numbers(metadata.normalisationMeans),
    numbers(metadata.normalisationDeviations),
  ];
  const isWhole = [...means, ...deviations].every(Number.isFinite) && deviations.every((each) => each > 0);
  return isWhole && means.length === deviations.length ? { means, deviations } : undefined;
}
