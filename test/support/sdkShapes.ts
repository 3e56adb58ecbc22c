import assert from "node:assert/strict";
import { ts } from "ts-morph";
import { type Format, formats } from "../../src/accounts/account.ts";
import { isRecord } from "../../src/formats/modelList.ts";
import {
	alternatives,
	itemType,
	type Member,
	type Message,
	membersOf,
	messageType,
	otherMembers,
	wordsOf,
} from "./sdkTypes/typeReading.ts";

export type ShapeKind = `${Format}.${"request" | "reply" | "event" | "error"}`;

/** Beyond what the SDK has: what many clients and servers of the format know all the same. Paths without places. */
const wellKnown: readonly string[] = [
	"choices[].delta.reasoning_content",
	"choices[].message.reasoning_content",
	"messages[].reasoning_content",
];

/** What the SDK works out by itself, or the wire does not always have. */
const mayBeAbsent: readonly string[] = ["output_text", "response.output_text"];

/**
 * Fails where `value` is not what the maker's SDK says: a member is missing, is of another type, or is one that the SDK does not
 * know. What is inside `unknown` may be anything.
 * @param allowed further members that may be there, by their path: `choices[].delta.x`.
 */
export function assertShape(kind: ShapeKind, value: unknown, allowed: readonly string[] = []): void {
	const wrong = shapeProblems(kind, value, allowed);
	if (wrong.length > 0) assert.fail(`No ${kind}: ${wrong.join("; ")}\n${JSON.stringify(value, null, "\t")}`);
}

/** What is wrong with the shape of a value, for people; empty where it is right. */
export function shapeProblems(kind: ShapeKind, value: unknown, allowed: readonly string[] = []): readonly string[] {
	return new ShapeCheck([...wellKnown, ...allowed]).problems(typeOf(kind), value, "");
}

const messageOf: Readonly<Record<string, Message>> = {
	request: "request",
	reply: "reply",
	event: "stream",
	error: "errors",
};

function typeOf(kind: ShapeKind): ts.Type {
	const [name, message = ""] = kind.split(".");
	const format = formats.find((one) => one === name);
	const told = messageOf[message];
	assert.ok(format !== undefined && told !== undefined);
	return messageType(format, told);
}

/** Goes along the value, so that of the SDK's types only what is there is looked at. */
class ShapeCheck {
	readonly #allowed: readonly string[];

	constructor(allowed: readonly string[]) {
		this.#allowed = allowed;
	}

	problems(type: ts.Type, value: unknown, path: string): readonly string[] {
		const all = alternatives(type);
		const fitting = all.filter((one) => mayBe(one, value));
		if (fitting.length === 0) {
			const words = wordsOf(all);
			const expected = words === null ? "" : `: none of ${words.join(", ")}`;
			return [`${path === "" ? "the whole" : path} cannot be ${shown(value)}${expected}`];
		}
		let fewest: readonly string[] | null = null;
		for (const one of fitting) {
			const found = this.#inside(one, value, path);
			if (found.length === 0) return [];
			if (fewest === null || found.length < fewest.length) fewest = found;
		}
		return fewest ?? [];
	}

	#inside(type: ts.Type, value: unknown, path: string): readonly string[] {
		if (isAnything(type)) return [];
		if (Array.isArray(value)) {
			const item = itemType(type);
			return item === null ? [] : value.flatMap((one, place) => this.problems(item, one, `${path}[${place}]`));
		}
		if (!isRecord(value)) return [];
		const members = membersOf(type);
		const others = otherMembers(type);
		const named = new Set(members.map(({ name }) => name));
		const at = (name: string) => (path === "" ? name : `${path}.${name}`);
		const known = members.flatMap(({ name, type: own, optional }) => {
			const isThere = value[name] !== undefined;
			if (isThere) return this.problems(own, value[name], at(name));
			return optional || mayBeAbsent.includes(at(name)) ? [] : [`${at(name)} is missing`];
		});
		const unknown = Object.keys(value)
			.filter((name) => value[name] !== undefined && !named.has(name))
			.flatMap((name) => {
				if (others !== null) return this.problems(others, value[name], at(name));
				return this.#allowed.includes(at(name).replace(/\[\d+\]/g, "[]")) ? [] : [`${at(name)} is not known`];
			});
		return [...known, ...unknown];
	}
}

function isAnything({ flags }: ts.Type): boolean {
	return (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0;
}

/** Whether the value is of the kind of a type that is no union; of an object the words that tell it apart are looked at. */
function mayBe(type: ts.Type, value: unknown): boolean {
	if (isAnything(type)) return true;
	if (value === null) return (type.flags & ts.TypeFlags.Null) !== 0;
	if (Array.isArray(value)) return itemType(type) !== null;
	if (isRecord(value)) return isObject(type) && membersOf(type).every((member) => isToldBy(member, value));
	if (type.isStringLiteral() || type.isNumberLiteral()) return type.value === value;
	const isText = (type.flags & ts.TypeFlags.StringLike) !== 0 || isOpenWord(type);
	if (typeof value === "string") return isText;
	if (typeof value === "number") return (type.flags & ts.TypeFlags.NumberLike) !== 0;
	return typeof value === "boolean" && isBoolean(type, value);
}

function isObject(type: ts.Type): boolean {
	const isObjectLike = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.NonPrimitive)) !== 0;
	return (isObjectLike || (type.isIntersection() && !isOpenWord(type))) && itemType(type) === null;
}

/** `string & {}`. */
function isOpenWord(type: ts.Type): boolean {
	return type.isIntersection() && type.types.some(({ flags }) => (flags & ts.TypeFlags.StringLike) !== 0);
}

function isBoolean(type: ts.Type, value: boolean): boolean {
	if ((type.flags & ts.TypeFlags.BooleanLiteral) === 0) return (type.flags & ts.TypeFlags.Boolean) !== 0;
	return "intrinsicName" in type && type.intrinsicName === String(value);
}

/** Whether a member that must be one word is that word, where it is there. */
function isToldBy({ name, type }: Member, value: Readonly<Record<string, unknown>>): boolean {
	const words = wordsOf(alternatives(type));
	const told = value[name];
	return words?.length !== 1 || typeof told !== "string" || words.includes(told);
}

function shown(value: unknown): string {
	const text = JSON.stringify(value) ?? "undefined";
	return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
