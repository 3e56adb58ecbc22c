import { hash } from "node:crypto";
import type { Format } from "../accounts/account.ts";
import {
	type ByteRange,
	eachItem,
	eachMember,
	isObject,
	isString,
	type Members,
	membersAt,
	NotJson,
	stringAt,
} from "./jsonScan.ts";

/** Bytes of the system prompt, and of the first user message, by which a conversation is known; the rest is not read. */
const looked = 64 * 1024;

const separator = Buffer.from([0]);

/** How a conversation begins, by its places in the body: the values that hold text, or what stands in its place. */
interface Opening {
	readonly system: readonly ByteRange[];
	readonly user: readonly ByteRange[];
}

/** Where a format keeps its system prompt beside the turns, the turns, and the texts of one turn. */
interface Places {
	readonly system: readonly string[];
	readonly turns: string;
	readonly content: string;
	/** The members of a turn that are looked at. */
	readonly turn: ReadonlySet<string>;
}

const places: Readonly<Record<Format, Places>> = {
	openai: { system: [], turns: "messages", content: "content", turn: new Set(["role", "content"]) },
	anthropic: { system: ["system"], turns: "messages", content: "content", turn: new Set(["role", "content"]) },
	codex: { system: ["instructions"], turns: "input", content: "content", turn: new Set(["role", "content"]) },
	gemini: {
		system: ["systemInstruction", "system_instruction"],
		turns: "contents",
		content: "parts",
		turn: new Set(["role", "parts"]),
	},
};

/**
 * A digest of model, system prompt and first user message: the same for every request of a conversation, since clients send
 * it whole each time.
 * @returns null where the body has no user message that can be read.
 */
export function openingDigest(format: Format, model: string, body: Buffer, members: Members): string | null {
	const opening = readOpening(format, body, members);
	if (!opening || opening.user.length === 0) return null;
	// A byte that no JSON holds keeps the parts apart.
	const parts = [
		Buffer.from(model),
		separator,
		...slices(body, opening.system),
		separator,
		...slices(body, opening.user),
	];
	return hash("sha256", Buffer.concat(parts), "base64url");
}

/** Their bytes, up to as many as are looked at. */
function slices(body: Buffer, ranges: readonly ByteRange[]): readonly Buffer[] {
	let left = looked;
	return ranges.map(({ start, end }) => {
		const slice = body.subarray(start, start + Math.min(end - start, left));
		left -= slice.length;
		return slice;
	});
}

function readOpening(format: Format, body: Buffer, members: Members): Opening | null {
	const { system: systemNames, turns, content, turn: turnMembers } = places[format];
	try {
		const system = systemNames.flatMap((name) => systemTexts(body, members.get(name), content));
		const all = members.get(turns);
		if (!all) return null;
		if (isString(body, all)) return { system, user: [all] };
		const user: ByteRange[] = [];
		eachItem(body, all, (item) => {
			const turn = membersAt(body, item, turnMembers);
			const role = stringAt(body, turn.get("role")) ?? (format === "gemini" ? "user" : "");
			const texts = () => textsOf(body, turn.get(content));
			if (role === "system" || role === "developer") system.push(...texts());
			if (role !== "user") return true;
			user.push(...texts());
			return false;
		});
		return { system, user };
	} catch (error) {
		if (error instanceof NotJson) return null;
		throw error;
	}
}

/** Gemini wraps its system prompt as it wraps a turn; the others do not. */
function systemTexts(body: Buffer, value: ByteRange | undefined, content: string): readonly ByteRange[] {
	const wrapped = value && membersAt(body, value, new Set([content])).get(content);
	return textsOf(body, wrapped ?? value);
}

/**
 * The texts of a prompt, whichever way it is written: a string, parts, one part. The ways give the same for the same text,
 * because clients change from one to the other while a conversation goes on, and move cache marks.
 */
function textsOf(body: Buffer, value: ByteRange | undefined): readonly ByteRange[] {
	if (!value) return [];
	if (isString(body, value)) return [value];
	if (isObject(body, value)) return partTexts(body, value);
	const texts: ByteRange[] = [];
	let bytes = 0;
	eachItem(body, value, (item) => {
		texts.push(...(isObject(body, item) ? partTexts(body, item) : [item]));
		bytes += item.end - item.start;
		return bytes < looked;
	});
	return texts;
}

/** Of a part with text the text; of others (an image, a file) everything but the cache mark. */
function partTexts(body: Buffer, part: ByteRange): readonly ByteRange[] {
	const texts: ByteRange[] = [];
	const others: ByteRange[] = [];
	eachMember(body, part.start, (name, value) => {
		if (name === "text" && isString(body, value)) texts.push(value);
		else if (name !== "cache_control") others.push(value);
	});
	return texts.length > 0 ? texts : others;
}
