import { chatRequests, type StreamEvent } from "../../../scripts/start/chatRequest.ts";
import type { Format } from "../../../src/accounts/account.ts";

export interface LocalPort {
	readonly port: number;
	readonly localKey: string;
}

/** What came back for a streaming request. */
export interface LocalReply {
	readonly status: number;
	/** The label of the account that answered; empty when none was asked. */
	readonly account: string;
	/** The words of the stream. */
	readonly words: string;
	/** The body as it came. */
	readonly text: string;
}

export interface LocalQuestion {
	readonly format?: Format;
	readonly model: string;
	readonly prompt: string;
}

/** Sends one streaming request to the local port, as a client of the format does. */
export async function askLocalPort(local: LocalPort, question: LocalQuestion): Promise<LocalReply> {
	const response = await openStream(local, question);
	const text = await response.text();
	return {
		status: response.status,
		account: accountOf(response),
		words: response.ok ? wordsOf(text, chatRequests[question.format ?? "openai"].words) : "",
		text,
	};
}

/** The same, up to where the reply begins. @param leaving ends what has begun. */
export function openStream(
	{ port, localKey }: LocalPort,
	{ format = "openai", model, prompt }: LocalQuestion,
	leaving: AbortSignal | null = null,
): Promise<Response> {
	const request = chatRequests[format];
	return fetch(`http://127.0.0.1:${port}${request.path(model)}`, {
		method: "POST",
		headers: { ...request.headers(localKey), "content-type": "application/json" },
		body: JSON.stringify(request.body(model, prompt)),
		signal: leaving,
	});
}

/** The label of the account that answers; empty where none was asked. */
export function accountOf({ headers }: Response): string {
	return decodeURIComponent(headers.get("x-relay-account") ?? "");
}

function wordsOf(stream: string, words: (event: StreamEvent) => string): string {
	return stream
		.split("\n")
		.map((line) => /^data: (\{.*\})\s*$/.exec(line)?.[1])
		.filter((data) => data !== undefined)
		.map((data) => words(JSON.parse(data)))
		.join("");
}
