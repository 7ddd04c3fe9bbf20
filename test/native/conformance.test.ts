import { describeConformance } from '../support/conformance-properties.js';

describeConformance('cpu');
