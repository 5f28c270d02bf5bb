export const PROMPT = `Sort a parent's message about the school bus.
Reply with one word:
- "urgent" if a child is or may be alone, lost, hurt or on the wrong bus
- "today" if it changes who rides this morning or this afternoon
- "later" for everything else, such as passes, fees and thanks
If a message fits two words, take the one that stands first.`;
