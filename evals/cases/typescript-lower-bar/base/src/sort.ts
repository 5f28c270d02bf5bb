import OpenAI from "openai";

import { PROMPT } from "./prompt.js";

const client = new OpenAI({ timeout: 8_000, maxRetries: 2 });
const MODEL = "gpt-5-nano-2025-08-07";
const TRAYS = ["urgent", "today", "later"];

/** The tray of a message. What cannot be sorted is urgent. */
export async function tray(message: string): Promise<string> {
  const reply = await client.responses.create({
    model: MODEL,
    instructions: PROMPT,
    input: message.slice(0, 3_000),
    max_output_tokens: 300,
    store: false,
  });
  const word = reply.status === "completed" ? reply.output_text.trim() : "";
  return TRAYS.includes(word) ? word : "urgent";
}
