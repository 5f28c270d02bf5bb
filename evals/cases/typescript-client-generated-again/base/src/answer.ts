import { GoogleGenAI } from "@google/genai";

import { loansOf } from "./loans.js";

const client = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY, httpOptions: { timeout: 15_000 } });
const RULES = "Answer a reader's question about their loans. Dates are due dates.";

export async function answer(card: string, question: string): Promise<string> {
  const loans = await loansOf(card);
  const reply = await client.models.generateContent({
    model: "gemini-2.5-flash",
    contents: JSON.stringify({ loans, question }),
    config: { systemInstruction: RULES, maxOutputTokens: 500 },
  });
  return reply.text ?? "Please ask at the desk.";
}
