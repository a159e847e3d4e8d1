import type { Command } from './services.ts';

export const reconnect: Command = {
  id: 'sparkdeck.reconnect',
  run: ({ backend }) => backend.reconnect(),
};
