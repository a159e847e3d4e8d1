import { redactedMark } from '../protocol/redactedMark.ts';
import { secretWords } from './secretNames.ts';

/** A text to show, and what was taken out of it: one entry for each mark, in order. */
export interface Redacted {
  text: string;
  hidden: readonly string[];
}

/**
 * Takes secrets out of a text of any kind: passwords in URLs, values that follow a secret name ("password=x",
 * "--password x", "-Dmy.password=x", '"password": "x"'), and authorization headers. Every repetition is bounded, so the time is
 * linear in the text's length.
 */
export function redactText(text: string): Redacted {
  // Most texts have none of these signs, which are found much faster than the patterns.
  if (!/[=:@]|-[\w-]|bearer/i.test(text)) return { text, hidden: [] };
  const hidden: string[] = [];
  const shown = text.replaceAll(secretPlaces, (match: string, ...rest: unknown[]) => {
    const groups = rest.slice(0, groupCount).map(group => (typeof group === 'string' ? group : undefined));
    const at = groups.findIndex(group => group !== undefined);
    const [before = '', secret = ''] = groups.slice(at, at + 2);
    const quote = /^\\{0,3}["']/.exec(secret)?.[0] ?? '';
    const isQuoted = quote !== '' && secret.length >= 2 * quote.length && secret.endsWith(quote);
    const value = isQuoted ? secret.slice(quote.length, -quote.length) : secret;
    // It was redacted before. Where a value may not hold a bracket, the mark's last one is missing.
    if (value === '' || value.startsWith(redactedMark.slice(0, -1))) return match;
    hidden.push(value);
    return isQuoted ? `${before}${quote}${redactedMark}${quote}` : `${before}${redactedMark}`;
  });
  return { text: shown, hidden };
}

const name = String.raw`(?:${secretWords}|\bpwd|\bpass|\bsig)[\w.-]{0,64}`;
const openQuote = String.raw`\\{0,3}["']`;
const inQuotes = String.raw`\\"(?:[^"\\]|\\(?!")){0,4096}\\"|"(?:[^"\\]|\\.){0,4096}"|'(?:[^'\\]|\\.){0,4096}'`;

/** Each with two groups: what stands before the secret, and the secret. */
const places = [
  // scheme://user:password@host. A port and a path are no password.
  String.raw`(:\/\/[^\s\/?#:@]{0,256}:)([^\s\/?#]{1,4096}(?=@)|(?!\/\/|\d{1,5}[\/?#])[^\s@"']{1,256}(?=@))`,
  String.raw`(jdbc:oracle:\w{1,8}:[^\s\/@:]{0,128}\/)([^\s@]{1,256}(?=@))`,
  String.raw`(authorization["']?[ \t]{0,8}[:=][ \t]{0,8}["']?(?:bearer|basic)[ \t]{1,8})([^\s"',;]{1,8192})`,
  String.raw`(\bbearer[ \t]{1,8})([\w.~+\/=-]{16,8192})`,
  // A Java property goes on to the next blank, whatever is in it.
  String.raw`(-D(?=[\w.-]{0,100}(?:${secretWords}))[\w.-]{1,256}=)(${inQuotes}|\S{1,8192})`,
  // password=x, also in a URL's query or a JDBC URL; a comparison is none.
  String.raw`(${name}["']?[ \t]{0,4}=(?!=)[ \t]{0,4})(${inQuotes}|[^\s&;"')}\]]{1,8192})`,
  // As JSON or Python have it.
  String.raw`(${openQuote}[\w.-]{0,64}${name}${openQuote}[ \t]{0,4}:[ \t]{0,4})(${inQuotes}|[^\s,}\]"']{1,8192})`,
  String.raw`(--(?=[\w.-]{0,64}(?:${secretWords}|pass\b|pwd\b))[\w.-]{1,128}[ \t]{1,4})(?!-)(${inQuotes}|\S{1,8192})`,
];
const groupCount = 2 * places.length;
const secretPlaces = new RegExp(places.join('|'), 'gi');
