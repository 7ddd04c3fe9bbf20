import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { datasets, knownDataset } from '../../lib/datasets/catalog.js';
import { fashionMnist } from '../../lib/datasets/fashion-mnist.js';
import { ROLE_NAMES, ROLES, type Role } from '../../lib/datasets/formats/idx-files.js';
import { mnist } from '../../lib/datasets/mnist.js';
import { FASHION_FOLDER, MNIST_FOLDER } from '../support/idx.js';

const digest = (algorithm: string, bytes: Buffer): string =>
  createHash(algorithm).update(bytes).digest('hex');

describe('the catalogue', () => {
  // The MD5 sums of the original, uncompressed files.
  const mnistMd5: Record<Role, string> = {
    trainImages: '6bbc9ace898e44ae57da46a324031adb',
    trainLabels: 'a25bea736e30d166cdddb491f175f624',
    testImages: '2646ac647ad5339dbf082846283269ea',
    testLabels: '27ae3e4e09519cfbb04c329615203637',
  };

  it.each(ROLE_NAMES)("has the digest of MNIST's %s", (role) => {
    const content = readFileSync(join(MNIST_FOLDER, ROLES[role].file));
    expect(digest('md5', content)).toBe(mnistMd5[role]);
    expect(mnist.digests[ROLES[role].file]?.contentSha256).toBe(digest('sha256', content));
  });

  // MD5 sums of the published gzip files: torchvision 0.19, torchvision/datasets/mnist.py. The seconds are the
  // time that gzip recorded in the published files: Debian's, packed anew without name and time, give those sums
  // once both are put back, which shows that their content is the published one.
  const fashion: Record<Role, { md5: string; seconds: number }> = {
    trainImages: { md5: '8d4fb7e6c68d591d4c3dfef9ec88bf0d', seconds: 1504176606 },
    trainLabels: { md5: '25c81989df183df01b3e8a0aad5dffbe', seconds: 1504176606 },
    testImages: { md5: 'bef4ecab320f06d8554ea6380940ec79', seconds: 1504176627 },
    testLabels: { md5: 'bb300cfdad3c16e7a12a480ee83cd310', seconds: 1504176627 },
  };

  // Skipped where the Debian package dataset-fashion-mnist is not installed.
  const withFashion = existsSync(FASHION_FOLDER) ? it : it.skip;
  withFashion.each(ROLE_NAMES)("has the digests and size of Fashion-MNIST's %s", (role) => {
    const { file } = ROLES[role];
    const { md5, seconds } = fashion[role];
    const debian = readFileSync(join(FASHION_FOLDER, `${file}.gz`));
    const header = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]);
    header.writeUInt32LE(seconds, 4);
    const published = Buffer.concat([header, Buffer.from(`${file}\0`), debian.subarray(10)]);
    expect(digest('md5', published)).toBe(md5);
    const sha256 = digest('sha256', published);
    expect(fashionMnist.downloads).toContainEqual({ name: `${file}.gz`, bytes: published.length, sha256 });
    expect(fashionMnist.digests[file]).toEqual({
      fileSha256: sha256,
      contentSha256: digest('sha256', gunzipSync(debian)),
    });
  });

  it('downloads over TLS only', () => {
    for (const { mirrors } of datasets) {
      for (const mirror of mirrors) expect(mirror).toMatch(/^https:\/\/.*\/$/);
    }
  });

  it('names the data sets there are when asked for another', () => {
    expect(() => knownDataset('cifar' as 'mnist')).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/'cifar'.*mnist, fashion-mnist, kmnist/),
      }),
    );
  });
});
