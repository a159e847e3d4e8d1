import type { Command } from './services.ts';

export const doctor: Command = {
  id: 'sparkdeck.doctor',
  run: ({ doctor: page }) => page.show(),
};
