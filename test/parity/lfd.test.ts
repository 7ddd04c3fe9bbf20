import { describeParity } from '../support/parity.js';

describeParity('lfd');
