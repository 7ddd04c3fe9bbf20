/** Writes the first images of MNIST, as the four files of a data set, into a new folder; the folder. */
export function writeMnistHead(to: string, rows?: { train?: number; test?: number }): string;
