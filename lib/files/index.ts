export { writeAll } from './descriptor.js';
export { makeFolder } from './folder.js';
export { parseJson, readJson, readJsonSync } from './json.js';
export { exists, lookAt, openingRemedy, type Sight, whyUnreadable } from './look.js';
export { isStandardOutput, type Target, targetOf } from './target.js';
export { diskClock, removeTemporaries, temporaryPath } from './temporary.js';
export { fileSubject, outputFailed, type Subject, thisUser } from './trouble.js';
export { writeFileAtomic } from './write.js';
