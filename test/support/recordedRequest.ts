import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";

/** What reached an upstream, byte for byte. */
export interface RecordedRequest {
	readonly method: string;
	/** Path and query as they were sent. */
	readonly url: string;
	/** As sent: order, case and doubles kept. */
	readonly rawHeaders: readonly (readonly [name: string, value: string])[];
	/** Names in lower case, doubles joined as Node does. */
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
	/** Settles when the reply has ended: true if the client went away before it was complete. */
	readonly aborted: Promise<boolean>;
}

/** Reads a request to its end. */
export async function recordRequest(request: IncomingMessage, response: ServerResponse): Promise<RecordedRequest> {
	const aborted = new Promise<boolean>((resolve) => {
		response.once("close", () => resolve(!response.writableFinished));
	});
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk);
	const rawHeaders: (readonly [string, string])[] = [];
	for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
		rawHeaders.push([request.rawHeaders[index] ?? "", request.rawHeaders[index + 1] ?? ""]);
	}
	return {
		method: request.method ?? "",
		url: request.url ?? "",
		rawHeaders,
		headers: request.headers,
		body: Buffer.concat(chunks),
		aborted,
	};
}
