/** The last lines of a text. A last line without a line end counts as one. */
export function lastLines(text: string, count: number): string {
  if (count <= 0) return '';
  let start = text.endsWith('\n') ? text.length - 1 : text.length;
  for (let found = 0; found < count; found++) {
    start = start > 0 ? text.lastIndexOf('\n', start - 1) : -1;
    if (start < 0) return text;
  }
  return text.slice(start + 1);
}
