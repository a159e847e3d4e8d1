import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

const statusOf: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const messages: Readonly<Record<number, string>> = {
  400: "The request can't be read as HTTP/1.1.",
  408: 'The request took too long to arrive. Send it again.',
  413: 'The request has too much beside its content. Send it with less.',
  431: 'The address and the headers are larger than 16 KiB together. Send long values in the body.',
};

/**
 * Answers what can't be read as a request, and closes the connection. Which dialect it was for isn't known then, so the
 * body has the fields of all of them.
 */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = statusOf[error.code ?? ''] ?? 400;
  const message = messages[status] ?? '';
  const body = JSON.stringify({
    code: 'request.invalid',
    error: 'request.invalid',
    message,
    msg: message,
    detail: message,
  });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
