// What may stand at the cursor: the text before it is read once, with the type of each open brace on a stack.
const TOKEN = /"""[^]*?(?:"""|$)|"(?:\\.|[^"\\\n])*"?|#[^\n]*|\.\.\.|[_A-Za-z]\w*|-?\d[\w.+-]*|[!$&()[\]{}:=@|]/g;

export const named = (type) => (type.ofType ? named(type.ofType) : type);
export const written = (type) =>
  type.kind === "NON_NULL" ? written(type.ofType) + "!" : type.kind === "LIST" ? "[" + written(type.ofType) + "]" : type.name;

const fieldsOf = (type) => (type && (type.fields || type.inputFields)) || [];
const valuesOf = (type) =>
  !type ? [] : type.kind === "ENUM" ? type.enumValues.map((value) => ({ text: value.name, note: value.description }))
  : type.name === "Boolean" ? [{ text: "true" }, { text: "false" }]
  : type.kind === "INPUT_OBJECT" ? [{ text: "{", note: type.name }] : [];
const asChoices = (fields, after = "") =>
  fields.map((field) => ({ text: field.name + after, note: written(field.type), says: field.description }));

// One frame for each open bracket: `type` whose fields are selected, or the arguments of `field`, or an input object.
export const choicesAt = (schema, before) => {
  const text = before.replace(/[_A-Za-z]\w*$/, "");
  const word = before.slice(text.length);
  const tokens = [...text.matchAll(TOKEN)].map((match) => match[0]).filter((token) => token[0] !== "#");
  if (/#[^\n]*$/.test(text) || /^"/.test(tokens.at(-1) || "") && !/"\s*$/.test(text)) return { word, choices: [] };
  const typeOf = (name) => schema.get(name);
  const stack = [];
  let field = null, name = null, condition = null, variables = false;
  tokens.forEach((token, at) => {
    const top = stack.at(-1);
    const previous = tokens[at - 1];
    if (token === "{") {
      if (top && top.args) stack.push({ input: typeOf(named((top.args.find((arg) => arg.name === name) || { type: {} }).type).name), args: null, object: true });
      else if (top && top.object) stack.push({ input: typeOf(named((fieldsOf(top.input).find((one) => one.name === name) || { type: {} }).type).name), object: true });
      else stack.push({ type: condition ? typeOf(condition) : top ? typeOf(field ? named(field.type).name : top.type && top.type.name) : typeOf("Query") });
      field = condition = null;
    } else if (token === "(") {
      variables = !top;
      stack.push({ args: field ? field.args || [] : [], type: top && top.type, field });
    } else if (token === ")") {
      field = (top && top.field) || null;
      stack.pop();
      variables = false;
    } else if (token === "}") {
      stack.pop();
      field = null;
    } else if (/^[_A-Za-z]/.test(token)) {
      if (previous === "on" && tokens[at - 2] !== "{") condition = token;
      else if (top && (top.args || top.object)) { if (tokens[at + 1] === ":") name = token; }
      else if (top && previous !== "..." && previous !== "@" && tokens[at + 1] !== ":") field = fieldsOf(top.type).find((one) => one.name === token) || null;
    }
  });
  const top = stack.at(-1), last = tokens.at(-1);
  let choices = [];
  if (!top) {
    choices = last === "on" ? [...schema.values()].filter((type) => type.fields).map((type) => ({ text: type.name }))
      : ["query", "fragment"].map((text) => ({ text }));
  } else if (last === "@") {
    choices = [{ text: "include(if: $", note: "Boolean!" }, { text: "skip(if: $", note: "Boolean!" }];
  } else if (last === "$") {
    choices = [...new Set([...before.matchAll(/\$(\w+)\s*:/g)].map((match) => match[1]))].map((text) => ({ text }));
  } else if (variables) {
    if (last === ":" || last === "[") choices = [...schema.values()].filter((type) => /SCALAR|ENUM|INPUT/.test(type.kind)).map((type) => ({ text: type.name, note: type.description }));
  } else if (top.args || top.object) {
    const fields = top.args || fieldsOf(top.input);
    if (last === ":" || last === "[") {
      const given = tokens.at(last === ":" ? -2 : -3);
      const found = fields.find((one) => one.name === given);
      choices = found ? valuesOf(typeOf(named(found.type).name)) : [];
    } else choices = asChoices(fields, ": ");
  } else if (last === "on") {
    choices = [top.type, ...((top.type && top.type.possibleTypes) || [])].filter(Boolean).map((type) => ({ text: type.name }));
  } else if (last === "...") {
    choices = [{ text: "on " }, ...[...before.matchAll(/fragment\s+(\w+)/g)].map((match) => ({ text: match[1], note: "fragment" }))];
  } else choices = [...asChoices(fieldsOf(top.type)), { text: "__typename", note: "String!" }];
  const wanted = word.toLowerCase();
  const starts = choices.filter((one) => one.text.toLowerCase().startsWith(wanted));
  const holds = choices.filter((one) => !starts.includes(one) && one.text.toLowerCase().includes(wanted));
  return { word, choices: [...starts, ...holds] };
};
