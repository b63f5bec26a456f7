// The page's behaviour: two ceremonies, sign-out, removal. What is shown is drawn in view.js.

import { showCredentials, showSignals, showSteps } from "./view.js";

const element = (id) => document.getElementById(id);
const status = element("status");
let open = null;
let lastSignal = null;

element("register-form").addEventListener("submit", (event) => {
  event.preventDefault();
  register(element("name").value);
});
element("rename-form").addEventListener("submit", (event) => {
  event.preventDefault();
  rename(element("new-name").value);
});
element("sign-in").addEventListener("click", signIn);
element("sign-out").addEventListener("click", signOut);
element("cancel").addEventListener("click", () => open?.abort());

if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
  refresh().then(showSession, explain);
} else {
  say("error", "This browser cannot use passkeys here.", "Use a current Chromium, Firefox or Safari, and open the page at http://localhost.");
  for (const id of ["register", "sign-in"]) element(id).disabled = true;
}

async function register(userName) {
  await ceremony("Creating a passkey. Answer your key or your device.", async (signal) => {
    // Without attestation a browser hides which model the key is, and showing that is what the page is for.
    const begun = await call("POST", "/api/registration/options", { userName, attestation: "direct" });
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.options);
    const credential = await navigator.credentials.create({ publicKey, signal });
    const done = await call("POST", "/api/registration", { ceremony: begun.ceremony, credential: credential.toJSON() });
    return { done, said: `Signed in as ${done.userName}. The passkey was created.` };
  });
}

async function signIn() {
  await ceremony("Signing in. Answer your key or your device.", async (signal) => {
    const begun = await call("POST", "/api/authentication/options", {});
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options);
    const credential = await navigator.credentials.get({ publicKey, signal });
    const done = await call("POST", "/api/authentication", { ceremony: begun.ceremony, credential: credential.toJSON() });
    return { done, said: `Signed in as ${done.userName}` };
  });
}

async function signOut() {
  try {
    await call("DELETE", "/api/session");
    say("idle", "Signed out");
    showDoor(false);
    element("name").focus();
  } catch (problem) {
    explain(problem);
  }
}

async function remove(id) {
  try {
    await call("DELETE", `/api/credentials/${id}`);
    await refresh();
    await showSession();
    say("idle", "Removed. The passkey signs nobody in here any more.");
    const undo = Object.assign(document.createElement("button"), { type: "button", className: "undo", textContent: "Put it back" });
    undo.addEventListener("click", () => putBack(id));
    status.append(document.createElement("br"), undo);
  } catch (problem) {
    explain(problem);
  }
}

async function putBack(id) {
  try {
    await call("POST", `/api/credentials/${id}/put-back`);
    await refresh();
    await showSession();
  } catch (problem) {
    explain(problem);
  }
}

async function rename(userName) {
  try {
    await call("PUT", "/api/account", { userName, displayName: userName });
    element("new-name").value = "";
    await refresh();
    await showSession();
  } catch (problem) {
    explain(problem);
  }
}

async function ceremony(waiting, run) {
  open?.abort();
  open = new AbortController();
  const { signal } = open;
  busy(true);
  say("waiting", waiting);
  try {
    const { done, said } = await run(signal);
    showSteps(done.verdict);
    await refresh();
    say("signed-in", said);
    showDoor(true);
  } catch (problem) {
    if (problem.verdict) {
      showSteps(problem.verdict);
      await refresh().catch(() => {});
    }
    explain(problem);
  } finally {
    busy(false);
    open = null;
  }
}

async function refresh() {
  showCredentials(await call("GET", "/api/credentials"), remove);
  const told = await call("GET", "/api/signals");
  showSignals(told);
  await signal(told);
}

/** Says to the browser's own passkey managers what is new since the page was loaded; not every browser can. */
async function signal(told) {
  const fresh = told.filter(({ number }) => lastSignal !== null && number > lastSignal).reverse();
  lastSignal = told[0]?.number ?? 0;
  for (const { method, options } of fresh) await PublicKeyCredential[method]?.(options).catch(() => {});
}

function showDoor(signedIn) {
  element("sign-out").hidden = !signedIn;
  element("rename-form").hidden = !signedIn;
}

async function showSession() {
  const { userName } = await call("GET", "/api/session");
  showDoor(Boolean(userName));
  if (userName) say("signed-in", `Signed in as ${userName}`);
  else say("idle", "Not signed in");
}

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
  } catch {
    throw { message: "The lab does not answer.", hint: "Start it again with: latchkey lab serve" };
  }
  if (response.status === 204) return null;
  const answer = await response.json();
  if (!response.ok) throw answer;
  return answer;
}

const BROWSER_ERRORS = {
  AbortError: ["Cancelled.", "Nothing was changed."],
  NotAllowedError: ["The request was declined, or nobody answered within a minute.", "Begin again when your key is at hand."],
  InvalidStateError: ["This key already holds a passkey for this account.", "Sign in with it, or use another key."],
  NotSupportedError: ["The key can do none of the algorithms that this site takes.", "Use another key."],
  SecurityError: ["The browser does not let this address use passkeys.", "Open the page at http://localhost."],
  ConstraintError: ["The key cannot verify you, or cannot keep a passkey that needs no name.", "Set a PIN on the key, or use another one."],
};

function explain(problem) {
  const [message, hint] = BROWSER_ERRORS[problem.name] ?? [problem.message ?? String(problem), problem.hint];
  say("error", message, hint);
}

function say(state, message, hint) {
  status.dataset.state = state;
  status.replaceChildren(message);
  if (hint) {
    const small = document.createElement("small");
    small.textContent = hint;
    status.append(" ", small);
  }
}

function busy(is) {
  for (const id of ["register", "sign-in", "sign-out", "rename"]) element(id).disabled = is;
  element("cancel").hidden = !is;
}
