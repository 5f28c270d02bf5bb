import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { tray } from "../src/sort.js";

const LEAST_CORRECT = 0.8;
const cases = readFileSync("evals/messages.jsonl", "utf8").trim().split("\n").map((line) => JSON.parse(line));

test("enough messages are sorted as the office sorted them", async () => {
  const sorted = await Promise.all(cases.map(({ message }) => tray(message)));
  const correct = sorted.filter((word, i) => word === cases[i].tray).length;
  expect(correct / cases.length).toBeGreaterThanOrEqual(LEAST_CORRECT);
}, 300_000);
