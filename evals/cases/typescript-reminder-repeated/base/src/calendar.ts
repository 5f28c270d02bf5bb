export interface Slot {
  doctor: string;
  start: string;
}

/** Free slots of a day, earliest first. */
export async function findSlots(day: string): Promise<Slot[]> {
  const reply = await fetch(`${process.env.CALENDAR_URL}/free?day=${encodeURIComponent(day)}`, {
    signal: AbortSignal.timeout(3_000),
  });
  if (!reply.ok) throw new Error(`calendar: ${reply.status}`);
  return (await reply.json()) as Slot[];
}
