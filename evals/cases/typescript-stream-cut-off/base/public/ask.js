const form = document.querySelector("form");
const answer = document.querySelector("#answer");
const problem = document.querySelector("#problem");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  answer.textContent = "";
  problem.hidden = true;
  try {
    const reply = await fetch("/answer", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question: form.question.value }),
    });
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) answer.textContent += part.value;
  } catch {
    problem.hidden = false;
  }
});
