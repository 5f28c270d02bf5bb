/** Seconds of green that a tram gets at a crossing, from the delay of the tram in seconds. */
export function green(delay) {
  if (delay <= 30) return 12;
  return Math.min(12 + Math.ceil((delay - 30) / 10), 25);
}
