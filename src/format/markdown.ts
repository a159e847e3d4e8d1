import { visibleText } from '../../server/protocol/visibleText.ts';

/** Text as it stands, whatever signs are in it. */
export function escapeMarkdown(text: string): string {
  return visibleText(text)
    .replaceAll(/[\\`*_{}[\]()#+\-.!|<>~$]/g, String.raw`\$&`)
    .replaceAll('\n', '  \n');
}

/** Text as code, on its own lines; longer fences when the text has fences in it. */
export function codeBlock(text: string): string {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}\n${visibleText(text)}\n${fence}`;
}
