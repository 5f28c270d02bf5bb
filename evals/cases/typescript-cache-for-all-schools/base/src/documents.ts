import { search } from "./store.js";

export interface Passage {
  title: string;
  text: string;
}

/** The five passages of a school's own documents that fit a question best. */
export async function passagesOf(school: string, question: string): Promise<Passage[]> {
  return search({ collection: `school-${school}`, query: question, limit: 5 });
}
