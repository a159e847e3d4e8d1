import { setSparkLog } from '../settings/settings.ts';
import type { Command } from './services.ts';

export const showSparkLog: Command = {
  id: 'sparkdeck.showSparkLog',
  run: () => setSparkLog('all'),
};

export const hideSparkLog: Command = {
  id: 'sparkdeck.hideSparkLog',
  run: () => setSparkLog('warnings'),
};
