import { fileURLToPath } from 'node:url';
import type { DatasetDefinition } from './define.js';
import { publishedIdx } from './published.js';

/**
 * Small enough to come with this package (assets/digits, with its licence), so there is nothing to download. The numbers are
 * of the files there, which test/reference/make_digits.py wrote.
 */
export const digits: DatasetDefinition<'digits'> = {
  name: 'digits',
  title: 'handwritten digits of 8 × 8 pixels (Alpaydin and Kaynak, 1998)',
  classes: 10,
  mirrors: [],
  ...publishedIdx({
    trainImages: {
      gzBytes: 35_672,
      gzSha256: 'e8dfca21bdca064e4331d00d56fba7a6d22263a16f0ff9d56a76bed42f69dc2c',
      contentSha256: '1192d80fb13b41bd405974e7276f8c82d0b32e4f26b229444c27b9e486971746',
    },
    trainLabels: {
      gzBytes: 135,
      gzSha256: '8497fc208baa52cab1ef13a493ce8b2f543b066a9a40e399f24fc43f049689c4',
      contentSha256: 'f8a600b73e2c056aa42316260206e6643bd33e96bd71cfb8e32b94f76fac4f93',
    },
    testImages: {
      gzBytes: 9_003,
      gzSha256: '2a46d42973ca45d7c3438e3bd3db34a0ca569df849c33f56c0231d97b611b1da',
      contentSha256: '80510fc9162448f4c8666335357ea127bd14ff20c9a09e20a09f3b8d96ef1ca3',
    },
    testLabels: {
      gzBytes: 119,
      gzSha256: 'acfdd225ce72ff6559ea11e8001154f81237ad60706b75e2ace039d82b3e8526',
      contentSha256: 'cf2c8a23974df0c99eb3f36ff34c02acb9be1c84aca7280211ef04bea1135360',
    },
  }),
  places: [
    {
      label: 'this package',
      folder: () => fileURLToPath(new URL('../../assets/digits', import.meta.url)),
    },
  ],
};
