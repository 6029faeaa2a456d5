import { choicesAt } from "./complete.js";
import { showDocs } from "./docs.js";

const at = (id) => document.getElementById(id);
const query = at("query"), variables = at("variables"), headers = at("headers"), choices = at("choices"), past = at("past");

const EXAMPLES = {
  "Flagged rings": ["{\n  rings(first: 10, where: {flagged: true}) {\n    totalCount\n    nodes {\n      ringId size score verdict topReasons\n      members(first: 5) { nodes { accountId status } }\n    }\n  }\n}\n", "{}"],
  "Pasted values": ["query Where($values: [String!]!) {\n  lookup(values: $values) {\n    value\n    matches {\n      identifier { kind accounts }\n      account { accountId ring { ringId verdict } }\n    }\n  }\n}\n", '{"values": ["198.51.100.7", "Foo+x@GMail.com"]}'],
  "Why two accounts are linked": ["query Why($a: String!, $b: String!) {\n  explain(a: $a, b: $b) {\n    linked reason bits posterior\n    lines { kind caption bits accounts }\n    silent { kind why }\n  }\n}\n", '{"a": "", "b": ""}'],
  "One ring to draw": ["query Draw($ring: String!) {\n  ring(ringId: $ring) {\n    evidenceSubgraph(limit: 100) {\n      complete\n      links { bits accountA { accountId } accountB { accountId } }\n      sightings { count account { accountId } identifier { id kind caption } }\n      stars { starId members identifiers { kind caption } }\n      spokes { starId bits account { accountId } }\n    }\n  }\n}\n", '{"ring": ""}'],
  "Hubs": ["{\n  hubs(first: 20) {\n    totalCount\n    nodes { kind accounts reason identifier { caption } }\n  }\n}\n", "{}"],
};
// Queries and variables hold pasted values: they are kept in this tab and gone with it; headers are not kept at all.
const KEPT = 50;
const history = () => JSON.parse(sessionStorage.getItem("history") || "[]");
const titled = (text) => (/(?:query|fragment)\s+(\w+)/.exec(text) || [0, text.replace(/\s+/g, " ").slice(0, 40)])[1];

const listPast = () => {
  const groups = [["Examples", Object.keys(EXAMPLES)], ["History", history().map(([text, , when]) => when + " " + titled(text))]];
  past.replaceChildren(new Option("Examples and history"), ...groups.filter(([, names]) => names.length).map(([label, names], group) => {
    const made = document.createElement("optgroup");
    made.label = label;
    made.append(...names.map((name, place) => new Option(name, group + ":" + place)));
    return made;
  }));
};
past.addEventListener("change", () => {
  const [group, place] = past.value.split(":").map(Number);
  [query.value, variables.value] = group ? history()[place] : Object.values(EXAMPLES)[place];
  past.selectedIndex = 0;
  query.focus();
});

const ask = async (text, given, more = {}) => {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { ...more, "content-type": "application/json" },
    body: JSON.stringify({ query: text, variables: given }),
  });
  return [response.status, await response.json()];
};
const parsed = (area, what) => {
  try {
    return JSON.parse(area.value.trim() || "{}");
  } catch (error) {
    throw new Error("The " + what + " are not JSON: " + error.message);
  }
};
const run = async () => {
  at("told").textContent = "";
  at("answer").textContent = "…";
  try {
    const [given, more] = [parsed(variables, "variables"), parsed(headers, "headers")];
    const kept = history().filter(([text, set]) => text !== query.value || set !== variables.value);
    kept.unshift([query.value, variables.value, new Date().toTimeString().slice(0, 8)]);
    sessionStorage.setItem("history", JSON.stringify(kept.slice(0, KEPT)));
    listPast();
    const began = performance.now();
    const [status, answer] = await ask(query.value, given, more);
    const said = answer.extensions || {};
    at("told").textContent = [status, Math.round(performance.now() - began) + " ms", said.cost !== undefined && "cost " + said.cost,
      said.statements !== undefined && said.statements + " statements", said.run && "run " + said.run].filter(Boolean).join(" · ");
    at("answer").textContent = JSON.stringify(answer, null, 2);
  } catch (error) {
    at("answer").textContent = error.message;
  }
};
at("run").addEventListener("click", run);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
});

let schema = new Map(), shown = [], chosen = 0, word = "";
const close = () => { choices.hidden = true; shown = []; };
const mark = () => [...choices.children].forEach((item, place) => {
  item.setAttribute("aria-selected", place === chosen);
  if (place === chosen) item.scrollIntoView({ block: "nearest" });
});
const place = () => {
  const lines = query.value.slice(0, query.selectionStart - word.length).split("\n");
  const style = getComputedStyle(query), brush = document.createElement("canvas").getContext("2d");
  brush.font = style.fontSize + " " + style.fontFamily;
  const left = 6 + brush.measureText(lines.at(-1)).width - query.scrollLeft;
  choices.style.left = Math.max(0, Math.min(left, query.clientWidth - choices.offsetWidth)) + "px";
  choices.style.top = 8 + lines.length * 18 - query.scrollTop + "px";
};
const offer = () => {
  ({ word, choices: shown } = choicesAt(schema, query.value.slice(0, query.selectionStart)));
  if (!shown.length || (shown.length === 1 && shown[0].text === word)) { close(); return; }
  chosen = 0;
  choices.replaceChildren(...shown.map((one, number) => {
    const item = document.createElement("li"), note = document.createElement("small");
    item.setAttribute("role", "option");
    note.textContent = one.note || "";
    item.title = one.says || "";
    item.append(one.text, note);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); chosen = number; take(); });
    return item;
  }));
  choices.hidden = false;
  place();
  mark();
};
const put = (text, from, to) => {
  query.setRangeText(text, from, to, "end");
  query.dispatchEvent(new Event("input"));
};
const take = () => {
  const text = shown[chosen].text, end = query.selectionStart;
  close();
  put(text, end - word.length, end);
  close();
};
query.addEventListener("input", (event) => (/\w|[.@$]/.test(event.data || "") ? offer() : close()));
query.addEventListener("blur", close);
query.addEventListener("scroll", () => choices.hidden || place());
query.addEventListener("keydown", (event) => {
  if (event.key === " " && event.ctrlKey) { event.preventDefault(); offer(); }
  else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && choices.hidden) {
    event.preventDefault();
    const before = query.value.slice(0, query.selectionStart);
    const indent = /[ \t]*/.exec(before.split("\n").at(-1))[0] + (/[{([]\s*$/.test(before) ? "  " : "");
    put("\n" + indent, query.selectionStart, query.selectionEnd);
  } else if (!choices.hidden) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) chosen = (chosen + step + shown.length) % shown.length;
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey) take();
    else return;
    event.preventDefault();
    mark();
  }
});

const REF = "{ kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
const INPUT = "{ name description defaultValue type " + REF + " }";
const SCHEMA = "{ __schema { types { kind name description interfaces { name } possibleTypes { name } enumValues { name description } " +
  "fields(includeDeprecated: true) { name description isDeprecated deprecationReason type " + REF + " args " + INPUT + " } inputFields " + INPUT + " } } }";
ask(SCHEMA, {}).then(([, answer]) => {
  const types = answer.data.__schema.types.filter((type) => !type.name.startsWith("__"));
  types.sort((a, b) => (b.name === "Query") - (a.name === "Query") || a.name.localeCompare(b.name));
  schema = new Map(types.map((type) => [type.name, type]));
  showDocs(schema, at("docs"), at("find"));
});
[query.value, variables.value] = history()[0] || Object.values(EXAMPLES)[0];
headers.value = "{}";
listPast();
