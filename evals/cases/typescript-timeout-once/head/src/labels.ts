import { client, MODEL, textOf } from "./model.js";

const RULES = "Write a label of at most 60 words for an exhibit, from the curator's notes alone.";

/** A draft for the curator, or null. */
export async function label(notes: string): Promise<string | null> {
  const reply = await client.responses.create({
    model: MODEL,
    instructions: RULES,
    input: notes,
    max_output_tokens: 800,
    store: false,
  });
  return textOf(reply);
}
