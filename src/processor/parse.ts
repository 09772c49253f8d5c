/**
 * Reads the part of WGSL that our shaders are written in: functions of whole numbers and bools, vectors, arrays, structs, pointers to locals, storage
 * and private variables. What is beyond it is an error that says where.
 */

export type Expression =
  | { kind: "literal"; value: number; type: "u32" | "i32" | "int" | "bool" }
  | { kind: "name"; name: string }
  | { kind: "unary"; operator: string; of: Expression }
  | { kind: "binary"; operator: string; left: Expression; right: Expression }
  | { kind: "member"; of: Expression; field: string }
  | { kind: "index"; of: Expression; at: Expression }
  /** Of a function, a built-in one, or a type that makes values. */
  | { kind: "call"; name: string; types: TypeExpression[]; args: Expression[] };

export interface TypeExpression {
  name: string;
  /** Of array<T, n>, vec2<T>, atomic<T> and ptr<space, T>. */
  of: TypeExpression | null;
  length: Expression | null;
}

export type Statement =
  | { kind: "let"; name: string; value: Expression }
  | Variable
  | { kind: "assign"; operator: string; to: Expression; value: Expression }
  | { kind: "call"; call: Expression }
  | { kind: "if"; test: Expression; then: Statement[]; otherwise: Statement[] }
  /** for, while and loop. */
  | {
      kind: "loop";
      start: Statement | null;
      test: Expression | null;
      next: Statement | null;
      body: Statement[];
    }
  | { kind: "block"; body: Statement[] }
  | { kind: "break" }
  | { kind: "continue" }
  | { kind: "return"; value: Expression | null };

export interface Variable {
  kind: "var";
  name: string;
  type: TypeExpression | null;
  value: Expression | null;
}

export interface GlobalVariable extends Variable {
  space: "uniform" | "storage" | "private" | "workgroup";
  binding: number | null;
}

export interface Parameter {
  name: string;
  type: TypeExpression;
  /** Such as "global_invocation_id"; null for a plain one. */
  builtin: string | null;
}

export interface FunctionDeclaration {
  name: string;
  parameters: Parameter[];
  result: TypeExpression | null;
  body: Statement[];
  /** Of an entry point: its invocations. */
  workgroupSize: Expression | null;
}

export interface ShaderText {
  structs: Map<string, { name: string; type: TypeExpression }[]>;
  variables: Map<string, GlobalVariable>;
  /** `const`, and `override` with its default. */
  constants: Map<string, { overridable: boolean; value: Expression | null }>;
  functions: Map<string, FunctionDeclaration>;
}

interface Token {
  text: string;
  line: number;
}

const pattern =
  /\s+|\/\/[^\n]*|(0x[0-9a-fA-F]+|\d+)[ui]?|[A-Za-z_]\w*|<<=|>>=|->|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&|^]=|[-+*/%&|^~!<>=(){}[\];:,.@]/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) throw new Error(`Line ${line}: "${text[at]}" is not understood.`);
    const [token] = found;
    if (!/^(\s|\/\/)/.test(token)) tokens.push({ text: token, line });
    for (const letter of token) if (letter === "\n") line++;
  }
  return tokens;
}

/** Binary operators from those that bind least to those that bind most. */
const levels = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];

/** Where a `<` behind a name opens a list of types. */
const templates = ["array", "vec2", "vec3", "vec4", "bitcast", "atomic", "ptr"];

export function parse(text: string): ShaderText {
  return new Parser(tokensOf(text)).shader();
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  get #next(): string {
    return this.#tokens[this.#at]?.text ?? "";
  }

  #take(): string {
    return this.#tokens[this.#at++]?.text ?? "";
  }

  #takes(text: string): boolean {
    if (this.#next !== text) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) throw new Error(`Line ${this.#line}: "${text}" belongs before "${this.#next}".`);
  }

  get #line(): number {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]?.line ?? 0;
  }

  /** What `one` reads, between commas, up to `end`. */
  #list<T>(end: string, one: () => T): T[] {
    const all: T[] = [];
    while (!this.#takes(end)) {
      all.push(one());
      if (!this.#takes(",")) {
        this.#expect(end);
        break;
      }
    }
    return all;
  }

  shader(): ShaderText {
    const shader: ShaderText = {
      structs: new Map(),
      variables: new Map(),
      constants: new Map(),
      functions: new Map(),
    };
    while (this.#at < this.#tokens.length) this.#global(shader);
    return shader;
  }

  #global({ structs, variables, constants, functions }: ShaderText): void {
    const attributes = this.#attributes();
    const word = this.#take();
    const name = this.#next;
    if (word === "struct") {
      this.#at++;
      this.#expect("{");
      structs.set(
        name,
        this.#list("}", () => this.#typedName()),
      );
      this.#takes(";");
    } else if (word === "const" || word === "override") {
      this.#at++;
      if (this.#takes(":")) this.#type();
      const value = this.#takes("=") ? this.#expression() : null;
      this.#expect(";");
      constants.set(name, { overridable: word === "override", value });
    } else if (word === "var") {
      this.#expect("<");
      const space = this.#take() as GlobalVariable["space"];
      if (this.#takes(",")) this.#take();
      this.#expect(">");
      const binding = attributes.get("binding")?.[0];
      const variable = this.#variable();
      this.#expect(";");
      const at = binding?.kind === "literal" ? binding.value : null;
      variables.set(variable.name, { ...variable, space, binding: at });
    } else if (word === "fn") {
      functions.set(name, this.#function(attributes));
    } else {
      throw new Error(`Line ${this.#line}: "${word}" begins nothing that is known here.`);
    }
  }

  /** The arguments of @name(...), which may be names. */
  #attributes(): Map<string, Expression[]> {
    const attributes = new Map<string, Expression[]>();
    while (this.#takes("@")) {
      const name = this.#take();
      attributes.set(name, this.#takes("(") ? this.#list(")", () => this.#expression()) : []);
    }
    return attributes;
  }

  #typedName(): { name: string; type: TypeExpression } {
    const name = this.#take();
    this.#expect(":");
    return { name, type: this.#type() };
  }

  #type(): TypeExpression {
    const name = this.#take();
    let of: TypeExpression | null = null;
    let length: Expression | null = null;
    if (templates.includes(name) && this.#takes("<")) {
      if (name === "ptr") {
        this.#take();
        this.#expect(",");
      }
      of = this.#type();
      // What binds less than a sum would take the closing bracket for an operator.
      if (this.#takes(",")) length = this.#sum();
      this.#closeTypes();
    }
    return { name, of, length };
  }

  #sum(): Expression {
    return this.#binary(levels.findIndex(([first]) => first === "+"));
  }

  /** Takes a ">", which may be half of a ">>". */
  #closeTypes(): void {
    if (this.#next === ">>") this.#tokens[this.#at] = { text: ">", line: this.#line };
    else this.#expect(">");
  }

  #function(attributes: Map<string, Expression[]>): FunctionDeclaration {
    const name = this.#take();
    this.#expect("(");
    const parameters = this.#list(")", () => {
      const builtin = this.#attributes().get("builtin")?.[0];
      return { ...this.#typedName(), builtin: builtin?.kind === "name" ? builtin.name : null };
    });
    const result = this.#takes("->") ? this.#type() : null;
    const workgroupSize = attributes.get("workgroup_size")?.[0] ?? null;
    return { name, parameters, result, body: this.#block(), workgroupSize };
  }

  #block(): Statement[] {
    this.#expect("{");
    const body: Statement[] = [];
    while (!this.#takes("}")) body.push(...this.#statement());
    return body;
  }

  #statement(): Statement[] {
    if (this.#takes(";")) return [];
    switch (this.#next) {
      case "{":
        return [{ kind: "block", body: this.#block() }];
      case "if":
        return [this.#if()];
      case "for":
        return [this.#for()];
      case "while":
        this.#at++;
        return [{ kind: "loop", start: null, test: this.#expression(), next: null, body: this.#block() }];
      case "loop":
        this.#at++;
        return [{ kind: "loop", start: null, test: null, next: null, body: this.#block() }];
    }
    const statement = this.#simple();
    this.#expect(";");
    return [statement];
  }

  /** One that ends with a semicolon. */
  #simple(): Statement {
    if (this.#takes("return")) {
      return { kind: "return", value: this.#next === ";" ? null : this.#expression() };
    }
    if (this.#takes("break")) return { kind: "break" };
    if (this.#takes("continue")) return { kind: "continue" };
    if (this.#takes("var")) return this.#variable();
    if (this.#takes("let") || this.#takes("const")) {
      const name = this.#take();
      if (this.#takes(":")) this.#type();
      this.#expect("=");
      return { kind: "let", name, value: this.#expression() };
    }
    const to = this.#expression();
    const operator = this.#next;
    if (operator === "++" || operator === "--") {
      this.#at++;
      const one: Expression = { kind: "literal", value: 1, type: "int" };
      return { kind: "assign", operator: operator[0], to, value: one };
    }
    if (/^(.|<<|>>)?=$/.test(operator)) {
      this.#at++;
      return { kind: "assign", operator: operator.slice(0, -1), to, value: this.#expression() };
    }
    return { kind: "call", call: to };
  }

  #variable(): Variable {
    const name = this.#take();
    const type = this.#takes(":") ? this.#type() : null;
    return { kind: "var", name, type, value: this.#takes("=") ? this.#expression() : null };
  }

  #if(): Statement {
    this.#expect("if");
    const test = this.#expression();
    const then = this.#block();
    let otherwise: Statement[] = [];
    if (this.#takes("else")) otherwise = this.#next === "if" ? [this.#if()] : this.#block();
    return { kind: "if", test, then, otherwise };
  }

  #for(): Statement {
    this.#expect("for");
    this.#expect("(");
    const start = this.#next === ";" ? null : this.#simple();
    this.#expect(";");
    const test = this.#next === ";" ? null : this.#expression();
    this.#expect(";");
    const next = this.#next === ")" ? null : this.#simple();
    this.#expect(")");
    return { kind: "loop", start, test, next, body: this.#block() };
  }

  #expression(): Expression {
    return this.#binary(0);
  }

  #binary(level: number): Expression {
    if (level === levels.length) return this.#unary();
    let left = this.#binary(level + 1);
    while (levels[level].includes(this.#next)) {
      const operator = this.#take();
      left = { kind: "binary", operator, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #unary(): Expression {
    for (const operator of ["-", "!", "~", "&", "*"]) {
      if (this.#takes(operator)) return { kind: "unary", operator, of: this.#unary() };
    }
    let expression = this.#primary();
    for (;;) {
      if (this.#takes(".")) {
        expression = { kind: "member", of: expression, field: this.#take() };
      } else if (this.#takes("[")) {
        expression = { kind: "index", of: expression, at: this.#expression() };
        this.#expect("]");
      } else {
        return expression;
      }
    }
  }

  #primary(): Expression {
    if (this.#takes("(")) {
      const inside = this.#expression();
      this.#expect(")");
      return inside;
    }
    const word = this.#take();
    if (word === "true" || word === "false") {
      return { kind: "literal", value: word === "true" ? 1 : 0, type: "bool" };
    }
    if (/^\d/.test(word)) {
      const type = word.endsWith("u") ? "u32" : word.endsWith("i") ? "i32" : "int";
      return { kind: "literal", value: Number(word.replace(/[ui]$/, "")), type };
    }
    if (!/^[A-Za-z_]/.test(word)) throw new Error(`Line ${this.#line}: "${word}" begins no expression.`);
    const types: TypeExpression[] = [];
    if (templates.includes(word) && this.#takes("<")) {
      types.push(this.#type());
      this.#closeTypes();
    }
    if (!this.#takes("(")) return { kind: "name", name: word };
    return { kind: "call", name: word, types, args: this.#list(")", () => this.#expression()) };
  }
}
