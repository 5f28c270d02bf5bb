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

/** Runs a tool that the model asked for, and returns what the model is told. */
export async function runTool(name: string, args: Record<string, string>): Promise<string> {
  const tool = TOOLS[name];
  if (!tool) return `There is no tool called ${name}.`;
  return tool(args);
}
