import Anthropic from "@anthropic-ai/sdk";
import type { Request, Response } from "express";

import { rules } from "./rules.js";

const client = new Anthropic({ timeout: 30_000, maxRetries: 1 });
const MODEL = "claude-haiku-4-5-20251001";

/** Streams the answer to a resident's question as plain text. */
export async function answer(req: Request, res: Response): Promise<void> {
  const stream = client.messages.stream({
    model: MODEL,
    max_tokens: 1_500,
    system: rules,
    messages: [{ role: "user", content: String(req.body.question) }],
  });
  res.type("text/plain");
  try {
    for await (const event of stream) {
      if (event.type === "content_block_delta" && event.delta.type === "text_delta") {
        res.write(event.delta.text);
      }
    }
  } catch {
    // The browser shows what has arrived so far.
  } finally {
    res.end();
  }
}
