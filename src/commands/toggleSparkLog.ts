import { setShowSparkLog } from '../settings/settings.ts';
import type { Command } from './services.ts';

export const showSparkLog: Command = {
  id: 'sparkdeck.showSparkLog',
  run: () => setShowSparkLog(true),
};

export const hideSparkLog: Command = {
  id: 'sparkdeck.hideSparkLog',
  run: () => setShowSparkLog(false),
};
