import type {
	Response,
	ResponseCreateParamsStreaming,
	ResponseStreamEvent,
} from "openai/resources/responses/responses";
import { isRecord } from "../modelList.ts";
import { type Probe, type ProbeReply, parseJson, probePrompt } from "../probe.ts";

/** Codex backends answer only streams, and refuse a request without instructions or with a token limit. */
export const codexProbe: Probe = {
	path: () => "/responses",
	body: (model) =>
		({
			model,
			instructions: "You are a helpful assistant.",
			input: [{ type: "message", role: "user", content: [{ type: "input_text", text: probePrompt }] }],
			store: false,
			stream: true,
		}) satisfies ResponseCreateParamsStreaming,
	read: (body) => {
		const whole = parseJson(body);
		if (isRecord(whole)) return whole["object"] === "response" ? readResponse(whole) : { kind: "otherFormat" };
		return readStream(body);
	},
};

function readResponse(response: Partial<Response>): ProbeReply {
	const text = (response.output ?? [])
		.flatMap((item) => (item.type === "message" ? item.content : []))
		.map((part) => (part.type === "output_text" ? part.text : ""))
		.join("");
	return { kind: "text", text };
}

function readStream(body: string): ProbeReply {
	let text = "";
	let ended = false;
	for (const line of body.split(/\r?\n/)) {
		if (!line.startsWith("data:")) continue;
		const event = parseJson(line.slice("data:".length)) as Partial<ResponseStreamEvent> | undefined;
		switch (event?.type) {
			case "response.output_text.delta":
				text += event.delta ?? "";
				break;
			case "response.completed":
			case "response.incomplete":
				ended = true;
				break;
			case "response.failed":
				return { kind: "error", message: event.response?.error?.message ?? "" };
			case "error":
				return { kind: "error", message: event.message ?? "" };
			default:
		}
	}
	return ended ? { kind: "text", text } : { kind: "otherFormat" };
}
