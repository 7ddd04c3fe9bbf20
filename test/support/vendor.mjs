import { cpus } from 'node:os';

export const vendor = cpus()[0]?.model.startsWith('AMD') ? 'amd' : 'intel';
