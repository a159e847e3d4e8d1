/** Too many open files (of the process, of the machine), too many processes, too little memory. */
const codes: readonly unknown[] = ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'];

/** Whether an error says that the machine can't give at this moment what it can give later. */
export function isExhausted(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && codes.includes(error.code)) || isExhausted(error.cause);
}
