import { BedrockRuntimeClient, ConverseCommand, type Message } from "@aws-sdk/client-bedrock-runtime";

import { runTool, tools } from "./rooms.js";

const client = new BedrockRuntimeClient({ region: "eu-central-1", maxAttempts: 2 });
const STEPS = 5;

/** The agent's answer after at most five steps. */
export async function runAgent(member: string, message: string): Promise<string> {
  const messages: Message[] = [{ role: "user", content: [{ text: message }] }];
  for (let step = 0; step < STEPS; step += 1) {
    const { output } = await client.send(
      new ConverseCommand({ modelId: "eu.amazon.nova-lite-v1:0", messages, toolConfig: { tools } }),
      { requestTimeout: 20_000 },
    );
    const said = output?.message;
    const wanted = said?.content?.flatMap((part) => (part.toolUse ? [part.toolUse] : [])) ?? [];
    if (!said || !wanted.length) return said?.content?.map((part) => part.text ?? "").join("") ?? "";
    const results = await Promise.all(wanted.map((use) => runTool(member, use)));
    messages.push(said, { role: "user", content: results.map((toolResult) => ({ toolResult })) });
  }
  return "Please call the office.";
}
