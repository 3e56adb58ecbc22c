import type { ts } from "ts-morph";
import type { Format } from "../../../src/accounts/account.ts";
import { collapsingRule } from "./collapsed.ts";
import { type Kinds, kindsOf } from "./kinds.ts";
import {
	alternatives,
	isNull,
	itemType,
	type Member,
	type Message,
	membersOf,
	messages,
	messageType,
	nameOf,
	otherMembers,
	shapeOf,
	wordsOf,
} from "./typeReading.ts";

/**
 * A field of a message. Its path: `a.b` is the member b of a; `a[]` are the items of the list a; `a[type=x]` is a, or those of
 * its items, whose `type` is x; `event` is one of a stream. What several kinds have alike stands once, without a kind.
 * `a.*` are all members of a together; a `*` before that stands for any characters.
 */
export interface Field {
	readonly message: Message;
	readonly path: string;
	/** Where the members of the same type are listed; null where they are listed here, or there are none. */
	readonly sameAs: string | null;
	/** The words that it may be. */
	readonly words: readonly string[] | null;
}

/** All fields that a format's SDK knows, in the order of their paths. */
export function readFields(format: Format): readonly Field[] {
	const replies: Listed = new Map();
	return messages.flatMap((message) => {
		const fields = new Walk(format, message, message === "request" ? new Map() : replies).fields;
		return [...fields.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
	});
}

/** By a key of the type: where its members are listed. What is sent and what comes back have each their own. */
type Listed = Map<string, { readonly message: Message; readonly path: string }>;

/** Some objects that may stand at one place. */
interface Place {
	readonly path: string;
	/** The path of their members. */
	readonly inside: string;
	readonly types: readonly ts.Type[];
}

/** Goes through the types level by level, so that the members of each are listed where it stands outermost. */
class Walk {
	readonly fields = new Map<string, Field>();
	readonly #message: Message;
	readonly #ruleFor: (path: string) => string | null;
	readonly #listed: Listed;
	#next: Place[] = [];

	constructor(format: Format, message: Message, listed: Listed) {
		this.#message = message;
		this.#ruleFor = (path) => collapsingRule(format, message, path);
		this.#listed = listed;
		const types = alternatives(messageType(format, message));
		const path =
			message === "stream" && (kindsOf(types) !== null || types.every((type) => listed.has(keyOf("", type))))
				? "event"
				: "";
		this.#next = [{ path, inside: path, types }];
		while (this.#next.length > 0) {
			const level = this.#next;
			this.#next = [];
			for (const place of level) this.#walk(place);
		}
	}

	#walk({ path, inside, types }: Place): void {
		const kinds = kindsOf(types);
		if (kinds === null) this.#members(inside, this.#fresh(path, inside, types).flatMap(membersOf));
		else this.#walkKinds(path, inside, kinds);
	}

	#walkKinds(path: string, inside: string, { told, kinds }: Kinds): void {
		const lists = kinds.map(({ words, types }) => {
			const own = `${path}[${told}=${words.join(",")}]`;
			const isShown = this.#list(own, {});
			const fresh = isShown ? this.#fresh(own, own, types) : [];
			return { own, members: fresh.flatMap(membersOf).filter(({ name }) => name !== told) };
		});
		const isShared = (member: Member) =>
			lists.filter(({ members }) => members.some((other) => isAlike(other, member))).length > 1;
		this.#members(
			inside,
			lists.flatMap(({ members }) => members.filter(isShared)),
		);
		for (const { own, members } of lists) {
			this.#members(
				own,
				members.filter((member) => !isShared(member)),
			);
		}
	}

	#members(path: string, members: readonly Member[]): void {
		for (const [name, same] of Map.groupBy(members, (member) => member.name)) {
			const own = path === "" ? name : `${path}.${name}`;
			const types = same.flatMap(({ type }) => alternatives(type)).filter((type) => !isNull(type));
			if (this.#list(own, { words: wordsOf(types) })) this.#follow(own, own, types);
		}
	}

	/** What may be inside a field. */
	#follow(path: string, inside: string, types: readonly ts.Type[]): void {
		const objects = types.filter((type) => membersOf(type).length > 0);
		if (objects.length > 0) this.#next.push({ path, inside, types: objects });
		const items = types.flatMap((type) => itemType(type) ?? []).flatMap(alternatives);
		if (items.length > 0) this.#follow(path, `${inside}[]`, items);
		const named = types.flatMap((type) => otherMembers(type) ?? []).flatMap(alternatives);
		if (named.length > 0) this.#follow(path, `${inside}.<name>`, named);
	}

	/** Those whose members are to be listed here. @param inside the path of their members */
	#fresh(path: string, inside: string, types: readonly ts.Type[]): readonly ts.Type[] {
		const keys = new Map(types.map((type) => [type, keyOf(path, type)]));
		const isListed = (type: ts.Type) => this.#listed.has(keys.get(type) ?? "");
		const fresh = types.filter((type) => !isListed(type));
		const known = types.find(isListed);
		if (known !== undefined) this.#list(path, { sameAs: this.#place(keys.get(known) ?? "") });
		for (const type of fresh) this.#listed.set(keys.get(type) ?? "", { message: this.#message, path: inside });
		return fresh;
	}

	#place(key: string): string | null {
		const { message, path } = this.#listed.get(key) ?? {};
		if (message === undefined || path === undefined) return null;
		if (message === this.#message) return path;
		return path === "" ? `the ${message}` : `${path} of the ${message}`;
	}

	/** @returns whether what is inside is to be listed too. */
	#list(path: string, more: Partial<Pick<Field, "sameAs" | "words">>): boolean {
		const rule = this.#ruleFor(path);
		const own = rule ?? path;
		const known = this.fields.get(own) ?? { message: this.#message, path: own, sameAs: null, words: null };
		this.fields.set(own, rule === null ? { ...known, ...more } : known);
		return rule === null;
	}
}

/** The same for types that are called the same, by themselves or by their member, and hold the same. */
function keyOf(path: string, type: ts.Type): string {
	return `${nameOf(type) ?? /[^.]*$/.exec(path)?.[0]} ${shapeOf(type)}`;
}

/** Alike is what is of one type, and what has nothing inside. */
function isAlike(one: Member, other: Member): boolean {
	if (one.name !== other.name) return false;
	const [types, others] = [one, other].map(({ type }) => alternatives(type).filter((part) => !isNull(part)));
	if (types === undefined || others === undefined) return false;
	const isPlain = (type: ts.Type) =>
		membersOf(type).length === 0 && itemType(type) === null && otherMembers(type) === null;
	if ([...types, ...others].every(isPlain)) return true;
	const shapes = [types, others].map((all) =>
		all
			.map((type) => shapeOf(type))
			.sort()
			.join(),
	);
	return shapes[0] === shapes[1];
}
