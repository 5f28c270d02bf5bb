import OpenAI from "openai";

import { passagesOf } from "./documents.js";

const client = new OpenAI({ timeout: 15_000, maxRetries: 1 });
const MODEL = "gpt-5-nano-2025-08-07";
const RULES = "Answer a pupil's question from the passages of their school. Say so when the passages hold no answer.";

export async function answer(school: string, question: string): Promise<string> {
  const passages = await passagesOf(school, question);
  const reply = await client.responses.create({
    model: MODEL,
    instructions: RULES,
    input: JSON.stringify({ passages, question }),
    max_output_tokens: 600,
    store: false,
  });
  return reply.output_text;
}
