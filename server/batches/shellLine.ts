/** Settings whose values Spark itself redacts (spark.redaction.regex), and their like. */
const secret = /secret|password|passphrase|token|access[._-]?key|credential/i;

/** Arguments as a person would type them into a POSIX shell. Values of settings that look secret are left out. */
export function shellLine(args: readonly string[]): string {
  return args.map(hideSecret).map(quote).join(' ');
}

function hideSecret(argument: string): string {
  const [, name] = /^(spark\.[^=]+)=/.exec(argument) ?? [];
  return name && secret.test(name) ? `${name}=…` : argument;
}

function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
