/** What went over the wire between an SDK and the proxy. */
export interface WireExchange {
	readonly url: string;
	readonly request: string;
	readonly status: number;
	readonly headers: Headers;
	readonly reply: string;
}

/** A `fetch` that remembers what it fetched. */
export class Tap {
	readonly #exchanges: Promise<WireExchange>[] = [];

	readonly fetch: typeof fetch = async (input, init) => {
		const response = await fetch(input, init);
		const url = input instanceof Request ? input.url : String(input);
		const request = typeof init?.body === "string" ? init.body : "";
		const { status, headers } = response;
		const copy = response.clone();
		// A reply that breaks off is as long as it came.
		const reply = textOf(copy);
		this.#exchanges.push(reply.then((text) => ({ url, request, status, headers, reply: text })));
		return response;
	};

	/** The last one, when its reply has ended. */
	async last(): Promise<WireExchange> {
		const last = await this.#exchanges.at(-1);
		if (last === undefined) throw new Error("Nothing was fetched.");
		return last;
	}
}

async function textOf(response: Response): Promise<string> {
	const decoder = new TextDecoder();
	let text = "";
	try {
		for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
	} catch {
		// Told by the SDK.
	}
	return text;
}
