import { client, MODEL, textOf } from "./model.js";

/** The label in another language, for the translator to edit, or null. */
export async function translate(label: string, language: "de" | "fr"): Promise<string | null> {
  const reply = await client.responses.create({
    model: MODEL,
    instructions: `Translate into ${language}. Keep names of people and places.`,
    input: label,
    max_output_tokens: 800,
    store: false,
  });
  return textOf(reply);
}
