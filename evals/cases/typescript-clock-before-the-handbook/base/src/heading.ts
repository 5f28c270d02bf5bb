/** The heading above the handbook: whose rules these are. */
export function heading(site: string): string {
  return `You answer questions of staff at ${site} about their shifts.`;
}
