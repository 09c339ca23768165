/* Calls staff without leaving the page, and says so in words when the network does not carry it. Without this script the form does the same. */

const form = document.getElementById("call");
const problem = document.getElementById("problem");

async function call(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  problem.hidden = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok) throw new Error(String(answer.status));
    document.getElementById("help").replaceWith(document.adoptNode(page.getElementById("help")));
  } catch {
    problem.textContent = problem.dataset.network;
    problem.hidden = false;
    button.disabled = false;
  }
}

form?.addEventListener("submit", call);
