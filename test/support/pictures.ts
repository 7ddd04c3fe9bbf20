import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** A picture file of one colour with some noise, by which a class can be told. */
export async function drawnPicture(
  label: number,
  [width, height]: readonly [number, number],
  form: 'jpeg' | 'png' = 'jpeg',
): Promise<Buffer> {
  const colour = [(label * 97) % 256, (label * 53 + 80) % 256, (label * 151 + 160) % 256];
  const pixels = Uint8Array.from({ length: 3 * width * height }, (_, place) =>
    Math.min(255, (colour[place % 3] ?? 0) + ((place * 31) % 12)),
  );
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    [form]()
    .toBuffer();
}

/** Writes files, with the folders on the way. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** CUB-200-2011's folder with so many classes, one training and one test picture of each, of different sizes. */
export async function cubFolder(classes: number): Promise<Record<string, Uint8Array | string>> {
  const names = Array.from(
    { length: classes },
    (_, label) => `${String(label + 1).padStart(3, '0')}.Bird_${label}`,
  );
  const lines = { images: '', image_class_labels: '', train_test_split: '' };
  const files: Record<string, Uint8Array | string> = {
    README: 'text',
    'attributes/attributes.txt': '1 blue\n',
    'parts/parts.txt': '1 back\n',
    'classes.txt': names.map((name, label) => `${label + 1} ${name}\n`).join(''),
  };
  let id = 0;
  for (const [label, name] of names.entries()) {
    for (const isTrain of [1, 0]) {
      const path = `${name}/Bird_${label}_${isTrain}.jpg`;
      id += 1;
      lines.images += `${id} ${path}\n`;
      lines.image_class_labels += `${id} ${label + 1}\n`;
      lines.train_test_split += `${id} ${isTrain}\n`;
      files[`images/${path}`] = await drawnPicture(label, [20 + (id % 5), 16 + (id % 3)]);
    }
  }
  for (const [list, text] of Object.entries(lines)) files[`${list}.txt`] = text;
  return files;
}
