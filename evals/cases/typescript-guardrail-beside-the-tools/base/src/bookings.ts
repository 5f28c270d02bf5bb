const TAKEN = new Map<string, string>();

export async function book(member: string, room: string, hour: string): Promise<string> {
  const key = `${room} ${hour}`;
  if (TAKEN.has(key)) return "taken";
  TAKEN.set(key, member);
  return "booked";
}

export async function cancel(member: string, room: string, hour: string): Promise<string> {
  const key = `${room} ${hour}`;
  if (TAKEN.get(key) !== member) return "not your booking";
  TAKEN.delete(key);
  return "cancelled";
}
