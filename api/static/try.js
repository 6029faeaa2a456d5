"use strict";
const at = (id) => document.getElementById(id);
const ask = async (query, variables) => {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
};
const run = async () => {
  let variables;
  try {
    variables = JSON.parse(at("variables").value || "{}");
  } catch (error) {
    at("answer").textContent = "The variables are not JSON: " + error.message;
    return;
  }
  at("answer").textContent = "…";
  at("answer").textContent = JSON.stringify(await ask(at("query").value, variables), null, 2);
};
const named = (type) => {
  if (type.kind === "NON_NULL") return named(type.ofType) + "!";
  if (type.kind === "LIST") return "[" + named(type.ofType) + "]";
  return type.name;
};
const line = (tag, text, note) => {
  const element = document.createElement(tag);
  element.textContent = text;
  if (note) {
    const small = document.createElement("small");
    small.textContent = " " + note;
    element.append(small);
  }
  return element;
};
let types = [];
const show = () => {
  const wanted = at("find").value.toLowerCase();
  const list = document.createElement("dl");
  for (const type of types) {
    const fields = (type.fields || type.inputFields || []).filter(
      (field) => !wanted || (type.name + "." + field.name).toLowerCase().includes(wanted));
    if (!fields.length) continue;
    list.append(line("dt", type.name, type.description));
    for (const field of fields) {
      const args = (field.args || []).map((arg) => arg.name + ": " + named(arg.type)).join(", ");
      list.append(line("dd", field.name + (args ? "(" + args + ")" : "") + ": " + named(field.type), field.description));
    }
  }
  at("schema").replaceChildren(list);
};
const REF = "{ kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
const SCHEMA = "{ __schema { types { name description fields { name description type " + REF +
  " args { name type " + REF + " } } inputFields { name description type " + REF + " } } } }";
at("query").value = "{\n  rings(first: 10, where: {flagged: true}) {\n    nodes {\n      ringId size score topReasons\n" +
  "      members(first: 5) { nodes { accountId status } }\n    }\n  }\n}\n";
at("run").addEventListener("click", run);
at("find").addEventListener("input", show);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});
ask(SCHEMA, {}).then((answer) => {
  types = answer.data.__schema.types.filter((type) => !type.name.startsWith("__"));
  types.sort((a, b) => (b.name === "Query") - (a.name === "Query") || a.name.localeCompare(b.name));
  show();
});
