/** What 32-bit indices can address: 8 GiB of weights, and with their gradients and AdamW's moments four times that. */
export const MOST_WEIGHTS: number = 2 ** 31 - 1;
