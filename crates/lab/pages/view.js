// Draws what the site keeps and how the last ceremony was judged.

const KINDS = {
  "device-bound": ["Device-bound", "Lives in this one place. Lose the place, lose the passkey."],
  "not-backed-up": ["Not backed up yet", "Can be copied, but no copy has been confirmed."],
  synced: ["Synced", "A confirmed copy exists elsewhere."],
  impossible: ["Impossible", "No authenticator may say this."],
};
const FLAGS = [
  ["up", "UP", "somebody there", "nobody there"],
  ["uv", "UV", "person verified", "not verified"],
  ["be", "BE", "may be copied", "never copied"],
  ["bs", "BS", "a copy exists", "no copy"],
  ["at", "AT", "with a new key", "no new key"],
  ["ed", "ED", "with extensions", "no extensions"],
];
const ALGORITHMS = { "-7": "ES256", "-8": "EdDSA", "-257": "RS256" };
const OUTCOMES = { pass: ["✓", "passed"], fail: ["✕", "failed"], skip: ["–", "not judged"], warn: ["!", "warning"] };

export function showCredentials(credentials, remove) {
  document.getElementById("empty").hidden = credentials.length > 0;
  document.getElementById("credentials").replaceChildren(...credentials.map((credential) => card(credential, remove)));
}

const SIGNALS = {
  signalUnknownCredential: () => "This site does not know the passkey that came.",
  signalAllAcceptedCredentials: ({ allAcceptedCredentialIds: ids }) =>
    ids.length === 0 ? "The account has no passkeys any more."
      : ids.length === 1 ? "The account has one passkey, and no other." : `The account has ${ids.length} passkeys, and no others.`,
  signalCurrentUserDetails: ({ name }) => `The account is called ${name}.`,
};

/** What was said, newest first. */
export function showSignals(told) {
  document.getElementById("told").hidden = told.length === 0;
  document.getElementById("signals").replaceChildren(...told.slice(0, 8).map(({ method, options, effect, at }) => {
    const item = make("li", {},
      make("span", {}, SIGNALS[method](options)),
      ...(effect ? [make("strong", {}, effect)] : []),
      make("code", {}, method),
      time(at));
    item.dataset.signal = method;
    return item;
  }));
}

export function showSteps(verdict) {
  const count = (outcome) => verdict.steps.filter((step) => step.outcome === outcome).length;
  document.getElementById("ceremony").hidden = false;
  document.getElementById("ceremony-summary").textContent =
    `${verdict.verified ? "Accepted" : "Refused"}: ${count("pass")} passed, ${count("fail")} failed, ` +
    `${count("warn")} warned, ${count("skip")} not judged. Sections of WebAuthn Level 3.`;
  document.getElementById("steps").replaceChildren(...verdict.steps.map(step));
}

function step({ id, section, title, outcome, detail }) {
  const [mark, word] = OUTCOMES[outcome];
  const details = make("details", { open: outcome === "fail" || outcome === "warn" },
    make("summary", {},
      make("span", { className: "mark", ariaHidden: "true" }, mark),
      make("span", { className: "section" }, section),
      make("span", { className: "title" }, title, make("span", { className: "spoken" }, `, ${word}`))),
    make("p", {}, detail));
  const item = make("li", { className: outcome }, details);
  item.dataset.step = id;
  return item;
}

function card(credential, remove) {
  const [name, sentence] = KINDS[credential.kind];
  const button = make("button", { type: "button", ariaLabel: `Remove the passkey of ${credential.userName} from this site` }, "Remove");
  button.addEventListener("click", () => remove(credential.id));
  const item = make("li", { className: `card credential ${credential.kind}` },
    make("div", { className: "head" },
      sign(credential.kind),
      make("div", {},
        make("h3", {}, credential.userName),
        make("p", {}, make("span", { className: "kind" }, name), " · ", counted(credential)),
        make("p", { className: "sentence" }, sentence)),
      button),
    ...(credential.cloneSuspected ? [make("p", { className: "clone" }, cloneAlarm(credential))] : []),
    make("ul", { className: "flags", ariaLabel: "Flags that were signed last" }, ...FLAGS.map(([key, ...words]) => flag(credential.flags[key], ...words))),
    counter(credential),
    facts([
      ["Created", time(credential.createdAt)],
      ["Last used", credential.lastUsedAt ? time(credential.lastUsedAt) : "not yet"],
      ["Algorithm", `${ALGORITHMS[credential.algorithm] ?? "unknown"} (${credential.algorithm})`],
      ["Transports", credential.transports.join(", ") || "not stated"],
      ["Model (AAGUID)", bytes(credential.aaguid)],
    ]),
    make("details", { className: "more" },
      make("summary", {}, "Details"),
      facts([
        ["Credential id", bytes(credential.id)],
        ["Public key (COSE)", bytes(credential.publicKey)],
        ["User handle", bytes(credential.userHandle)],
        ["Attestation", credential.attestation ? `${credential.attestation.format} (${credential.attestation.type})` : "not known"],
        ["Attachment", credential.attachment ?? "not stated"],
      ])));
  item.dataset.credential = credential.id;
  return item;
}

function flag(set, letters, yes, no) {
  return make("li", { className: set ? "set" : "" },
    make("b", {}, letters, make("span", {}, set ? "1" : "0")), set ? yes : no);
}

function counted({ signCount }) {
  return signCount === 0 ? "not counted" : `counter ${signCount}`;
}

function cloneAlarm({ history }) {
  const at = history.findLastIndex(({ counter }) => counter === "fail" || counter === "warn");
  const before = Math.max(...history.slice(0, at).map(({ signCount }) => signCount ?? 0));
  return `This key may have been cloned: the counter was ${before}, then ${history[at].signCount} came.`;
}

function counter({ history }) {
  const counts = history.filter((ceremony) => ceremony.signCount !== null);
  const label = make("p", { className: "label" }, "Signature counter");
  if (counts.every((ceremony) => ceremony.signCount === 0)) {
    const why = "Not counted: the key says 0 each time, as synced passkeys do, because copies cannot count together.";
    return make("div", { className: "counter" }, label, make("p", { className: "sentence" }, `${why} Ceremonies so far: ${counts.length}.`));
  }
  const shown = counts.slice(-40);
  const values = shown.map((ceremony) => ceremony.signCount).join(" → ");
  return make("div", { className: "counter" }, label,
    ...(shown.length > 1 ? [stepLine(shown)] : []),
    make("p", { className: "values" }, `${counts.length > shown.length ? "… " : ""}${values}`));
}

function stepLine(ceremonies) {
  const [width, height, edge] = [600, 72, 10];
  const counts = ceremonies.map(({ signCount }) => signCount);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  const x = (i) => edge + (counts.length > 1 ? (i * (width - 2 * edge)) / (counts.length - 1) : 0);
  const y = (count) => (high === low ? height / 2 : height - edge - ((count - low) * (height - 2 * edge)) / (high - low));
  const path = counts.map((count, i) => (i === 0 ? `M${x(0)} ${y(count)}` : `H${x(i)}V${y(count)}`)).join("");
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Counter from ${counts[0]} to ${counts.at(-1)}` },
    draw("line", { class: "base", x1: 0, x2: width, y1: height - 1, y2: height - 1 }),
    draw("path", { class: "line", d: path }));
  ceremonies.forEach(({ signCount, counter }, i) => {
    const alarm = counter === "fail" || counter === "warn";
    svg.append(draw("circle", { class: alarm ? "alarm" : "dot", cx: x(i), cy: y(signCount), r: alarm ? 6 : 4 }));
  });
  return svg;
}

function facts(pairs) {
  return make("dl", {}, ...pairs.flatMap(([term, value]) => [make("dt", {}, term), make("dd", {}, value)]));
}

function bytes(text) {
  return make("span", { className: "bytes" }, text);
}

function time(text) {
  return make("time", { dateTime: text, title: text }, new Date(text).toLocaleString());
}

function sign(kind) {
  return draw("svg", { class: "sign", "aria-hidden": "true" }, draw("use", { href: `/signs.svg#${kind}` }));
}

function make(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function draw(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
