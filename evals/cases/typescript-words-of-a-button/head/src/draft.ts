import OpenAI from "openai";

const client = new OpenAI({ timeout: 20_000, maxRetries: 1 });

/** A draft for the office, or an empty one: it then writes the letter without. */
export async function draftLetter(notes: string): Promise<string> {
  const reply = await client.responses.create({
    model: "gpt-5-mini-2025-08-07",
    instructions: "Write a letter to a member of the choir from these notes.",
    input: notes.slice(0, 4_000),
    max_output_tokens: 900,
    store: false,
  });
  return reply.status === "completed" ? reply.output_text : "";
}
