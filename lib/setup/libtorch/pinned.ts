import type { Variant } from './variant.js';

/** The LibTorch this package fetches. */
export const LIBTORCH_VERSION = '2.14.1';

export interface Wheel {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the wheel for CPython 3.11 (where it matters), manylinux, x86_64, as its index publishes it. */
  readonly sha256: string;
  readonly bytes: number;
  /** Whether the CPU build needs it too: libtorch_cpu.so of the CUDA wheel is linked to two NVIDIA libraries. */
  readonly cpu: boolean;
}

/** torch and what its libraries, and the CUDA headers it includes, need of NVIDIA's wheels. */
const WHEELS: readonly Wheel[] = [
  {
    name: 'torch',
    version: '2.14.1',
    sha256: '305a61f61f35f128579f299c5bd33d475f6a01c6307336139632e30856c4854d',
    bytes: 554_581_699,
    cpu: true,
  },
  {
    name: 'nvidia-cuda-runtime',
    version: '13.0.96',
    sha256: '7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548',
    bytes: 2_243_632,
    cpu: true,
  },
  {
    name: 'nvidia-cuda-cupti',
    version: '13.0.85',
    sha256: '4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8',
    bytes: 10_715_597,
    cpu: true,
  },
  {
    name: 'nvidia-cublas',
    version: '13.1.1.3',
    sha256: '37936a16db8fe4ac1f065c2139360608a543a09275cb1a1af612e08cfa065436',
    bytes: 423_138_758,
    cpu: false,
  },
  {
    name: 'nvidia-cuda-cccl',
    version: '13.0.85',
    sha256: 'e0da7ad981f3a8aff08241b5bfc1af868742a63e2762f53a5171c492ef242649',
    bytes: 3_120_526,
    cpu: false,
  },
  {
    name: 'nvidia-cuda-crt',
    version: '13.0.88',
    sha256: '2c8043c7c9e02492716426e9919fc78d2c5b3b2a7a768a88e952676b08aa55a4',
    bytes: 134_086,
    cpu: false,
  },
  {
    name: 'nvidia-cuda-nvrtc',
    version: '13.0.88',
    sha256: 'ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575',
    bytes: 90_215_200,
    cpu: false,
  },
  {
    name: 'nvidia-cudnn-cu13',
    version: '9.24.0.43',
    sha256: '71f181cd810e90f9b6023b01186fe82d13d65f0ec098581ee201d39fad769e4b',
    bytes: 553_099_438,
    cpu: false,
  },
  {
    name: 'nvidia-cufft',
    version: '12.0.0.61',
    sha256: '6c44f692dce8fd5ffd3e3df134b6cdb9c2f72d99cf40b62c32dde45eea9ddad3',
    bytes: 214_085_489,
    cpu: false,
  },
  {
    name: 'nvidia-cufile',
    version: '1.15.1.6',
    sha256: '08a3ecefae5a01c7f5117351c64f17c7c62efa5fffdbe24fc7d298da19cd0b44',
    bytes: 1_223_672,
    cpu: false,
  },
  {
    name: 'nvidia-curand',
    version: '10.4.0.35',
    sha256: '1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc',
    bytes: 59_544_258,
    cpu: false,
  },
  {
    name: 'nvidia-cusolver',
    version: '12.0.4.66',
    sha256: '0a759da5dea5c0ea10fd307de75cdeb59e7ea4fcb8add0924859b944babf1112',
    bytes: 200_941_980,
    cpu: false,
  },
  {
    name: 'nvidia-cusparse',
    version: '12.6.3.3',
    sha256: '2b3c89c88d01ee0e477cb7f82ef60a11a4bcd57b6b87c33f789350b59759360b',
    bytes: 145_942_937,
    cpu: false,
  },
  {
    name: 'nvidia-cusparselt-cu13',
    version: '0.8.1',
    sha256: '786ce87568c303fadb5afcc7102d454cd3040d75f6f8626f5db460d1871f4dd0',
    bytes: 170_148_586,
    cpu: false,
  },
  {
    name: 'nvidia-nccl-cu13',
    version: '2.30.7',
    sha256: 'cefa7fdb9710efd0f39c5f1be1d61ff6fc9a996c451265bd7fbdcf9455ed4b50',
    bytes: 215_965_170,
    cpu: false,
  },
  {
    name: 'nvidia-nvjitlink',
    version: '13.4.92',
    sha256: 'e0391f24ed94ec879b84e3da4d4ec320c879aff681f2c7a638462f7199284323',
    bytes: 42_452_378,
    cpu: false,
  },
  {
    name: 'nvidia-nvshmem-cu13',
    version: '3.4.5',
    sha256: '290f0a2ee94c9f3687a02502f3b9299a9f9fe826e6d0287ee18482e78d495b80',
    bytes: 60_412_546,
    cpu: false,
  },
];

export function wheelsOf(variant: Variant): readonly Wheel[] {
  return variant === 'cpu' ? WHEELS.filter((wheel) => wheel.cpu) : WHEELS;
}

/** PyTorch publishes no checksums of these archives, so none is pinned. */
export function archiveUrl(variant: Variant): string {
  return `https://download.pytorch.org/libtorch/${variant}/libtorch-shared-with-deps-${LIBTORCH_VERSION}%2B${variant}.zip`;
}

/** Free disk space an installation needs while it is unpacked, in bytes. */
export const DISK_NEEDED: Readonly<Record<Variant, number>> = { cpu: 1.5e9, cu130: 9e9 };
