import type { Socket } from 'node:net';
import { SocketMessageReader } from 'vscode-languageserver-protocol/node';

/**
 * Reads JSON-RPC messages from a socket. Without the reader's timer for messages that arrive in parts: it isn't cleared
 * when the connection ends in the middle of one, and keeps the process alive for ever.
 */
export function messageReader(socket: Socket): SocketMessageReader {
  const reader = new SocketMessageReader(socket);
  reader.partialMessageTimeout = 0;
  return reader;
}
