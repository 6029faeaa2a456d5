// The schema to read: types and fields with their meanings, each type a link to itself.
import { named, written } from "./complete.js";

const element = (tag, text, ...inside) => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  made.append(...inside);
  return made;
};

export const showDocs = (schema, place, find) => {
  const past = [];
  const go = (name) => { past.push(name); show(); };
  const link = (text, name) => {
    const made = element("a", text);
    made.href = "#" + name;
    made.addEventListener("click", (event) => { event.preventDefault(); find.value = ""; go(name); });
    return made;
  };
  const typed = (type) => link(written(type), named(type).name);
  const line = (field, owner) => {
    const title = element("dt", owner ? owner + "." + field.name : field.name);
    const args = field.args || [];
    if (args.length) {
      title.append("(");
      args.forEach((arg, at) => title.append(at ? ", " : "", arg.name + ": ", typed(arg.type), arg.defaultValue && arg.defaultValue !== "null" ? " = " + arg.defaultValue : ""));
      title.append(")");
    }
    if (field.type) title.append(": ", typed(field.type));
    if (field.defaultValue && field.defaultValue !== "null") title.append(" = " + field.defaultValue);
    const says = element("dd", field.description || "");
    args.filter((arg) => arg.description).forEach((arg) => says.append(element("div", "", element("small", arg.name + ": " + arg.description))));
    if (field.isDeprecated) says.append(element("small", " Deprecated: " + field.deprecationReason));
    return [title, says];
  };
  const page = (type) => {
    const list = element("dl");
    for (const field of type.fields || type.inputFields || type.enumValues || []) list.append(...line(field));
    const parts = [element("h3", type.name), element("p", type.description || "")];
    for (const [title, types] of [["Implements", type.interfaces], ["Types", type.possibleTypes]]) {
      if (types && types.length) parts.push(element("p", title + ": ", ...types.flatMap((one) => [link(one.name, one.name), " "])));
    }
    return [...parts, list];
  };
  const found = (wanted) => {
    const list = element("dl");
    for (const type of schema.values()) {
      if (type.name.toLowerCase().includes(wanted)) list.append(element("dt", "", link(type.name, type.name)), element("dd", type.description || ""));
      for (const field of type.fields || type.inputFields || type.enumValues || []) {
        if (field.name.toLowerCase().includes(wanted)) list.append(...line(field, type.name));
      }
    }
    return [list];
  };
  const show = () => {
    const wanted = find.value.trim().toLowerCase();
    const name = past.at(-1) || "Query";
    const back = element("a", past.length ? "← " + (past.at(-2) || "Query") : "");
    back.addEventListener("click", () => { past.pop(); show(); });
    const others = element("p", "Types: ", ...[...schema.keys()].flatMap((one) => [link(one, one), " "]));
    place.replaceChildren(...(wanted ? found(wanted) : [back, ...page(schema.get(name)), ...(past.length ? [] : [others])]));
    place.scrollTop = 0;
  };
  find.addEventListener("input", show);
  show();
};
