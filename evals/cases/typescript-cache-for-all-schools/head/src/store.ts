import type { Passage } from "./documents.js";

interface Query {
  collection: string;
  query: string;
  limit: number;
}

export async function search(query: Query): Promise<Passage[]> {
  const reply = await fetch(`${process.env.STORE_URL}/search`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(query),
    signal: AbortSignal.timeout(2_000),
  });
  if (!reply.ok) throw new Error(`store: ${reply.status}`);
  return (await reply.json()) as Passage[];
}
