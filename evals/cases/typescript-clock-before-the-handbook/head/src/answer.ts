import Anthropic from "@anthropic-ai/sdk";
import { readFileSync } from "node:fs";

import { heading } from "./heading.js";

const client = new Anthropic({ timeout: 20_000, maxRetries: 2 });
const MODEL = "claude-sonnet-4-5-20250929";
const HANDBOOK = readFileSync("data/handbook.md", "utf8");  // about 60,000 tokens

export async function answer(site: string, question: string): Promise<string> {
  const reply = await client.messages.create({
    model: MODEL,
    max_tokens: 800,
    system: [
      { type: "text", text: `${heading(site)}\n\n${HANDBOOK}`, cache_control: { type: "ephemeral" } },
    ],
    messages: [{ role: "user", content: question }],
  });
  if (reply.stop_reason !== "end_turn") return "Please ask your shift lead.";
  return reply.content.map((block) => (block.type === "text" ? block.text : "")).join("");
}
