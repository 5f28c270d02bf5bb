import { findSlots } from "./calendar.js";
import { sendSms } from "./sms.js";

type Tool = (args: Record<string, string>) => Promise<string>;

const TOOLS: Record<string, Tool> = {
  find_slots: async ({ day }) => JSON.stringify(await findSlots(day)),
  send_reminder: async ({ number, text }) => {
    await sendSms(number, text);
    return "sent";
  },
};

const ATTEMPTS = 3;
const PAUSE_MS = 500;

/** Runs a tool that the model asked for, and returns what the model is told. */
export async function runTool(name: string, args: Record<string, string>): Promise<string> {
  const tool = TOOLS[name];
  if (!tool) return `There is no tool called ${name}.`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tool(args);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    }
  }
}
