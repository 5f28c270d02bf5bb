import OpenAI from "openai";

import { runTool } from "./tools.js";
import { definitions } from "./definitions.js";

const client = new OpenAI({ timeout: 20_000, maxRetries: 1 });
const MODEL = "gpt-5-mini-2025-08-07";
const STEPS = 6;

export async function reply(messages: OpenAI.ChatCompletionMessageParam[]): Promise<string> {
  for (let step = 0; step < STEPS; step += 1) {
    const answer = await client.chat.completions.create({ model: MODEL, messages, tools: definitions });
    const { message } = answer.choices[0];
    if (!message.tool_calls?.length) return message.content ?? "";
    messages.push(message);
    for (const call of message.tool_calls) {
      if (call.type !== "function") continue;
      const content = await runTool(call.function.name, JSON.parse(call.function.arguments));
      messages.push({ role: "tool", tool_call_id: call.id, content });
    }
  }
  return "A colleague from the front desk will call you.";
}
