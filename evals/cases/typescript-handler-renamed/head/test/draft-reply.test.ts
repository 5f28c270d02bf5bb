import { expect, test } from "vitest";

import { draftReply } from "../src/draft-reply.js";

test("the draft is what the model wrote", async () => {
  expect(await draftReply("When is paper collected?", async () => "On Tuesday.")).toBe("On Tuesday.");
});

test("there is no draft if the answer is not complete", async () => {
  expect(await draftReply("When is paper collected?", async () => null)).toBe("");
});
