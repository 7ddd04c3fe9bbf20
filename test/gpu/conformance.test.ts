import { describeConformance } from '../support/conformance-properties.js';
import { describeOnGpu, device } from './gpu.js';

describeOnGpu('what every engine does', () => describeConformance(device));
