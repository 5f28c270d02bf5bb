import { query } from "@anthropic-ai/claude-agent-sdk";

import { letters } from "./letters.js";

const RULES = "You answer members of the cooperative and write to them where they ask for it.";

/** The answer to a member's message. */
export async function answer(member: string, message: string): Promise<string> {
  let text = "A colleague will call you.";
  for await (const event of query({
    prompt: message,
    options: {
      systemPrompt: RULES,
      settingSources: [],
      mcpServers: { letters: letters(member) },
      allowedTools: ["mcp__letters__send"],
      disallowedTools: ["Bash", "Write", "Edit", "WebFetch"],
      maxTurns: 8,
    },
  })) {
    if (event.type === "result" && event.subtype === "success") text = event.result;
  }
  return text;
}
