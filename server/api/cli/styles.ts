import { visibleText } from '../../protocol/visibleText.ts';

/**
 * Styles within a text that is being made. They are marked by noncharacters of Unicode, which are for a program's own use, until
 * the text is printed: so an escape sequence that came from elsewhere, in a name or a reason, can be told from ours.
 */
const begin = '\uFDD0';
const end = '\uFDD1';

/** @param sample a line break with the style's sequences around it, as the stream wants them; alone where it wants none */
export function markStyle(sample: string, text: string): string {
  const [on = '', off = ''] = sample.split('\n');
  return mark(on) + text + mark(off);
}

/** The text for a terminal, a pipe or a file: our styles as escape sequences, everything else that a terminal would obey visible. */
export function toTerminal(text: string): string {
  return visibleText(text).replaceAll(marked, '\u001B[$1m');
}

export function withoutStyles(text: string): string {
  return text.replaceAll(marked, '');
}

const marked = new RegExp(`${begin}(\\d{1,2})${end}`, 'g');

function mark(sequence: string): string {
  const [, code] = /^.\[(\d{1,2})m$/s.exec(sequence) ?? [];
  return code === undefined ? '' : begin + code + end;
}
