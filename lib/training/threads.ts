import type { Session } from '../session/session.js';
import type { Environment } from './environment.js';

/** The environment as the session found it: the system may have had fewer threads to give than were asked for. */
export function environmentOf(session: Session, asked: Environment): Environment {
  return { ...asked, threads: session.threads };
}

/** What a person must know of a session that trains with fewer threads than it was asked to; null of any other. */
export function threadShortage(session: Session, { threads }: Environment): string | null {
  if (session.threads >= threads) return null;
  return (
    `Only ${session.threads} of ${threads} threads could be had: the limit on processes is reached (ulimit -u, or ` +
    `pids.max of the container). Training is slower, and its last bits are those of ${session.threads}. ` +
    'Raise the limit, or ask for fewer threads (threads, --threads).'
  );
}
