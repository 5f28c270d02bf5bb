import { ApplyGuardrailCommand, BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient({ region: "eu-central-1", maxAttempts: 2 });

/** Whether the guardrail (version 7: abuse, orders to the assistant, other people's bookings) stops a message. */
export async function isBlocked(message: string): Promise<boolean> {
  const judged = await client.send(
    new ApplyGuardrailCommand({
      guardrailIdentifier: process.env.GUARDRAIL_ID,
      guardrailVersion: "7",
      source: "INPUT",
      content: [{ text: { text: message } }],
    }),
    { requestTimeout: 3_000 },
  );
  return judged.action === "GUARDRAIL_INTERVENED";
}
