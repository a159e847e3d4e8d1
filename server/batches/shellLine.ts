/** Arguments as a person would type them into a POSIX shell. */
export function shellLine(args: readonly string[]): string {
  return args.map(quote).join(' ');
}

function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
