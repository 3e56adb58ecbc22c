import { firstWord, pacedWord, type StreamText, tokens } from "./streamText.ts";

/** Every chunk tells the tokens so far. */
const usageMetadata = {
	promptTokenCount: tokens.input,
	candidatesTokenCount: tokens.output,
	totalTokenCount: tokens.input + tokens.output,
	promptTokensDetails: [{ modality: "TEXT", tokenCount: tokens.input }],
};

/** Google ends lines the long way. */
function chunk(model: string, text: string, ending: object = {}): string {
	const content = { parts: [{ text }], role: "model" };
	const candidates = [{ content, ...ending, index: 0 }];
	const told = { candidates, usageMetadata, modelVersion: model, responseId: "bench00000000000000000" };
	return `data: ${JSON.stringify(told)}\r\n\r\n`;
}

export const geminiStream: StreamText = {
	opening: (model) => chunk(model, firstWord),
	pacedEvent: (model, sequence, sentAt) => chunk(model, pacedWord(sequence, sentAt)),
	closing: (model) => chunk(model, "", { finishReason: "STOP" }),
};
