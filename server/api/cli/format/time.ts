/** A length of time in milliseconds, as a person would say it: "0.4 s", "12 s", "3 min 05 s", "2 h 03 min". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** A moment, in milliseconds since 1970, as date and time of the machine's time zone. */
export function formatTime(milliseconds: number): string {
  const at = new Date(milliseconds);
  const date = [at.getFullYear(), pad(at.getMonth() + 1), pad(at.getDate())].join('-');
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(pad).join(':')}`;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
