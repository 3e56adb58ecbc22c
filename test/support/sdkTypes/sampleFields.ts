import type { ts } from "ts-morph";
import type { Format } from "../../../src/accounts/account.ts";
import { isRecord } from "../../../src/formats/modelList.ts";
import { collapsingRule } from "./collapsed.ts";
import {
	alternatives,
	isNull,
	itemType,
	type Member,
	membersOf,
	messageType,
	otherMembers,
	wordsOf,
} from "./typeReading.ts";

/** A step of a path, as `readFields.ts` writes it: a member, and of which kind it, or each of its items, is to be. */
interface Step {
	readonly name: string;
	/** Of each list that stands in each other; null: of any kind. */
	readonly kinds: readonly (Kind | null)[];
}
interface Kind {
	readonly told: string;
	readonly words: readonly string[];
}

/** Texts that have to be of some kind, by the member that holds them. */
const texts: Readonly<Record<string, string>> = {
	arguments: "{}",
	data: "AAAA",
	file_data: "data:application/pdf;base64,AAAA",
	fileUri: "https://files.example/a.png",
	file_url: "https://files.example/a.pdf",
	image_url: "https://files.example/a.png",
	mimeType: "image/png",
	uri: "https://pages.example/",
	url: "https://files.example/a.png",
};

/** Lists that may be empty, and are where nothing in them is asked for. */
const emptyLists = ["annotations"];

/**
 * The smallest request of a format that has the field; null where the path cannot be followed. Where a field may stand in
 * several kinds of object, it stands in one that has rows of its own.
 */
export function sampleRequest(format: Format, path: string): unknown {
	const isOwn = (place: string) => path.endsWith(".*") || collapsingRule(format, "request", place) === null;
	return new Sampler(isOwn).at(messageType(format, "request"), stepsOf(path), "", "") ?? null;
}

function stepsOf(path: string): readonly Step[] {
	const names = path.replace(/\.\*$/, "").match(/[^.[\]]+(?:\[[^\]]*\])*/g) ?? [];
	return names.map((text) => {
		const [name = "", ...brackets] = text.split("[");
		return { name, kinds: brackets.map((bracket) => kindOf(bracket.slice(0, -1))) };
	});
}

function kindOf(text: string): Kind | null {
	const [told, words] = text.split("=");
	return told === undefined || words === undefined ? null : { told, words: words.split(",") };
}

/** Follows a path through the types. What it gives is undefined where what is wanted cannot stand there. */
class Sampler {
	readonly #isOwn: (place: string) => boolean;

	/** @param isOwn whether an object at that path may stand for others. */
	constructor(isOwn: (place: string) => boolean) {
		this.#isOwn = isOwn;
	}

	/** @param name of the member that holds the value. @param path of the value, with its kind. */
	at(type: ts.Type, steps: readonly Step[], name: string, path: string): unknown {
		const [step, ...rest] = steps;
		if (step === undefined) return smallest(type, name, 0);
		for (const one of alternatives(type)) {
			const members = membersOf(one);
			const wanted = members.find((member) => member.name === step.name);
			const others = wanted === undefined && step.name === "<name>" ? otherMembers(one) : null;
			const inner = wanted?.type ?? others;
			if (inner === null) continue;
			const value = this.#member(inner, step.kinds, rest, step.name, path === "" ? step.name : `${path}.${step.name}`);
			if (value === undefined) continue;
			return { ...smallestObject(members, 0), [others === null ? step.name : "any"]: value };
		}
		return undefined;
	}

	#member(type: ts.Type, kinds: Step["kinds"], rest: readonly Step[], name: string, path: string): unknown {
		const [kind, ...inner] = kinds;
		if (kind === undefined) return this.at(type, rest, name, path);
		for (const one of alternatives(type)) {
			const item = itemType(one);
			if (item === null && kind === null) continue;
			const value = this.#kind(item ?? one, kind, inner, rest, name, path);
			if (value !== undefined) return item === null ? value : [value];
		}
		return undefined;
	}

	#kind(
		type: ts.Type,
		kind: Kind | null,
		inner: Step["kinds"],
		rest: readonly Step[],
		name: string,
		path: string,
	): unknown {
		for (const one of alternatives(type).filter((some) => isOfKind(some, kind))) {
			const word = kind === null ? firstWord(one) : toldWord(one, kind);
			const place = word === undefined ? `${path}[]` : `${path}[${kind?.told ?? "type"}=${word}]`;
			if (!this.#isOwn(place)) continue;
			const value = inner.length > 0 ? this.#member(one, inner, rest, name, place) : this.at(one, rest, name, place);
			if (value === undefined) continue;
			return kind === null || !isRecord(value) ? value : { ...value, [kind.told]: word };
		}
		return undefined;
	}
}

function firstWord(type: ts.Type): string | undefined {
	const member = membersOf(type).find(({ name }) => name === "type");
	return member === undefined ? undefined : wordsOf(alternatives(member.type))?.[0];
}

function isOfKind(type: ts.Type, kind: Kind | null): boolean {
	return kind === null || (membersOf(type).length > 0 && toldWord(type, kind) !== undefined);
}

/** The word of the type itself, which the path may have without its date. */
function toldWord(type: ts.Type, { told, words }: Kind): string | undefined {
	const member = membersOf(type).find(({ name }) => name === told);
	const own = member === undefined ? [] : (wordsOf(alternatives(member.type)) ?? []);
	return own.find((word) =>
		words.some((wanted) =>
			new RegExp(
				`^${wanted
					.split("*")
					.map((part) => part.replace(/\W/g, "\\$&"))
					.join(".*")}$`,
			).test(word),
		),
	);
}

function smallestObject(members: readonly Member[], depth: number): Readonly<Record<string, unknown>> {
	const required = members.filter(({ optional }) => !optional);
	return Object.fromEntries(required.map(({ name, type }) => [name, smallest(type, name, depth + 1)]));
}

function smallest(type: ts.Type, name: string, depth: number): unknown {
	const all = alternatives(type).filter((one) => !isNull(one));
	const words = wordsOf(all);
	if (words !== null) return words[0];
	const [literal] = all
		.filter((one) => one.isStringLiteral() || one.isNumberLiteral())
		.map((one) => ("value" in one ? one.value : null));
	const names = all.map((one) => ("intrinsicName" in one ? one.intrinsicName : null));
	if (names.includes("string")) return texts[name] ?? "x";
	if (literal !== undefined) return literal;
	if (names.includes("number")) return 1;
	if (names.includes("true") || names.includes("false")) return names.includes("true");
	const list = all.find((one) => itemType(one) !== null);
	if (list !== undefined) {
		const item = itemType(list);
		return item === null || depth > 4 || emptyLists.includes(name) ? [] : [smallest(item, name, depth + 1)];
	}
	const object = all.find((one) => membersOf(one).length > 0);
	if (object !== undefined) return depth > 6 ? {} : smallestObject(membersOf(object), depth);
	if (names.includes("unknown") || names.includes("any")) return /schema$/i.test(name) ? { type: "object" } : "x";
	const others = all.map(otherMembers).find((one) => one !== null);
	return others === undefined || others === null ? {} : { any: smallest(others, name, depth + 1) };
}
