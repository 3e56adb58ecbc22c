import { firstWord, pacedWord, type StreamText, tokens } from "./streamText.ts";

function written(type: string, rest: object): string {
	return `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
}

function delta(text: string): string {
	return written("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
}

function message(model: string): object {
	return {
		id: "msg_bench0000000000000000",
		type: "message",
		role: "assistant",
		model,
		content: [],
		stop_reason: null,
		stop_sequence: null,
		usage: {
			input_tokens: tokens.input,
			cache_creation_input_tokens: 0,
			cache_read_input_tokens: 0,
			output_tokens: 1,
			service_tier: "standard",
		},
	};
}

export const anthropicStream: StreamText = {
	opening: (model) =>
		written("message_start", { message: message(model) }) +
		written("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
		written("ping", {}) +
		delta(firstWord),
	pacedEvent: (_, sequence, sentAt) => delta(pacedWord(sequence, sentAt)),
	closing: () =>
		written("content_block_stop", { index: 0 }) +
		written("message_delta", {
			delta: { stop_reason: "end_turn", stop_sequence: null },
			usage: { output_tokens: tokens.output },
		}) +
		written("message_stop", {}),
};
