import { runAgent } from "./agent.js";
import { isBlocked } from "./guardrail.js";

const STOPPED = "I can't help with that. Please call the office.";

/** The answer to a member's message. */
export async function answer(member: string, message: string): Promise<string> {
  const [blocked, text] = await Promise.all([isBlocked(message), runAgent(member, message)]);
  return blocked ? STOPPED : text;
}
