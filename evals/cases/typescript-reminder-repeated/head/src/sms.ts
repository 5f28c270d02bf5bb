/** The clinic's SMS gateway. It answers once the carrier has taken the message. */
export async function sendSms(number: string, text: string): Promise<void> {
  const reply = await fetch(`${process.env.SMS_URL}/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ number, text }),
    signal: AbortSignal.timeout(3_000),
  });
  if (!reply.ok) throw new Error(`SMS gateway: ${reply.status}`);
}
