import { createSdkMcpServer, tool } from "@anthropic-ai/claude-agent-sdk";
import { z } from "zod";

import { post } from "./post.js";

/** The tool with which the agent writes to the member who asked, and to nobody else. */
export function letters(member: string) {
  return createSdkMcpServer({
    name: "letters",
    version: "1.0.0",
    tools: [
      tool("send", "Send a letter to the member", { text: z.string().max(4_000) }, async ({ text }) => {
        await post(member, text);
        return { content: [{ type: "text", text: "sent" }] };
      }),
    ],
  });
}
