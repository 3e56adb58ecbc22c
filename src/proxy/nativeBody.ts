import type { NativeAccount } from "../accounts/account.ts";
import type { SuffixedModel } from "../bridge/modelSuffix.ts";
import { backendInput, fitsBackend, mayNameStoredFile } from "../formats/codex/backendItems.ts";
import {
	type BackendOperation,
	becomes,
	goes,
	isAbsent,
	type MemberFate,
	stays,
} from "../formats/codex/backendRules.ts";
import { isRecord } from "../formats/modelList.ts";
import { parseJson } from "../formats/probe.ts";
import { Malformed } from "../formats/translation.ts";
import type { KeyedNative } from "../pool/usable.ts";
import { type ByteEdit, withEdits } from "./byteEdits.ts";
import {
	type ByteRange,
	eachMember,
	eachObject,
	isArray,
	isString,
	type Members,
	NotJson,
	stringAt,
} from "./jsonScan.ts";
import type { RoutedTo } from "./routedRequest.ts";
import { scopedCacheKey, scopedId, scopedItemId } from "./scopedIds.ts";
import { scopedMember } from "./scopedMetadata.ts";

/** To whom a request goes, and as what. */
export interface NativeTarget extends RoutedTo {
	readonly keyed: KeyedNative;
	readonly operation: BackendOperation;
}

export interface NativeBody {
	readonly body: Buffer;
	/** What of the request does not go along, in the client's words. */
	readonly dropped: readonly string[];
	/** Whether the client asked for a stream. */
	readonly streams: boolean;
	/** Whether the client counts on it that its account keeps the reply. */
	readonly isKept: boolean;
}

type Body = Readonly<Record<string, unknown>>;

/**
 * A client's request as ChatGPT's backend takes it. One that fits, as those of Codex do, stays byte for byte what it was but
 * for the few members that name the model and the conversation; any other is written anew.
 * @throws Malformed, Untranslatable
 */
export function nativeBody(clear: Buffer, target: NativeTarget): NativeBody {
	const edited = editedInPlace(clear, target);
	if (edited !== null) return { body: edited, dropped: [], streams: target.operation.streams, isKept: false };
	const body = parseJson(clear.toString());
	if (!isRecord(body)) throw new Malformed("The body is no JSON object.");
	return rewritten(body, target);
}

/** Members of the client's that say something of the account, by name. */
const ownRules: ReadonlyMap<string, (value: unknown, target: NativeTarget) => MemberFate | null> = new Map([
	["model", (value: unknown, { model }: NativeTarget) => (value === model.model ? stays : becomes(model.model))],
	[
		"prompt_cache_key",
		(value: unknown, { keyed: { account } }: NativeTarget) =>
			typeof value !== "string" ? null : value === "" ? goes : becomes(scopedId(account, value)),
	],
	[
		"client_metadata",
		(value: unknown, { keyed: { account } }: NativeTarget) =>
			isRecord(value) ? becomes(scopedMember(account, "client_metadata", value)) : null,
	],
	["reasoning", (value: unknown, { model: { effort } }: NativeTarget) => withEffort(value, effort)],
	[
		"service_tier",
		(value: unknown, { model: { tier } }: NativeTarget) => (tier !== null && isAbsent(value) ? becomes(tier) : null),
	],
]);

/** Those of them, and what has to be there, are changed in place; whatever else has to change has the body written anew. */
const inPlace: ReadonlySet<string> = new Set([...ownRules.keys(), "instructions"]);

/** The body says it itself, or the name of the model does. */
function withEffort(reasoning: unknown, effort: SuffixedModel["effort"]): MemberFate | null {
	if (effort === null) return null;
	if (isAbsent(reasoning)) return becomes({ effort });
	return isRecord(reasoning) && isAbsent(reasoning["effort"]) ? becomes({ ...reasoning, effort }) : null;
}

function fateOf(name: string, value: unknown, target: NativeTarget): MemberFate {
	const { unknown, rules } = target.operation;
	if (unknown.has(name)) return goes;
	return ownRules.get(name)?.(value, target) ?? rules.get(name)?.(value) ?? stays;
}

/** @param has whether a member of this name goes to the backend already. */
function addedTo(
	has: (name: string) => boolean,
	{ keyed, model: { effort, tier }, conversation, operation }: NativeTarget,
): readonly (readonly [name: string, value: unknown])[] {
	const wanted: (readonly [string, unknown])[] = [...operation.required];
	if (conversation !== null && operation.streams)
		wanted.push(["prompt_cache_key", scopedCacheKey(keyed, conversation)]);
	if (effort !== null) wanted.push(["reasoning", { effort }]);
	if (tier !== null) wanted.push(["service_tier", tier]);
	return wanted.filter(([name]) => !has(name));
}

function rewritten(body: Body, target: NativeTarget): NativeBody {
	const dropped: string[] = [];
	const members = new Map<string, unknown>();
	for (const [name, value] of Object.entries(body)) {
		const fate = fateOf(name, value, target);
		if (fate.kind !== "stays" && fate.isNamed) dropped.push(name);
		if (fate.kind !== "goes") members.set(name, fate.kind === "becomes" ? fate.value : value);
	}
	const { streams } = target.operation;
	const isKept = streams && body["store"] !== false;
	if (isKept) members.set("include", withSealedReasoning(members.get("include")));
	const input = members.get("input");
	if (Array.isArray(input)) {
		const fit = backendInput(input, target.isUnsealed);
		members.set(
			"input",
			fit.items.map((item) => withScopedId(item, target.keyed.account)),
		);
		dropped.push(...fit.dropped);
	}
	// A tier that the client has said, and that is the rule, is said all the same.
	const isSaid = (name: string) => members.has(name) || (name === "service_tier" && !isAbsent(body[name]));
	const added = addedTo(isSaid, target);
	return {
		body: Buffer.from(JSON.stringify(Object.fromEntries([...members, ...added]))),
		dropped,
		streams: streams && body["stream"] === true,
		isKept,
	};
}

/** What the model thought can only come back where the client, or memory in its place, has it. */
function withSealedReasoning(include: unknown): readonly unknown[] {
	const given: readonly unknown[] = Array.isArray(include) ? include : [];
	return [...new Set([...given, "reasoning.encrypted_content"])];
}

/** @returns null where more has to change than can be in place. @throws Untranslatable */
function editedInPlace(clear: Buffer, target: NativeTarget): Buffer | null {
	if (mayNameStoredFile(clear)) return null;
	try {
		const edits = editsOf(clear, target);
		return edits === null ? null : withEdits(clear, edits);
	} catch (error) {
		if (error instanceof NotJson || error instanceof SyntaxError) return null;
		throw error;
	}
}

/** @throws NotJson, SyntaxError, Untranslatable */
function editsOf(clear: Buffer, target: NativeTarget): readonly ByteEdit[] | null {
	const start = clear.indexOf("{");
	const seen = new Set<string>();
	const edits: ByteEdit[] = [];
	let fits = true;
	const visit = (name: string, range: ByteRange): void => {
		// Of doubles only one would be changed.
		fits &&= !seen.has(name);
		seen.add(name);
		if (!fits || isFineText(clear, name, range)) return;
		if (name === "input") fits = isArray(clear, range);
		else if (isLookedAt(name, target)) {
			const value: unknown = JSON.parse(clear.toString("utf8", range.start, range.end));
			const fate = fateOf(name, value, target);
			if (fate.kind === "becomes" && inPlace.has(name)) edits.push({ ...range, text: JSON.stringify(fate.value) });
			else fits = fate.kind === "stays";
		}
	};
	eachMember(clear, start, visit, (name, at) => {
		if (name !== "input" || !fits || !isArray(clear, { start: at })) return null;
		return eachObject(clear, at, itemMembers, (members) => {
			fits &&= isFineItem(clear, members);
			const edit = itemIdEdit(clear, members, target.keyed.account);
			if (edit !== null) edits.push(edit);
		});
	});
	const added = addedTo((name) => seen.has(name), target);
	if (!fits || !added.every(([name]) => inPlace.has(name))) return null;
	if (added.length > 0) {
		const text = added.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`).join("");
		edits.push({ start: start + 1, end: start + 1, text });
	}
	return edits;
}

function isLookedAt(name: string, { operation }: NativeTarget): boolean {
	return ownRules.has(name) || operation.rules.has(name) || operation.unknown.has(name);
}

/** Instructions are long, and fit whatever they say. */
function isFineText(clear: Buffer, name: string, range: ByteRange): boolean {
	return name === "instructions" && isString(clear, range);
}

const itemMembers: ReadonlySet<string> = new Set(["type", "role", "id", "encrypted_content", "summary"]);

function isFineItem(clear: Buffer, members: Members): boolean {
	return fitsBackend((name) => {
		const range = members.get(name);
		return range === undefined ? undefined : toldAt(clear, range);
	});
}

/** What is encrypted may be bound to the name under which the backend has given it. */
function withScopedId(item: unknown, account: NativeAccount): unknown {
	if (!isRecord(item) || typeof item["id"] !== "string" || "encrypted_content" in item) return item;
	return { ...item, id: scopedItemId(account, item["id"]) };
}

/** The same in place. */
function itemIdEdit(clear: Buffer, members: Members, account: NativeAccount): ByteEdit | null {
	const range = members.get("id");
	if (range === undefined || range.end - range.start > longestWord || members.has("encrypted_content")) return null;
	const id = stringAt(clear, range);
	const scoped = id === null ? null : scopedItemId(account, id);
	return scoped === null || scoped === id ? null : { ...range, text: JSON.stringify(scoped) };
}

/** Characters. Of a longer string it matters only that it is there, and how it begins. */
const longestWord = 100;

/** A string, or the kind of anything else. */
function toldAt(clear: Buffer, range: ByteRange): unknown {
	if (isArray(clear, range)) return [];
	if (!isString(clear, range)) return null;
	const isLong = range.end - range.start > longestWord;
	return isLong ? clear.toString("latin1", range.start + 1, range.start + longestWord) : stringAt(clear, range);
}
