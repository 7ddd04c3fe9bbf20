/**
 * Whose processor this is, for fixtures of what LibTorch leaves to MKL: its sums have another order on AMD's processors than on
 * Intel's, and its square roots another last bit, whatever instructions it is held to.
 */
export declare const vendor: 'amd' | 'intel';
