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
      <h2>Draft of the letter</h2>
      <p>AI wrote this draft. Read it and correct it before you use it. Nothing is sent from here.</p>
      <textarea value={text} rows={14} onChange={(event) => setText(event.target.value)} />
      <button onClick={() => void onKeep(text)}>Keep the draft</button>
      <button onClick={onDiscard}>Throw it away</button>
    </section>
  );
}
