import createClient from "openapi-fetch";

import type { paths } from "./generated/library.js";

const library = createClient<paths>({ baseUrl: process.env.LIBRARY_URL });

export interface Loan {
  title: string;
  due: string;
}

/** The loans of a reader, the one that is due first at the top. */
export async function loansOf(card: string): Promise<Loan[]> {
  const { data } = await library.GET("/readers/{card}/loans", {
    params: { path: { card } },
    signal: AbortSignal.timeout(3_000),
  });
  if (!data) throw new Error("the library system does not answer");
  return data.map(({ title, until }) => ({ title, due: until })).sort((a, b) => a.due.localeCompare(b.due));
}
