import { type ByteRange, type Members, membersAt, membersOfText, NotJson, stringAt } from "./jsonScan.ts";

/** A model's name, and where it stands in the body: the JSON string with its quotes. */
export interface ModelName extends ByteRange {
	readonly name: string;
}

/** The little that routing needs to know of a JSON body. */
export interface Envelope {
	/** The last top-level `model`; null where there is none or it is no string. */
	readonly model: ModelName | null;
	/** Null where the body does not say. */
	readonly stream: boolean | null;
	/** A reply of one token is asked for: clients that only look whether somebody answers do. */
	readonly asksOneToken: boolean;
	/** Where the members stand that tell one conversation from another. */
	readonly members: Members;
}

const limitNames = ["max_tokens", "max_completion_tokens", "max_output_tokens"];
const configNames = ["generationConfig", "generation_config"];
const configLimits: ReadonlySet<string> = new Set(["maxOutputTokens", "max_output_tokens"]);

const wanted: ReadonlySet<string> = new Set([
	...["model", "stream", ...limitNames, ...configNames],
	...["prompt_cache_key", "metadata", "user"],
	...["messages", "system", "instructions", "input", "contents", "systemInstruction", "system_instruction"],
]);

/**
 * Finds the members that routing needs, in one pass and without building the body. Values are not validated; the relay does
 * that.
 * @returns null where the body is no JSON object.
 */
export function readEnvelope(body: Buffer): Envelope | null {
	const members = topMembers(body);
	if (!members) return null;
	const model = members.get("model");
	const name = stringAt(body, model);
	return {
		model: model && name !== null ? { name, ...model } : null,
		stream: readBoolean(body, members.get("stream")),
		asksOneToken: asksOneToken(body, members),
		members,
	};
}

/** The body with another model name; every other byte stays. */
export function withModel(body: Buffer, model: ModelName, name: string): Buffer {
	return Buffer.concat([body.subarray(0, model.start), Buffer.from(JSON.stringify(name)), body.subarray(model.end)]);
}

function topMembers(body: Buffer): Members | null {
	try {
		return membersOfText(body, wanted);
	} catch (error) {
		if (error instanceof NotJson) return null;
		throw error;
	}
}

function asksOneToken(body: Buffer, members: Members): boolean {
	if (limitNames.some((name) => isOne(body, members.get(name)))) return true;
	return configNames.some((name) => {
		const config = members.get(name);
		return config !== undefined && holdsOne(body, config);
	});
}

function holdsOne(body: Buffer, config: ByteRange): boolean {
	try {
		return [...membersAt(body, config, configLimits).values()].some((value) => isOne(body, value));
	} catch (error) {
		// Brackets that match, around something that is no JSON: for the relay to judge.
		if (error instanceof NotJson) return false;
		throw error;
	}
}

/** Protobuf's JSON, which Gemini reads, allows a number in quotes. */
function isOne(body: Buffer, range: ByteRange | undefined): boolean {
	if (!range || range.end - range.start > 16) return false;
	const text = body.toString("latin1", range.start, range.end).replace(/^"(.+)"$/, "$1");
	return Number(text) === 1;
}

function readBoolean(body: Buffer, range: ByteRange | undefined): boolean | null {
	if (!range || range.end - range.start > 5) return null;
	const text = body.toString("latin1", range.start, range.end);
	return text === "true" ? true : text === "false" ? false : null;
}
