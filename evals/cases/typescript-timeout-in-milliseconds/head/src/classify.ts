import OpenAI from "openai";

import { settings } from "./settings.js";

const client = new OpenAI({ maxRetries: 1 });
const MODEL = "gpt-5-mini-2025-08-07";

/** The customs number that fits a description of goods, or null: a clerk then looks it up. */
export async function classify(goods: string): Promise<string | null> {
  const reply = await client.responses.create(
    {
      model: MODEL,
      instructions: `Reply with the eight digits of the customs tariff of ${settings.tariffYear}, and nothing else.`,
      input: goods.slice(0, 4_000),
      max_output_tokens: 200,
      store: false,
    },
    // Operations set it in the environment.
    { timeout: settings.modelTimeout * 1_000 },
  );
  if (reply.status !== "completed") return null;
  const number = reply.output_text.trim();
  return /^\d{8}$/.test(number) ? number : null;
}
