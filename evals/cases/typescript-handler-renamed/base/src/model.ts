import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ timeout: 20_000, maxRetries: 1 });

export type Complete = (system: string, question: string) => Promise<string | null>;

/** The model's answer, or null if it is not complete. */
export const complete: Complete = async (system, question) => {
  const reply = await client.messages.create({
    model: "claude-haiku-4-5-20251001",
    max_tokens: 600,
    system,
    messages: [{ role: "user", content: question }],
  });
  if (reply.stop_reason !== "end_turn") return null;
  return reply.content.map((block) => (block.type === "text" ? block.text : "")).join("");
};
