/**
 * Whether a text of JSON holds more values than `most`, known before it is parsed: hundreds of thousands of them, or as
 * deep, would take the event loop for seconds until they are parsed and checked. What stands in strings doesn't count.
 */
export function holdsMoreValues(text: string, most: number): boolean {
  let found = 0;
  let isText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isText) {
      if (character === '\\') at++;
      else if (character === '"') isText = false;
    } else if (character === '"') isText = true;
    else if ((character === ',' || character === '[' || character === '{') && ++found > most) return true;
  }
  return false;
}
