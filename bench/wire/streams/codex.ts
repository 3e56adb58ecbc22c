import { firstWord, pacedWord, type StreamText, tokens } from "./streamText.ts";

const itemId = "msg_bench00000000000000000000000000000000000000000000";
const item = { id: itemId, type: "message", role: "assistant" };
const place = { item_id: itemId, output_index: 0, content_index: 0 };
/** Events before the first paced one. */
const before = 5;

function written(type: string, number: number, rest: object): string {
	return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number, ...rest })}\n\n`;
}

function delta(number: number, text: string): string {
	return written("response.output_text.delta", number, { ...place, delta: text, logprobs: [] });
}

function outputText(text: string): object {
	return { type: "output_text", text, annotations: [], logprobs: [] };
}

function response(model: string, state: object): object {
	return {
		id: "resp_bench00000000000000000000000000000000000000000000",
		object: "response",
		created_at: 1_767_225_600,
		error: null,
		incomplete_details: null,
		instructions: "You answer briefly.",
		max_output_tokens: null,
		model,
		parallel_tool_calls: true,
		previous_response_id: null,
		reasoning: { effort: null, summary: null },
		store: false,
		temperature: 1,
		text: { format: { type: "text" }, verbosity: "medium" },
		tool_choice: "auto",
		tools: [],
		top_p: 1,
		truncation: "disabled",
		metadata: {},
		...state,
	};
}

const usage = {
	input_tokens: tokens.input,
	input_tokens_details: { cached_tokens: 0 },
	output_tokens: tokens.output,
	output_tokens_details: { reasoning_tokens: 0 },
	total_tokens: tokens.input + tokens.output,
};

export const codexStream: StreamText = {
	opening: (model) => {
		const begun = { response: response(model, { status: "in_progress", output: [], usage: null }) };
		return (
			written("response.created", 0, begun) +
			written("response.in_progress", 1, begun) +
			written("response.output_item.added", 2, {
				output_index: 0,
				item: { ...item, status: "in_progress", content: [] },
			}) +
			written("response.content_part.added", 3, { ...place, part: outputText("") }) +
			delta(4, firstWord)
		);
	},
	pacedEvent: (_, sequence, sentAt) => delta(before + sequence - 1, pacedWord(sequence, sentAt)),
	closing: (model, said) => {
		const next = before + said.length;
		const text = firstWord + said.join("");
		const done = { ...item, status: "completed", content: [outputText(text)] };
		return (
			written("response.output_text.done", next, { ...place, text, logprobs: [] }) +
			written("response.content_part.done", next + 1, { ...place, part: outputText(text) }) +
			written("response.output_item.done", next + 2, { output_index: 0, item: done }) +
			written("response.completed", next + 3, {
				response: response(model, { status: "completed", output: [done], usage }),
			})
		);
	},
};
