import { complete, type Complete } from "./model.js";

const RULES = "Draft a reply to a resident about waste collection. A clerk edits it before it is sent.";

export async function draftReply(question: string, ask: Complete = complete): Promise<string> {
  return (await ask(RULES, question)) ?? "";
}
