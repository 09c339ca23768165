/* Forms that a passkey answers: what to sign comes from the server. */

const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

const bytes = (base64url) => Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function answered(form) {
  const { publicKey, problem } = await (await fetch(form.dataset.passkey, { method: "POST", body: new FormData(form) })).json();
  if (problem) return problem;
  publicKey.challenge = bytes(publicKey.challenge);
  if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
  for (const one of publicKey.excludeCredentials ?? []) one.id = bytes(one.id);
  const key = await navigator.credentials[publicKey.user ? "create" : "get"]({ publicKey });
  const parts = PARTS.filter((name) => key.response[name]).map((name) => [name, text(key.response[name])]);
  form.answer.value = JSON.stringify({ id: key.id, rawId: key.id, type: key.type, response: Object.fromEntries(parts) });
  if (form.pin) form.pin.value = "";
  const store = document.querySelector("select[name=store]");
  if (store && form.store) form.store.value = store.value;
  form.submit();
  return "";
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const isAtHome = location.origin === form.dataset.origin;
  const works = isAtHome && "PublicKeyCredential" in window; // in secure contexts it is
  form.hidden = !works;
  document.querySelector(isAtHome ? ".no-passkeys" : ".other-place").hidden = works;
  const problem = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.submitter.disabled = true;
    problem.textContent = await answered(form).catch(({ name }) => problem.dataset[name] ?? problem.dataset.other);
    event.submitter.disabled = !problem.textContent;
  });
}
