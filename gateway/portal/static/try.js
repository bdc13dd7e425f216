// Kaizha: sends a form of the pages by fetch and shows what came back beside it. Without this script the form is followed.
// The address is put together as gateway/portal/try_it.py (address_of) does it; a test holds the two to each other.
"use strict";

const OWN = "try.";
const SHOWN = 60000; // characters of a body that are shown
const CONDITIONS = 3;

function encoded(text) {
  // as Python's quote_plus writes it: a form's space is a plus
  const percent = (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase();
  return encodeURIComponent(text).replace(/[!'()*]/g, percent).replace(/%20/g, "+");
}

function segment(text, slashes) {
  const written = encoded(text).replace(/\+/g, "%20");
  return slashes ? written.replace(/%2F/g, "/") : written;
}

function addressOf(form) {
  const own = new Map();
  const asked = new Map();
  for (const [name, value] of new FormData(form)) (name.startsWith(OWN) ? own : asked).set(name, value);
  let path = own.get(OWN + "to").replace(/{(\w+)}/g, (_, name) => {
    const value = asked.get(name) || "";
    asked.delete(name);
    return value ? segment(value, name === "place") : `{${name}}`;
  });
  if (own.get(OWN + "form")) path += "." + own.get(OWN + "form");
  const parameters = [...asked].filter(([, value]) => value);
  for (let n = 1; n <= CONDITIONS; n++) {
    const [column, operator, value] = ["column", "operator", "value"].map((part) => own.get(`${OWN}${part}.${n}`));
    if (column && value) parameters.push([column + operator, value]);
  }
  const query = parameters.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join("&");
  return new URL(query ? `${path}?${query}` : path, location.origin).href;
}

const quoted = (text) => "'" + text.replace(/'/g, "'\\''") + "'";

const WRITTEN = {
  url: (url) => url,
  curl: (url, key) => (key ? `curl -H ${quoted("Authorization: Bearer " + key)} ${quoted(url)}` : `curl ${quoted(url)}`),
  python: (url, key) => {
    const headers = key ? `, headers={"Authorization": ${JSON.stringify("Bearer " + key)}}` : "";
    return `import httpx\n\nanswer = httpx.get(${JSON.stringify(url)}${headers})\nanswer.raise_for_status()\nprint(answer.text)`;
  },
  javascript: (url, key) => {
    const headers = key ? `, { headers: { Authorization: ${JSON.stringify("Bearer " + key)} } }` : "";
    return `const answer = await fetch(${JSON.stringify(url)}${headers});\nconsole.log(answer.status, await answer.text());`;
  },
};

function readable(type, text) {
  if (!/json/.test(type) || /ndjson/.test(type)) return text;
  try {
    // Only the layout may change: a number beyond a double would not survive being read and written.
    return /\d{16}/.test(text) ? text : JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function row(name, value) {
  const line = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.append(name);
  const cell = document.createElement("td");
  cell.append(value);
  line.append(head, cell);
  return line;
}

function enhance(form) {
  const part = document.getElementById("try-answer").content.cloneNode(true).firstElementChild;
  const find = (selector) => part.querySelector(selector);
  const key = find(".try-key input");
  key.id = `${form.id}-key`;
  find(".try-key label").htmlFor = key.id;
  form.querySelector(".try-send").before(find(".try-key"));
  form.after(part);
  const said = find(".try-said");
  const show = () => (find(".try-url code").textContent = "GET " + addressOf(form));
  form.addEventListener("input", show);
  show();

  for (const button of part.querySelectorAll("[data-copy]"))
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(WRITTEN[button.dataset.copy](addressOf(form), key.value.trim()));
        said.textContent = said.dataset.copied;
      } catch {
        said.textContent = said.dataset.uncopied;
      }
    });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = said.dataset.sending;
    const begun = performance.now();
    let answer, bytes;
    try {
      const headers = key.value.trim() ? { Authorization: "Bearer " + key.value.trim() } : {};
      answer = await fetch(addressOf(form), { headers, cache: "no-store", credentials: "omit" });
      bytes = await answer.arrayBuffer();
    } catch {
      said.textContent = said.dataset.failed;
      return;
    }
    const took = said.dataset.took.replace("…", Math.round(performance.now() - begun)).replace("#", bytes.byteLength.toLocaleString());
    said.textContent = `${answer.status} ${answer.statusText} · ${took}`.replace("  ", " ");
    find(".try-answered").hidden = false;
    find(".try-answered").classList.toggle("refused", !answer.ok);
    find(".try-headers tbody").replaceChildren(...[...answer.headers].map(([name, value]) => row(name, value)));
    const type = answer.headers.get("content-type") || "";
    const isText = /^text\/|json|xml|yaml|toml/.test(type);
    const text = isText ? readable(type, new TextDecoder().decode(bytes)) : said.dataset.binary;
    find(".try-body code").textContent = text.length > SHOWN ? text.slice(0, SHOWN) + "\n" + said.dataset.cut : text;
  });
}

for (const form of document.querySelectorAll("form.try")) enhance(form);
