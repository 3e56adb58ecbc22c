import type { Effort, OutputFormat, Tool, Turn } from "../conversation.ts";
import { Fields, type LostFields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { Malformed, Untranslatable } from "../translation.ts";
import { callIds, itemReaders, lostItems } from "./itemReader.ts";
import { saidItems } from "./saidItems.ts";
import { Talk } from "./talk.ts";

/** What the input holds beside turns. */
export interface ReadInput {
	readonly turns: readonly Turn[];
	readonly tools: readonly Tool[];
	readonly effort: Effort | undefined;
	/** Null: plain text again. */
	readonly output: OutputFormat | null | undefined;
}

/** Why an item cannot be left out, for those whose name does not say it. */
const reasons: ReadonlyMap<string, string> = new Map(
	Object.entries<string>({
		compaction: "is the summary of a talk that only the account that made it can read",
		compaction_trigger: "asks for a summary that only the account that makes it can read",
		item_reference: "is not known here: it was said too long ago, or by another account",
		computer_call: "is an act on a screen",
		computer_call_output: "is a picture of a screen",
	}),
);

/** @param input text, or items in the order of the talk. */
export function readInput(input: unknown, lost: LostFields): ReadInput {
	if (typeof input === "string") {
		const turns: Turn[] = input === "" ? [] : [{ role: "user", parts: [{ kind: "text", text: input }] }];
		return { turns, tools: [], effort: undefined, output: undefined };
	}
	if (!Array.isArray(input)) throw new Malformed("input must be a string or a list of items.");
	const items = input.map((item) => (typeOf(item) === "item_reference" ? (saidItems.find(item.id) ?? item) : item));
	const talk = new Talk(callIds(items));
	for (const [index, item] of items.entries()) readItem(item, `input[${index}]`, talk, lost);
	return { turns: talk.end(), tools: talk.tools, effort: talk.effort, output: talk.output };
}

function readItem(item: unknown, path: string, talk: Talk, lost: LostFields): void {
	const type = typeOf(item);
	if (lostItems.has(type)) {
		lost.add(`input[].${type}`);
		return;
	}
	Fields.read(item, path, lost, (fields) => {
		if (type === "") fields.wrong("type", "a string");
		const read = itemReaders.get(type);
		if (read === undefined) {
			const why = reasons.get(type) ?? "is of a kind that only one kind of account knows";
			throw new Untranslatable(`${path} (“${type}”) ${why}.`);
		}
		read(fields, talk, lost);
	});
}

/** A message may go without its type, and so may a reference to an item. */
function typeOf(item: unknown): string {
	if (!isRecord(item)) return "";
	const type = item["type"] ?? ("role" in item ? "message" : "id" in item ? "item_reference" : "");
	return typeof type === "string" ? type : "";
}
