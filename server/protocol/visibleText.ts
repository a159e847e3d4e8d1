/**
 * Text that came from elsewhere (names, reasons, arguments, file names), for a person to read: what a terminal or an editor would obey
 * instead of showing becomes visible as an escape, such as \x1b. Line breaks and tabs stay.
 *
 * These are the control characters (C0, DEL, C1), line and paragraph separators, and the marks that turn the direction of
 * writing (https://trojansource.codes).
 */
export function visibleText(text: string): string {
  return text.replaceAll(commanding, escaped);
}

/** The same in one line, as a cell of a table is. */
export function visibleLine(text: string): string {
  return visibleText(text)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\t', String.raw`\t`);
}

/** JSON that is safe to print: all of these may only stand in its strings, where their escapes mean the same. */
export function visibleJson(json: string): string {
  return json.replaceAll(commanding, sign => String.raw`\u` + hex(sign, 4));
}

const commanding =
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

function escaped(sign: string): string {
  if (sign === '\r') return String.raw`\r`;
  return sign <= '\u00FF' ? String.raw`\x` + hex(sign, 2) : String.raw`\u` + hex(sign, 4);
}

const hex = (sign: string, length: number): string => sign.charCodeAt(0).toString(16).padStart(length, '0');
