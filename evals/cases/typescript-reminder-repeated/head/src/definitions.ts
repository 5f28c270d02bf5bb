import type OpenAI from "openai";

export const definitions: OpenAI.ChatCompletionTool[] = [
  {
    type: "function",
    function: {
      name: "find_slots",
      description: "Free slots of a day.",
      parameters: { type: "object", properties: { day: { type: "string" } }, required: ["day"] },
    },
  },
  {
    type: "function",
    function: {
      name: "send_reminder",
      description: "Send a patient a reminder of their appointment by SMS.",
      parameters: {
        type: "object",
        properties: { number: { type: "string" }, text: { type: "string" } },
        required: ["number", "text"],
      },
    },
  },
];
