import type { Tool, ToolResultBlock, ToolUseBlock } from "@aws-sdk/client-bedrock-runtime";

import { book, cancel } from "./bookings.js";

const inputSchema = { json: { type: "object", properties: { room: { type: "string" }, hour: { type: "string" } } } };

export const tools: Tool[] = [
  { toolSpec: { name: "book", description: "Book a rehearsal room for an hour.", inputSchema } },
  { toolSpec: { name: "cancel", description: "Cancel a booking. The hour goes to the waiting list.", inputSchema } },
];

export async function runTool(member: string, use: ToolUseBlock): Promise<ToolResultBlock> {
  const { room, hour } = use.input as { room: string; hour: string };
  const text = use.name === "book" ? await book(member, room, hour) : await cancel(member, room, hour);
  return { toolUseId: use.toolUseId, content: [{ text }] };
}
