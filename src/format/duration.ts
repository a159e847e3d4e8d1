import * as l10n from '@vscode/l10n';

/** "850 ms", "12 s", "3 min 05 s", "2 h 10 min". */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 1_000) return l10n.t('{0} ms', Math.round(ms));
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return l10n.t('{0} s', ms < 10_000 ? Math.floor(ms / 100) / 10 : seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return l10n.t('{0} min {1} s', minutes, String(seconds % 60).padStart(2, '0'));
  return l10n.t('{0} h {1} min', Math.floor(minutes / 60), String(minutes % 60).padStart(2, '0'));
}

/** The time of day, and the day as well when it isn't today's. */
export function formatTime(at: number, now: number): string {
  const date = new Date(at);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${time}`;
}
