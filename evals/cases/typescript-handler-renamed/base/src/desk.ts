import { handle } from "./handle.js";

export interface Draft {
  question: string;
  draft: string;
}

/** What a clerk sees for a question: an empty draft if there is none. */
export async function prepare(question: string): Promise<Draft> {
  return { question, draft: await handle(question) };
}
