import { createHash } from "node:crypto";
import { createClient } from "redis";

const HOUR = 3_600;
const redis = await createClient({ url: process.env.REDIS_URL }).connect();

function keyOf(question: string): string {
  const words = question.trim().toLowerCase().replace(/\s+/g, " ");
  return `answer:${createHash("sha256").update(words).digest("hex")}`;
}

export async function cached(question: string): Promise<string | null> {
  return redis.get(keyOf(question));
}

export async function remember(question: string, answer: string): Promise<void> {
  await redis.set(keyOf(question), answer, { EX: HOUR });
}
