import { runAgent } from "./agent.js";
import { isBlocked } from "./guardrail.js";

const STOPPED = "I can't help with that. Please call the office.";

/** The answer to a member's message. */
export async function answer(member: string, message: string): Promise<string> {
  if (await isBlocked(message)) return STOPPED;
  return runAgent(member, message);
}
