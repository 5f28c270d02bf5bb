import { useState } from "react";

interface Props {
  draft: string;
  onKeep: (text: string) => Promise<void>;
  onDiscard: () => void;
}

/** The draft that the model wrote. It is kept for the office; the office sends it from its own mailbox. */
export function Draft({ draft, onKeep, onDiscard }: Props) {
  const [text, setText] = useState(draft);
  return (
    <section>
      <h2>Letter</h2>
      <p>AI generated content. Review before usage.</p>
      <textarea value={text} rows={14} onChange={(event) => setText(event.target.value)} />
      <button onClick={() => void onKeep(text)}>OK</button>
      <button onClick={onDiscard}>Cancel</button>
    </section>
  );
}
