/** What a curl command asks for. */
export interface CurlRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string;
}

/** Reads a curl command as a shell would, of the options that the documents use. @throws for any other */
export function readCurl(command: string): CurlRequest {
  const [program, ...words] = shellWords(command);
  if (program !== 'curl') throw new Error(`not a curl command: ${command}`);
  const headers: Record<string, string> = {};
  let method: string | undefined;
  let body: string | undefined;
  let url: string | undefined;
  while (words.length > 0) {
    const word = words.shift() ?? '';
    if (word === '--location') continue;
    if (word === '-X' || word === '--request') method = words.shift();
    else if (word === '-H' || word === '--header') {
      const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(words.shift() ?? '') ?? [];
      headers[name.toLowerCase()] = value;
    } else if (word === '-d' || word === '--data') body = words.shift();
    else if (word.startsWith('-') || url !== undefined) throw new Error(`curl's ${word} is not known here`);
    else url = word;
  }
  return {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    url: new URL(url ?? ''),
    headers,
    ...(body !== undefined && { body }),
  };
}

function shellWords(command: string): string[] {
  const joined = command.replaceAll('\\\n', ' ');
  return [...joined.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}
