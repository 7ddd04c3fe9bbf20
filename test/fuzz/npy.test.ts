import { expect, test } from 'vitest';
import { parseNpy } from '../../lib/datasets/formats/npy.js';
import { contentOfArrays } from '../../lib/datasets/formats/numpy.js';
import fixture from '../fixtures/numpy.json' with { type: 'json' };
import { Choices, FUZZ_INPUTS, FUZZ_PATIENCE_MS, FUZZ_SEED } from '../support/fuzz.js';

const files = [...Object.values(fixture.examples), ...Object.values(fixture.labels)].map(({ file }) =>
  Buffer.from(file, 'base64'),
);

test(`${FUZZ_INPUTS} damaged arrays are read or refused as DATA_INVALID`, {
  timeout: FUZZ_PATIENCE_MS,
}, () => {
  const choices = new Choices(FUZZ_SEED);
  for (let input = 0; input < FUZZ_INPUTS; ++input) {
    const [x, y] = [choices.mutated(choices.of(files)), choices.mutated(choices.of(files))];
    try {
      const [examples, labels] = [parseNpy('x', x), parseNpy('y', y)];
      const read = contentOfArrays({ x_train: examples, y_train: labels, x_test: examples, y_test: labels });
      const { channels, height, width, train } = read;
      expect(train.images).toHaveLength(train.rows * channels * height * width);
      expect(train.labels).toHaveLength(train.rows);
    } catch (error) {
      expect(error, `seed ${FUZZ_SEED}, input ${input}`).toMatchObject({ code: 'DATA_INVALID' });
    }
  }
});
