import OpenAI from "openai";

/** The one client of this service: 15 seconds for a call, and one retry. */
export const client = new OpenAI({ timeout: 15_000, maxRetries: 1 });

export const MODEL = "gpt-5-mini-2025-08-07";

/** The text of an answer, or null if it was cut off or refused. */
export function textOf(reply: OpenAI.Responses.Response): string | null {
  return reply.status === "completed" ? reply.output_text : null;
}
