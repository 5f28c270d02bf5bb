export const PROMPT = `Sort a parent's message about the school bus.
Reply with one word: "urgent" (a child's safety), "today" (today's rides) or "later".`;
