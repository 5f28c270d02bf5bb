/** The heading above the handbook: whose rules these are, and what time it is there. */
export function heading(site: string, now: Date = new Date()): string {
  const time = now.toISOString().slice(0, 16);
  return `You answer questions of staff at ${site} about their shifts. It is ${time} UTC.`;
}
