/**
 * From an entry point of a shader to a WebAssembly function that runs its invocations one after another.
 *
 * Everything is put in its place: functions into their callers (WGSL has no recursion), short loops whose bounds are known are written out, and what
 * then is indexed by known numbers alone lies in locals, which the engine that runs WebAssembly keeps in registers.
 */
import { exact } from "./exact.ts";
import type {
  Expression,
  FunctionDeclaration,
  GlobalVariable,
  ShaderText,
  Statement,
  TypeExpression,
  Variable,
} from "./parse.ts";
import {
  type Composite,
  field,
  type Group,
  isGroup,
  known,
  type Place,
  type Scalar,
  type ScalarType,
  type Type,
  type Value,
  wordsOf,
} from "./values.ts";
import { atomic, i32, moduleOf, op, signed, unsigned, voidBlock } from "./wasm.ts";

/** Parameters of `run`: where the bindings' addresses lie, memory of its own, the first and one past the last workgroup, and how many along x and y. */
const parameters = ["bindings", "scratch", "from", "to", "groupsX", "groupsY"] as const;

/** Bytes that an invocation may use for arrays. */
export const scratchBytes = 2 ** 16;

/** Buffers that a shader may be bound to: at `bindings` lie their addresses, then their lengths in words. */
export const mostBindings = 16;

/** Rounds of a loop that are written out. */
const mostRounds = 10;

/** Elements of an array that may lie in locals. */
const mostLocals = 32;

export interface CompiledEntry {
  bytes: Uint8Array<ArrayBuffer>;
  workgroupSize: number;
}

/** Compiles an entry point; `constants` are values of overrides. Throws an Error if the shader says what is not understood. */
export function compileEntry(
  shader: ShaderText,
  entry: string,
  constants: Record<string, number>,
): CompiledEntry {
  // Arrays that turn out to be indexed by what is not known go to memory, and all begins anew.
  const inMemory = new Set<Variable>();
  for (;;) {
    try {
      return new Compiler(shader, constants, inMemory).compile(entry);
    } catch (trouble) {
      if (!(trouble instanceof NeedsMemory)) throw trouble;
      inMemory.add(trouble.variable);
    }
  }
}

class NeedsMemory extends Error {
  readonly variable: Variable;

  constructor(variable: Variable) {
    super("An array is indexed by what is not known.");
    this.variable = variable;
  }
}

type Binding = { value: Value } | { place: Place };

/** A block that can be left: how many were open with it. */
type Label = number;

class Compiler {
  readonly #shader: ShaderText;
  readonly #overrides: Record<string, number>;
  readonly #inMemory: ReadonlySet<Variable>;
  readonly #locals: number[] = [];
  /** Done once before the first invocation, and at the start of each. */
  readonly #prologue: number[] = [];
  readonly #start: number[] = [];
  #out: number[] = [];
  #depth = 0;
  /** How often something was done that can change what an expression before it gives. */
  #effects = 0;
  #scratch = 0;
  readonly #globals = new Map<string, Binding>();
  #scopes: Map<string, Binding>[] = [];
  #loop: { breakTo: Label; continueTo: Label } | null = null;
  #function: { result: Place | null; returnTo: Label } | null = null;
  #workgroupSize = 1;

  constructor(shader: ShaderText, overrides: Record<string, number>, inMemory: ReadonlySet<Variable>) {
    this.#shader = shader;
    this.#overrides = overrides;
    this.#inMemory = inMemory;
  }

  compile(name: string): CompiledEntry {
    const entry = this.#shader.functions.get(name);
    if (entry?.workgroupSize == null) throw new Error(`There is no entry point ${name}.`);
    this.#workgroupSize = this.#knownOf(entry.workgroupSize);
    const [from, to, groupsX, groupsY] = [2, 3, 4, 5].map((k) => this.#local(k, "u32"));
    const [group, lane] = [this.#newLocal(), this.#newLocal()];
    const ofLocal = (local: number) => this.#local(local, "u32");
    const size = known(this.#workgroupSize, "u32");

    this.#emit(from.code, op.set, unsigned(group));
    const allDone = this.#open(op.block);
    const nextGroup = this.#open(op.loop);
    this.#emit(ofLocal(group).code, to.code, op.geU);
    this.#branch(allDone, op.brIf);
    this.#emit(op.const, 0, op.set, unsigned(lane));
    const nextLane = this.#open(op.loop);
    const x = this.#operate("%", ofLocal(group), groupsX);
    const y = this.#operate("/", ofLocal(group), groupsX);
    const builtins: Record<string, Value> = {
      global_invocation_id: this.#vector([
        this.#operate("+", this.#operate("*", x, size), ofLocal(lane)),
        y,
        known(0, "u32"),
      ]),
      num_workgroups: this.#vector([groupsX, groupsY, known(1, "u32")]),
      local_invocation_index: this.#workgroupSize === 1 ? known(0, "u32") : ofLocal(lane),
    };
    const body = this.#captured(() => {
      const args = entry.parameters.map(({ builtin }) => {
        const value = builtins[builtin ?? ""];
        if (value === undefined) throw new Error(`${name} asks for ${builtin}, which is not known here.`);
        return { value: this.#settled(value) };
      });
      this.#inline(entry, args);
    }).code;
    this.#emit(this.#start, body);
    this.#emit(ofLocal(lane).code, op.const, 1, op.add, op.set, unsigned(lane));
    this.#emit(ofLocal(lane).code, op.const, signed(this.#workgroupSize), op.ltU);
    this.#branch(nextLane, op.brIf);
    this.#close();
    this.#emit(ofLocal(group).code, op.const, 1, op.add, op.set, unsigned(group));
    this.#branch(nextGroup);
    this.#close();
    this.#close();
    const bytes = moduleOf(parameters.length, this.#locals, [...this.#prologue, ...this.#out]);
    return { bytes, workgroupSize: this.#workgroupSize };
  }

  // Code and its blocks.

  #emit(...code: (number | number[])[]): void {
    for (const piece of code) {
      if (typeof piece === "number") this.#out.push(piece);
      else for (const byte of piece) this.#out.push(byte);
    }
  }

  #open(kind: number): Label {
    this.#emit(kind, voidBlock);
    return ++this.#depth;
  }

  #close(): void {
    this.#emit(op.end);
    this.#depth--;
  }

  #branch(to: Label, kind: number = op.br): void {
    this.#emit(kind, unsigned(this.#depth - to));
  }

  /** What `make` gives, and the code that it emitted, which is kept apart. */
  #captured<T>(make: () => T): { result: T; code: number[] } {
    const outside = this.#out;
    this.#out = [];
    try {
      const result = make();
      return { result, code: this.#out };
    } finally {
      this.#out = outside;
    }
  }

  #newLocal(type: number = i32): number {
    this.#locals.push(type);
    return parameters.length + this.#locals.length - 1;
  }

  // Values.

  #local(local: number, type: ScalarType, stable = true): Scalar {
    return { type, known: null, code: [op.get, ...unsigned(local)], stable };
  }

  #vector(parts: Value[]): Group {
    return { type: vectorOf(parts[0].type as ScalarType, parts.length), parts };
  }

  /** The same value, which nothing done later can change. */
  #settled(value: Value): Value {
    if (isGroup(value)) return { ...value, parts: value.parts.map((part) => this.#settled(part)) };
    if (value.stable) return value;
    const local = this.#newLocal();
    this.#emit(value.code, op.set, unsigned(local));
    return this.#local(local, value.type);
  }

  #settledScalar(value: Value): Scalar {
    return this.#settled(scalar(value)) as Scalar;
  }

  /** Values in order: what an expression does is done after those before it have been taken. */
  #all(expressions: readonly Expression[]): Value[] {
    const values: Value[] = [];
    for (const expression of expressions) {
      const effects = this.#effects;
      const { result, code } = this.#captured(() => this.#value(expression));
      if (effects !== this.#effects) {
        for (const [k, value] of values.entries()) values[k] = this.#settled(value);
      }
      this.#emit(code);
      values.push(result);
    }
    return values;
  }

  #knownOf(expression: Expression): number {
    const value = this.#value(expression);
    if (isGroup(value) || value.known === null) throw new Error("A number must be known here.");
    return value.known;
  }

  #value(expression: Expression): Value {
    switch (expression.kind) {
      case "literal":
        return known(expression.value, expression.type);
      case "name": {
        const binding = this.#find(expression.name);
        return "value" in binding ? binding.value : this.#read(binding.place);
      }
      case "member":
      case "index": {
        const place = this.#placeOf(expression);
        if (place !== null) return this.#read(place);
        const of = this.#value(expression.of);
        if (!isGroup(of)) throw new Error("Only vectors, arrays and structs have parts.");
        const at =
          expression.kind === "member" ? field(of.type, expression.field) : this.#knownOf(expression.at);
        return of.parts[at];
      }
      case "unary":
        return this.#unary(expression.operator, expression.of);
      case "binary":
        return this.#binary(expression.operator, expression.left, expression.right);
      case "call":
        return this.#call(expression.name, expression.types, expression.args);
    }
  }

  #unary(operator: string, of: Expression): Value {
    if (operator === "*") return this.#read(this.#pointed(of));
    const value = scalar(this.#value(of));
    if (operator === "-") return this.#operate("-", known(0, value.type), value);
    if (operator === "~") return this.#operate("^", value, known(-1, value.type));
    if (operator === "!") {
      if (value.known !== null) return known(1 - value.known, "bool");
      return { ...value, code: [...value.code, op.eqz], stable: false };
    }
    throw new Error(`"${operator}" is not understood here.`);
  }

  #binary(operator: string, left: Expression, right: Expression): Value {
    if (operator === "&&" || operator === "||") return this.#shortCircuit(operator, left, right);
    const [a, b] = this.#all([left, right]);
    if (isGroup(a) && isGroup(b)) {
      return {
        ...a,
        parts: a.parts.map((part, k) => this.#operate(operator, scalar(part), scalar(b.parts[k]))),
      };
    }
    return this.#operate(operator, scalar(a), scalar(b));
  }

  #operate(operator: string, left: Scalar, right: Scalar): Scalar {
    const type =
      operator === "<<" || operator === ">>" ? left.type : left.type === "int" ? right.type : left.type;
    const [a, b] = [left, right];
    const result: ScalarType = comparisons.includes(operator) ? "bool" : type;
    if (a.known !== null && b.known !== null) {
      return known(folded(operator, a.known, b.known, type), result);
    }
    const instruction = instructions[operator];
    if (instruction === undefined) throw new Error(`"${operator}" is not understood here.`);
    const code = [...a.code, ...b.code, instruction[type === "i32" || type === "int" ? 1 : 0]];
    return { type: result, known: null, code, stable: false };
  }

  #shortCircuit(operator: "&&" | "||", left: Expression, right: Expression): Scalar {
    const a = scalar(this.#value(left));
    const decided = operator === "&&" ? 0 : 1;
    if (a.known !== null) return a.known === decided ? known(decided, "bool") : scalar(this.#value(right));
    const { result, code } = this.#captured(() => scalar(this.#value(right)));
    if (isPlain(right)) {
      this.#emit(code);
      const both = [...a.code, ...result.code, operator === "&&" ? op.and : op.or];
      return { type: "bool", known: null, code: both, stable: false };
    }
    const otherwise = [op.const, decided];
    const [then, orElse] = operator === "&&" ? [[...result.code], otherwise] : [otherwise, [...result.code]];
    if (code.length === 0) {
      const all = [...a.code, op.if, i32, ...then, op.else, ...orElse, op.end];
      return { type: "bool", known: null, code: all, stable: false };
    }
    const local = this.#newLocal();
    const set = [op.set, ...unsigned(local)];
    this.#emit(op.const, decided, set, a.code);
    if (operator === "||") this.#emit(op.eqz);
    this.#emit(op.if, voidBlock, code, result.code, set, op.end);
    return this.#local(local, "bool");
  }

  // Places.

  #find(name: string): Binding {
    for (let k = this.#scopes.length - 1; k >= 0; k--) {
      const found = this.#scopes[k].get(name);
      if (found !== undefined) return found;
    }
    const found = this.#globals.get(name) ?? this.#global(name);
    this.#globals.set(name, found);
    return found;
  }

  #global(name: string): Binding {
    const constant = this.#shader.constants.get(name);
    if (constant !== undefined) {
      if (constant.overridable && name in this.#overrides) {
        return { value: known(this.#overrides[name], "u32") };
      }
      if (constant.value === null) throw new Error(`The override ${name} has no value.`);
      return { value: this.#outside(() => this.#value(constant.value!)) };
    }
    const variable = this.#shader.variables.get(name);
    if (variable === undefined) throw new Error(`"${name}" is not known.`);
    return { place: this.#globalPlace(variable) };
  }

  /** What `make` gives where no local name is known. */
  #outside<T>(make: () => T): T {
    const scopes = this.#scopes;
    this.#scopes = [];
    const result = make();
    this.#scopes = scopes;
    return result;
  }

  #globalPlace(variable: GlobalVariable): Place {
    const type = this.#outside(() => this.#type(variable.type!));
    const { space, binding } = variable;
    if (space === "private" || space === "workgroup") {
      if (space === "workgroup" && this.#workgroupSize !== 1) {
        throw new Error(`${variable.name} is shared by a workgroup, which here must be a single invocation.`);
      }
      const place = this.#allocate(type, variable);
      const { code } = this.#captured(() => this.#outside(() => this.#initialise(place, variable.value)));
      this.#start.push(...code);
      return place;
    }
    const base = this.#newLocal();
    const load = [op.load, 2, ...unsigned(4 * binding!)];
    this.#prologue.push(op.get, 0, ...load, op.set, ...unsigned(base));
    const memory: Place = {
      kind: "memory",
      type,
      address: [op.get, ...unsigned(base)],
      stable: true,
      offset: 0,
    };
    if (space === "storage") return memory;
    // What is the same for all is read once.
    const { result, code } = this.#captured(() => {
      const place = this.#spread(type, null);
      this.#write(place, this.#read(memory));
      return place;
    });
    this.#prologue.push(...code);
    return result;
  }

  /** Room for a variable: locals, or where those do not do, memory. */
  #allocate(type: Type, variable: Variable): Place {
    if (!this.#inMemory.has(variable) && wordsOf(type) <= mostLocals) return this.#spread(type, variable);
    const offset = this.#scratch;
    this.#scratch += 4 * wordsOf(type);
    if (this.#scratch > scratchBytes) throw new Error("An invocation needs too much memory.");
    return { kind: "memory", type, address: [op.get, 1], stable: true, offset };
  }

  #spread(type: Type, variable: Variable | null): Place {
    if (typeof type === "string") return { kind: "local", type, local: this.#newLocal() };
    return {
      kind: "group",
      type,
      variable,
      parts: type.fields.map(([, part]) => this.#spread(part, variable)),
    };
  }

  /** The place that an expression names; null if it is only a value. */
  #placeOf(expression: Expression): Place | null {
    if (expression.kind === "name") {
      const binding = this.#find(expression.name);
      return "place" in binding ? binding.place : null;
    }
    if (expression.kind === "unary" && expression.operator === "*") return this.#pointed(expression.of);
    if (expression.kind === "member") {
      const of = this.#placeOf(expression.of);
      return of === null ? null : this.#part(of, field(of.type, expression.field));
    }
    if (expression.kind === "index") {
      const of = this.#placeOf(expression.of);
      return of === null ? null : this.#element(of, scalar(this.#value(expression.at)));
    }
    return null;
  }

  /** Where a pointer leads: the name of one that was handed over, or &place. */
  #pointed(expression: Expression): Place {
    const of = expression.kind === "unary" && expression.operator === "&" ? expression.of : expression;
    const place = this.#placeOf(of);
    if (place === null) throw new Error("A pointer must lead to a variable.");
    return place;
  }

  #part(of: Place, k: number): Place {
    if (of.kind === "group") return of.parts[k];
    if (of.kind === "local") throw new Error("A number has no parts.");
    const { fields } = of.type as Composite;
    const before = fields.slice(0, k).reduce((sum, [, type]) => sum + wordsOf(type), 0);
    return { ...of, type: fields[k][1], offset: of.offset + 4 * before };
  }

  #element(of: Place, at: Scalar): Place {
    if (of.kind === "group") {
      if (at.known !== null) return of.parts[at.known];
      if (of.variable === null) throw new Error("What is indexed must be a variable.");
      throw new NeedsMemory(of.variable);
    }
    if (of.kind === "local") throw new Error("A number cannot be indexed.");
    const type = (of.type as Composite).element!;
    const stride = 4 * wordsOf(type);
    if (at.known !== null) return { ...of, type, offset: of.offset + stride * at.known };
    const scaled = stride === 4 ? [op.const, 2, op.shl] : [op.const, ...signed(stride), op.mul];
    const address = [...of.address, ...at.code, ...scaled, op.add];
    return { ...of, type, address, stable: false };
  }

  #read(place: Place): Value {
    if (place.kind === "local") return this.#local(place.local, place.type, false);
    if (place.kind === "group")
      return { type: place.type, parts: place.parts.map((part) => this.#read(part)) };
    if (typeof place.type === "string") {
      const code = [...place.address, op.load, 2, ...unsigned(place.offset)];
      return { type: place.type, known: null, code, stable: false };
    }
    const fixed = this.#settledPlace(place);
    return { type: place.type, parts: place.type.fields.map((_, k) => this.#read(this.#part(fixed, k))) };
  }

  /** The same place, computed once. */
  #settledPlace(place: Place): Place {
    if (place.kind !== "memory" || place.stable) return place;
    const address = this.#newLocal();
    this.#emit(place.address, op.set, unsigned(address));
    return { ...place, address: [op.get, ...unsigned(address)], stable: true };
  }

  #write(place: Place, value: Value): void {
    if (place.kind === "local") {
      this.#emit(scalar(value).code, op.set, unsigned(place.local));
    } else if (place.kind === "memory" && typeof place.type === "string") {
      this.#emit(place.address, scalar(value).code, op.store, 2, unsigned(place.offset));
    } else {
      if (!isGroup(value)) throw new Error("A number is not a vector, an array or a struct.");
      // Parts may be made from one another.
      const parts = value.parts.map((part) => this.#settled(part));
      const fixed = this.#settledPlace(place);
      for (const [k, part] of parts.entries()) this.#write(this.#part(fixed, k), part);
    }
  }

  #initialise(place: Place, value: Expression | null): void {
    if (value !== null) this.#write(place, this.#value(value));
    else this.#clear(place);
  }

  #clear(place: Place): void {
    if (place.kind === "group") for (const part of place.parts) this.#clear(part);
    else if (place.kind === "local") this.#emit(op.const, 0, op.set, unsigned(place.local));
    else {
      // memory.fill
      this.#emit(place.address, op.const, signed(place.offset), op.add, op.const, 0);
      this.#emit(op.const, signed(4 * wordsOf(place.type)), 0xfc, 11, 0);
    }
  }

  #type({ name, of, length }: TypeExpression): Type {
    if (name === "u32" || name === "i32" || name === "bool") return name;
    if (name === "atomic") return this.#type(of!);
    if (/^vec[234]$/.test(name)) return vectorOf(this.#type(of!) as ScalarType, Number(name[3]));
    if (name === "array") {
      const element = this.#type(of!);
      const count = length === null ? 0 : this.#knownOf(length);
      return { fields: Array.from({ length: count }, (_, k) => [String(k), element]), element };
    }
    const struct = this.#shader.structs.get(name);
    if (struct === undefined) throw new Error(`The type ${name} is not known.`);
    return { fields: struct.map((member) => [member.name, this.#type(member.type)]), element: null };
  }

  // Statements.

  /** Whether it ends with leaving: what follows it is never reached. */
  #block(statements: readonly Statement[]): boolean {
    this.#scopes.push(new Map());
    const leaves = statements.some((statement) => this.#statement(statement));
    this.#scopes.pop();
    return leaves;
  }

  #declare(name: string, binding: Binding): void {
    this.#scopes.at(-1)!.set(name, binding);
  }

  #statement(statement: Statement): boolean {
    switch (statement.kind) {
      case "let":
        this.#declare(statement.name, { value: this.#settled(this.#value(statement.value)) });
        return false;
      case "var":
        this.#variable(statement);
        return false;
      case "assign":
        this.#assign(statement.operator, statement.to, statement.value);
        return false;
      case "call":
        this.#value(statement.call);
        return false;
      case "block":
        return this.#block(statement.body);
      case "if":
        return this.#if(statement);
      case "loop":
        this.#scopes.push(new Map());
        this.#loopOf(statement);
        this.#scopes.pop();
        return false;
      case "break":
        this.#branch(this.#loop!.breakTo);
        return true;
      case "continue":
        this.#branch(this.#loop!.continueTo);
        return true;
      case "return": {
        const { result, returnTo } = this.#function!;
        if (result !== null) this.#write(result, this.#value(statement.value!));
        this.#branch(returnTo);
        return true;
      }
    }
  }

  #variable(variable: Variable): void {
    const value = variable.value === null ? null : this.#value(variable.value);
    const type = variable.type === null ? concrete(value!.type) : this.#type(variable.type);
    const place = this.#allocate(type, variable);
    if (value === null) this.#clear(place);
    else this.#write(place, value);
    this.#declare(variable.name, { place });
  }

  #assign(operator: string, to: Expression, value: Expression): void {
    const place = this.#placeOf(to);
    if (place === null) throw new Error("Only variables can be assigned to.");
    const effects = this.#effects;
    const { result, code } = this.#captured(() => this.#value(value));
    const fixed = operator === "" && effects === this.#effects ? place : this.#settledPlace(place);
    if (operator === "") {
      this.#emit(code);
      this.#write(fixed, result);
      return;
    }
    const before = effects === this.#effects ? this.#read(fixed) : this.#settled(this.#read(fixed));
    this.#emit(code);
    this.#write(
      fixed,
      isGroup(before) && isGroup(result)
        ? {
            ...before,
            parts: before.parts.map((part, k) =>
              this.#operate(operator, scalar(part), scalar(result.parts[k])),
            ),
          }
        : this.#operate(operator, scalar(before), scalar(result)),
    );
  }

  #if({ test, then, otherwise }: Statement & { kind: "if" }): boolean {
    const value = scalar(this.#value(test));
    if (value.known !== null) return this.#block(value.known !== 0 ? then : otherwise);
    this.#emit(value.code);
    this.#open(op.if);
    const left = this.#block(then);
    let right = false;
    if (otherwise.length > 0) {
      this.#emit(op.else);
      right = this.#block(otherwise);
    }
    this.#close();
    return left && right;
  }

  #loopOf(loop: Statement & { kind: "loop" }): void {
    const rounds = this.#roundsOf(loop);
    if (rounds === null) this.#goRound(loop);
    else this.#writeOut(loop, rounds);
  }

  #goRound(loop: Statement & { kind: "loop" }): void {
    if (loop.start !== null) this.#statement(loop.start);
    const outer = this.#loop;
    const breakTo = this.#open(op.block);
    const again = this.#open(op.loop);
    if (loop.test !== null) {
      this.#emit(scalar(this.#value(loop.test)).code, op.eqz);
      this.#branch(breakTo, op.brIf);
    }
    this.#loop = { breakTo, continueTo: this.#open(op.block) };
    this.#block(loop.body);
    this.#close();
    if (loop.next !== null) this.#statement(loop.next);
    this.#branch(again);
    this.#close();
    this.#close();
    this.#loop = outer;
  }

  /** What the variable of a loop is in each round, if that is known, and they are few. */
  #roundsOf({ start, test, next, body }: Statement & { kind: "loop" }): Scalar[] | null {
    if (start?.kind !== "var" || start.value === null || test === null || next?.kind !== "assign")
      return null;
    if (next.to.kind !== "name" || next.to.name !== start.name || assigns(body, start.name)) return null;
    const { result } = this.#captured(() => {
      const rounds: Scalar[] = [];
      const first = this.#value(start.value!);
      let now = isGroup(first) ? null : first;
      while (now !== null && now.known !== null && rounds.length <= mostRounds) {
        this.#declare(start.name, { value: now });
        const goesOn = scalar(this.#value(test));
        if (goesOn.known === null) return null;
        if (goesOn.known === 0) return rounds;
        rounds.push(now);
        now = this.#operate(next.operator, now, scalar(this.#value(next.value)));
      }
      return null;
    });
    this.#scopes.at(-1)!.delete(start.name);
    return result;
  }

  #writeOut({ start, body }: Statement & { kind: "loop" }, rounds: Scalar[]): void {
    const outer = this.#loop;
    const breakTo = this.#open(op.block);
    for (const value of rounds) {
      this.#declare((start as Variable).name, { value });
      this.#loop = { breakTo, continueTo: this.#open(op.block) };
      this.#block(body);
      this.#close();
    }
    this.#close();
    this.#loop = outer;
  }

  // Calls.

  #call(name: string, types: readonly TypeExpression[], args: readonly Expression[]): Value {
    const declared = this.#shader.functions.get(name);
    const natively = exact[name];
    if (declared !== undefined && natively !== undefined) {
      const values = this.#all(args).map((value) => this.#settledScalar(value));
      return natively(values, {
        keep: (code, type = i32) => {
          const local = this.#newLocal(type);
          this.#emit(code, op.set, unsigned(local));
          return [op.get, ...unsigned(local)];
        },
      });
    }
    if (declared !== undefined) return this.#callDeclared(declared, args);
    if (name.startsWith("atomic")) return this.#atomic(name, args);
    const struct = this.#shader.structs.get(name);
    if (struct !== undefined) {
      return { type: this.#type({ name, of: null, length: null }) as Composite, parts: this.#all(args) };
    }
    if (name === "arrayLength") return this.#lengthOf(args[0]);
    if (name === "workgroupUniformLoad") return this.#read(this.#pointed(args[0]));
    const values = this.#all(args);
    const vector = /^vec([234])$/.exec(name);
    if (vector !== null) {
      const n = Number(vector[1]);
      const parts = values.length === n ? values : Array<Value>(n).fill(this.#settled(values[0]));
      return this.#vector(parts.map((part) => retyped(scalar(part), "u32")));
    }
    switch (name) {
      case "u32":
      case "i32":
        return retyped(scalar(values[0]), name);
      case "bitcast":
        return retyped(scalar(values[0]), types[0].name as ScalarType);
      case "min":
      case "max":
        return this.#extreme(name, scalar(values[0]), scalar(values[1]));
      case "clamp":
        return this.#extreme(
          "min",
          this.#extreme("max", scalar(values[0]), scalar(values[1])),
          scalar(values[2]),
        );
      case "select":
        return this.#select(values[0], values[1], scalar(values[2]));
      case "abs": {
        const value = this.#settledScalar(values[0]);
        const negative = this.#operate("<", value, known(0, "i32"));
        return this.#select(value, this.#operate("-", known(0, "i32"), value), negative);
      }
      case "countLeadingZeros":
        return this.#count(op.clz, Math.clz32, scalar(values[0]));
      case "countTrailingZeros":
        return this.#count(op.ctz, (n) => (n === 0 ? 32 : 31 - Math.clz32(n & -n)), scalar(values[0]));
      case "countOneBits":
        return {
          ...scalar(values[0]),
          known: null,
          stable: false,
          code: [...scalar(values[0]).code, op.popcnt],
        };
      case "workgroupBarrier":
      case "storageBarrier":
        // A workgroup of one invocation has nobody to wait for.
        if (this.#workgroupSize !== 1)
          throw new Error(`${name} needs a workgroup of a single invocation here.`);
        return known(0, "u32");
    }
    throw new Error(`The function ${name} is not known.`);
  }

  /** Of a storage buffer, in elements of a word. */
  #lengthOf(pointer: Expression): Scalar {
    const name = pointer.kind === "unary" && pointer.of.kind === "name" ? pointer.of.name : "";
    const binding = this.#shader.variables.get(name)?.binding;
    if (binding == null) throw new Error("arrayLength needs a buffer.");
    const code = [op.get, 0, op.load, 2, ...unsigned(4 * (mostBindings + binding))];
    return { type: "u32", known: null, code, stable: true };
  }

  #callDeclared(declared: FunctionDeclaration, args: readonly Expression[]): Value {
    const isPointer = declared.parameters.map(({ type }) => type.name === "ptr");
    const values = this.#all(args.filter((_, k) => !isPointer[k]));
    let at = 0;
    const bindings: Binding[] = args.map((arg, k) =>
      isPointer[k] ? { place: this.#pointed(arg) } : { value: this.#settled(values[at++]) },
    );
    const result = this.#inline(declared, bindings);
    this.#effects++;
    return result === null ? known(0, "u32") : this.#settledResult(result);
  }

  /** A result is written once, where the function returns. */
  #settledResult(place: Place): Value {
    if (place.kind === "local") return this.#local(place.local, place.type);
    if (place.kind === "memory") throw new Error("A result lies in locals.");
    return { type: place.type, parts: place.parts.map((part) => this.#settledResult(part)) };
  }

  #inline({ parameters: names, result, body }: FunctionDeclaration, args: Binding[]): Place | null {
    const place =
      result === null
        ? null
        : this.#spread(
            this.#outside(() => this.#type(result)),
            null,
          );
    const [scopes, loop, outer] = [this.#scopes, this.#loop, this.#function];
    this.#scopes = [new Map(names.map(({ name }, k) => [name, args[k]]))];
    this.#loop = null;
    this.#function = { result: place, returnTo: this.#open(op.block) };
    this.#block(body);
    this.#close();
    [this.#scopes, this.#loop, this.#function] = [scopes, loop, outer];
    return place;
  }

  #extreme(name: "min" | "max", left: Scalar, right: Scalar): Scalar {
    const [a, b] = [this.#settledScalar(left), this.#settledScalar(right)];
    const test = this.#operate(name === "min" ? "<" : ">", a, b);
    return this.#select(b, a, test) as Scalar;
  }

  #select(otherwise: Value, then: Value, test: Scalar): Value {
    if (test.known !== null) return test.known !== 0 ? then : otherwise;
    if (isGroup(otherwise) && isGroup(then)) {
      const settled = this.#settledScalar(test);
      return { ...then, parts: then.parts.map((part, k) => this.#select(otherwise.parts[k], part, settled)) };
    }
    const [a, b] = [scalar(then), scalar(otherwise)];
    const type = a.type === "int" ? b.type : a.type;
    return { type, known: null, code: [...a.code, ...b.code, ...test.code, op.select], stable: false };
  }

  #count(instruction: number, count: (n: number) => number, value: Scalar): Scalar {
    if (value.known !== null) return known(count(value.known), value.type);
    return { ...value, code: [...value.code, instruction], stable: false };
  }

  #atomic(name: string, args: readonly Expression[]): Value {
    const place = this.#settledPlace(this.#pointed(args[0]));
    const value = args.length > 1 ? this.#settledScalar(this.#value(args[1])) : null;
    this.#effects++;
    if (place.kind === "local") {
      const before = this.#settled(this.#read(place));
      if (name === "atomicStore") this.#write(place, value!);
      else if (name === "atomicAdd") this.#write(place, this.#operate("+", scalar(before), value!));
      else if (name !== "atomicLoad") throw new Error(`${name} is not understood of a local.`);
      return before;
    }
    if (place.kind !== "memory") throw new Error(`${name} needs a number.`);
    const at = [2, ...unsigned(place.offset)];
    const [old, type] = [this.#newLocal(), place.type as ScalarType];
    const set = [op.set, ...unsigned(old)];
    const load = [...place.address, 0xfe, atomic.load, ...at];
    if (name === "atomicLoad") this.#emit(load, set);
    else if (name === "atomicStore") this.#emit(place.address, value!.code, 0xfe, atomic.store, at);
    else if (name === "atomicMin" || name === "atomicMax") {
      const before = this.#local(old, type);
      this.#emit(load, set);
      const done = this.#open(op.block);
      const again = this.#open(op.loop);
      this.#emit(this.#operate(name === "atomicMin" ? ">=" : "<=", value!, before).code);
      this.#branch(done, op.brIf);
      const seen = this.#newLocal();
      this.#emit(place.address, before.code, value!.code, 0xfe, atomic.compareExchange, at);
      this.#emit(op.set, unsigned(seen), this.#local(seen, type).code, before.code, op.eq);
      this.#branch(done, op.brIf);
      this.#emit(this.#local(seen, type).code, set);
      this.#branch(again);
      this.#close();
      this.#close();
    } else {
      const kind = (
        { atomicAdd: atomic.add, atomicSub: atomic.sub, atomicOr: atomic.or } as Record<string, number>
      )[name];
      if (kind === undefined) throw new Error(`${name} is not known.`);
      this.#emit(place.address, value!.code, 0xfe, kind, at, set);
    }
    return this.#local(old, type);
  }
}

const vectorOf = (element: ScalarType, length: number): Composite => ({
  fields: ["x", "y", "z", "w"].slice(0, length).map((name) => [name, element]),
  element,
});

/** A number's own type where it was left open. */
const concrete = (type: Type): Type => (type === "int" ? "i32" : type);

function scalar(value: Value): Scalar {
  if (isGroup(value)) throw new Error("A number is wanted, not a vector, an array or a struct.");
  return value;
}

const retyped = (value: Scalar, type: ScalarType): Scalar =>
  value.known === null ? { ...value, type } : known(value.known, type);

/** Instructions for u32 and for i32. */
const instructions: Record<string, readonly [number, number]> = {
  "+": [op.add, op.add],
  "-": [op.sub, op.sub],
  "*": [op.mul, op.mul],
  "/": [op.divU, op.divS],
  "%": [op.remU, op.remS],
  "&": [op.and, op.and],
  "|": [op.or, op.or],
  "^": [op.xor, op.xor],
  "<<": [op.shl, op.shl],
  ">>": [op.shrU, op.shrS],
  "==": [op.eq, op.eq],
  "!=": [op.ne, op.ne],
  "<": [op.ltU, op.ltS],
  "<=": [op.leU, op.leS],
  ">": [op.gtU, op.gtS],
  ">=": [op.geU, op.geS],
};

const comparisons = ["==", "!=", "<", "<=", ">", ">="];

/** Of two known words, as the device would compute it. */
function folded(operator: string, left: number, right: number, type: ScalarType): number {
  const [a, b] = type === "u32" ? [left >>> 0, right >>> 0] : [left | 0, right | 0];
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return Math.imul(a, b);
    case "/":
      return Math.trunc(a / b);
    case "%":
      return a % b;
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "<<":
      return a << b;
    case ">>":
      return type === "u32" ? a >>> b : a >> b;
    case "==":
      return Number(a === b);
    case "!=":
      return Number(a !== b);
    case "<":
      return Number(a < b);
    case "<=":
      return Number(a <= b);
    case ">":
      return Number(a > b);
    case ">=":
      return Number(a >= b);
  }
  throw new Error(`"${operator}" is not understood here.`);
}

/** Whether it is done at once and does no harm where it need not be done: a branch would take longer. */
function isPlain(expression: Expression): boolean {
  switch (expression.kind) {
    case "literal":
    case "name":
      return true;
    case "member":
      return isPlain(expression.of);
    case "unary":
      return isPlain(expression.of);
    case "binary":
      return (
        !["/", "%"].includes(expression.operator) && isPlain(expression.left) && isPlain(expression.right)
      );
    default:
      return false;
  }
}

/** Whether statements assign to a variable of this name. */
function assigns(statements: readonly Statement[], name: string): boolean {
  return statements.some((statement) => {
    switch (statement.kind) {
      case "assign":
        return statement.to.kind === "name" && statement.to.name === name;
      case "if":
        return assigns(statement.then, name) || assigns(statement.otherwise, name);
      case "loop":
      case "block":
        return assigns(statement.body, name);
      default:
        return false;
    }
  });
}
