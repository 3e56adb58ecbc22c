import assert from "node:assert/strict";
import type { Format } from "../../../src/accounts/account.ts";
import { isRecord } from "../../../src/formats/modelList.ts";
import { EventReader, type ServerSentEvent } from "../../../src/formats/sse.ts";
import { type ShapeKind, shapeProblems } from "../sdkShapes.ts";
import type { WireExchange } from "./tap.ts";

/** Fails where a reply is not what the client's SDK has types for, or its events are not in their order. */
export function checkClientReply(client: Format, { status, headers, reply }: WireExchange): void {
	const isStream = headers.get("content-type")?.startsWith("text/event-stream") === true;
	if (status >= 400 || !isStream) {
		checkShape(`${client}.${status >= 400 ? "error" : "reply"}`, JSON.parse(reply));
		return;
	}
	const reader = new EventReader();
	const events = [...reader.push(Buffer.from(reply)), ...reader.end()];
	const values = events.filter(({ data }) => data !== "[DONE]").map(({ data }): unknown => JSON.parse(data));
	for (const value of values) if (!isError(value)) checkShape(`${client}.event`, value);
	if (!values.some(isError)) orders[client](values, events);
}

/** An error within a stream has the shape that errors have before it. */
function isError(value: unknown): boolean {
	return (
		isRecord(value) &&
		(value["error"] !== undefined || value["type"] === "error" || value["type"] === "response.failed")
	);
}

const known = new Map<string, readonly string[]>();

/** Of values that differ in texts and numbers alone one is looked at. */
export function checkShape(kind: ShapeKind, value: unknown): void {
	const form = `${kind} ${JSON.stringify(value, formOf)}`;
	const wrong = known.get(form) ?? shapeProblems(kind, value).filter((problem) => !isQuirk(kind, problem));
	known.set(form, wrong);
	if (wrong.length > 0) assert.fail(`No ${kind}: ${wrong.join("; ")}\n${JSON.stringify(value)}`);
}

/** Where the real API and the SDK differ. */
const quirks: Readonly<Partial<Record<ShapeKind, RegExp>>> = {
	// The assistant's own texts come without an id, as Codex sends them; the SDK has them with one, or as what a user says.
	"codex.request": /^input\[\d+\]\.content\[\d+\] cannot be \{"type":"(?:output_text|refusal)"/,
	// Older models still take what the SDK has ceased to know.
	"anthropic.request": /^(?:temperature|top_p|top_k) is not known$/,
	// Anthropic has the type, the SDK does not.
	"anthropic.error": /"type":"request_too_large"/,
	// Models that search stream what they cite; the SDK knows it of whole replies alone.
	"openai.event": /^choices\[\d+\]\.delta\.annotations is not known$/,
	// Calls of custom tools have a status.
	"codex.reply": /^output\[\d+\]\.status is not known$/,
	// Tokens have their bytes in events, too.
	"codex.event":
		/^(?:(?:item|response\.output\[\d+\])\.status|logprobs\[\d+\]\.(?:top_logprobs\[\d+\]\.)?bytes) is not known$/,
};

function isQuirk(kind: ShapeKind, problem: string): boolean {
	return quirks[kind]?.test(problem) === true;
}

/** Words that tell a type apart stay as they are. */
const tellingWord = /^[a-zA-Z_.]{1,40}$/;

function formOf(name: string, value: unknown): unknown {
	if (typeof value === "number") return 0;
	if (typeof value !== "string") return value;
	const isFree = ["text", "delta", "content", "id", "thinking", "name", "partial_json", "arguments"].includes(name);
	return isFree || !tellingWord.test(value) ? "" : value;
}

type Order = (values: readonly unknown[], events: readonly ServerSentEvent[]) => void;

const orders: Readonly<Record<Format, Order>> = {
	openai: (values, events) => {
		assert.equal(events.at(-1)?.data, "[DONE]", "the stream ends with [DONE]");
		const choices = values.flatMap((value) =>
			isRecord(value) && Array.isArray(value["choices"]) ? value["choices"] : [],
		);
		const indexes = new Set(choices.map(({ index }) => index));
		for (const index of indexes) {
			const own = choices.filter((choice) => choice.index === index);
			assert.equal(own[0].delta.role, "assistant", "the first chunk names the role");
			assert.equal(own.filter(({ finish_reason: reason }) => reason !== null).length, 1, "one finish reason each");
			assert.notEqual(own.at(-1).finish_reason, null, "the finish reason comes last");
		}
	},
	anthropic: (values) => {
		const types = values.map(typeIn).filter((type) => type !== "ping");
		assert.equal(types[0], "message_start");
		assert.deepEqual(types.slice(-2), ["message_delta", "message_stop"]);
		let open: number | null = null;
		let next = 0;
		for (const value of values) {
			const index = isRecord(value) ? value["index"] : undefined;
			const type = typeIn(value);
			if (type === "content_block_start") {
				assert.equal(open, null, "one block after the other");
				assert.equal(index, next, "blocks are counted");
				open = next;
				next += 1;
			} else if (type === "content_block_delta") assert.equal(index, open);
			else if (type === "content_block_stop") {
				assert.equal(index, open);
				open = null;
			} else if (type === "message_delta") assert.equal(open, null, "every block is closed");
		}
	},
	gemini: (values) => {
		const last = values.at(-1);
		assert.ok(isRecord(last) && last["usageMetadata"] !== undefined, "the last chunk tells the usage");
		const told = JSON.stringify(values);
		assert.ok(/"finishReason"|"blockReason"/.test(told), "the stream says how it ended");
	},
	codex: (values, events) => {
		for (const [index, { name, data }] of events.entries()) {
			assert.equal(name, typeIn(JSON.parse(data)), "events bear the name of their type");
			assert.equal(JSON.parse(data).sequence_number, index, "events are numbered");
		}
		const types = values.map(typeIn);
		assert.deepEqual(types.slice(0, 2), ["response.created", "response.in_progress"]);
		assert.match(types.at(-1) ?? "", /^response\.(?:completed|incomplete)$/);
		const count = (type: string) => types.filter((one) => one === type).length;
		assert.equal(count("response.output_item.added"), count("response.output_item.done"), "every item is done");
		assert.equal(count("response.content_part.added"), count("response.content_part.done"), "every part is done");
		const last = values.at(-1);
		const output = isRecord(last) && isRecord(last["response"]) ? last["response"]["output"] : [];
		const done = values.flatMap((value) =>
			isRecord(value) && typeIn(value) === "response.output_item.done" ? [value["item"]] : [],
		);
		assert.deepEqual(output, done, "the last event repeats the items");
	},
};

function typeIn(value: unknown): string {
	return isRecord(value) && typeof value["type"] === "string" ? value["type"] : "";
}
