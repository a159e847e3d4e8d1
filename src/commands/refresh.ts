import type { Command } from './services.ts';

export const refresh: Command = {
  id: 'sparkdeck.refresh',
  run: ({ deck }) => deck.refresh(),
};
