/**
 * One message of server-sent events.
 * @typedef {{ event: string, id: string | undefined, data: any }} ServerEvent
 */

/** Milliseconds without a sign of life after which a connection counts as dead; the server gives one every 15 s. */
const patience = 40_000;

/**
 * Reads server-sent events from an answer, to its end. EventSource can't send a token.
 * @param {Response} answer
 * @param {(event: ServerEvent) => void} onEvent
 */
export async function readEvents(answer, onEvent) {
  if (!answer.body) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await orSilence(reader.read());
      if (done) return;
      rest += value;
      const messages = rest.split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) {
        const event = parse(message);
        if (event) onEvent(event);
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** @param {string} message @returns {ServerEvent | undefined} undefined for a comment, which is a sign of life alone */
function parse(message) {
  /** @type {Map<string, string>} */
  const fields = new Map();
  for (const line of message.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/s.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  const event = fields.get('event');
  return event === undefined
    ? undefined
    : { event, id: fields.get('id'), data: JSON.parse(fields.get('data') ?? 'null') };
}

/** @template T @param {Promise<T>} reading @returns {Promise<T>} */
async function orSilence(reading) {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), patience);
  try {
    return await new Promise((resolve, reject) => {
      silence.signal.addEventListener('abort', () => reject(new Error('The server is silent.')));
      reading.then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
  }
}
