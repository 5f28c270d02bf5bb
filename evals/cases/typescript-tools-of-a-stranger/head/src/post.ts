/** Hands a letter to the mail server. */
export async function post(member: string, text: string): Promise<void> {
  const reply = await fetch(`${process.env.POST_URL}/letters`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ member, text }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!reply.ok) throw new Error(`post: ${reply.status}`);
}
