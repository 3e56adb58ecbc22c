import type { Ordered } from "./models.ts";
import { firstWord, pacedWord, tokens } from "./streams/streamText.ts";

/** What the upstream says to clients of OpenAI, byte for byte: it sends it, and the load checks by it what came through. */

/** Events in a block of a stream that is sent flat out; with this many the block has about 64 KiB. */
export const eventsPerBlock = 270;
const usage = {
	prompt_tokens: tokens.input,
	completion_tokens: tokens.output,
	total_tokens: tokens.input + tokens.output,
};
const created = 1_767_225_600;
const id = "chatcmpl-bench00000000000000000000";

function chunk(model: string, rest: object): string {
	return `data: ${JSON.stringify({ id, object: "chat.completion.chunk", created, model, ...rest })}\n\n`;
}

function choice(delta: object, finish: string | null): object {
	return { choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] };
}

/** The head of a stream as OpenAI's has it: the role, and with it the first word. */
export function opening(model: string): string {
	return (
		chunk(model, choice({ role: "assistant", content: "" }, null)) + chunk(model, choice({ content: firstWord }, null))
	);
}

/** The finish, the usage and the end mark. */
export function closing(model: string): string {
	return `${chunk(model, choice({}, "stop"))}${chunk(model, { choices: [], usage })}data: [DONE]\n\n`;
}

/** @param sentAt microseconds of the machine's monotonic clock. */
export function pacedEvent(model: string, sequence: number, sentAt: number): string {
	return chunk(model, choice({ content: pacedWord(sequence, sentAt) }, null));
}

/** Finds sequence and stamp in a paced event. */
export const pacedContent = /"content":"(\d+)@(\d+) "/;

function flatEvent(model: string): string {
	return chunk(model, choice({ content: " word after word after word" }, null));
}

/** One block of a stream that is sent flat out, without HTTP's framing. */
export function flatBlock(model: string): string {
	return flatEvent(model).repeat(eventsPerBlock);
}

/** The same block as the upstream sends it: each event in a chunk of HTTP of its own, as inference servers do. */
export function flatBlockChunked(model: string): Buffer {
	return Buffer.from(chunked(flatEvent(model)).repeat(eventsPerBlock));
}

/** One chunk of HTTP's chunked coding. */
export function chunked(text: string): string {
	return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

export const lastChunk = "0\r\n\r\n";

export function jsonReply(model: string): string {
	const message = { role: "assistant", content: `A small reply for ${model}.`, refusal: null };
	return completion(model, message);
}

/** What a large body came to. */
export function uploadReply(model: string, bytes: number, checksum: number): string {
	return completion(model, { role: "assistant", content: `${bytes} bytes, checksum ${checksum}`, refusal: null });
}

function completion(model: string, message: object): string {
	const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
	return JSON.stringify({ id, object: "chat.completion", created, model, choices, usage });
}

/** What comes once, or over and over, one after another. */
export interface Stretch {
	readonly bytes: Buffer;
	readonly times: number;
}

/** The whole body of the reply to an order whose bytes are known beforehand. */
export function expectedBody(model: string, { order }: Ordered): readonly Stretch[] {
	const once = (text: string): Stretch => ({ bytes: Buffer.from(text), times: 1 });
	switch (order.kind) {
		case "json":
			return [once(jsonReply(model))];
		case "first":
			return [once(opening(model) + closing(model))];
		case "flat":
			return [
				once(opening(model)),
				{ bytes: Buffer.from(flatBlock(model)), times: order.blocks },
				once(closing(model)),
			];
		default:
			throw new Error(`The reply to ${model} is not known beforehand.`);
	}
}
