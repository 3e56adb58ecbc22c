import { randomUUID } from "node:crypto";
import type { Format } from "../accounts/account.ts";
import { parseJson } from "../formats/probe.ts";
import { Malformed, type ReadRequest, Untranslatable, type WriterContext } from "../formats/translation.ts";
import { translations } from "../formats/translations.ts";
import type { FetchMedia } from "./mediaFetcher.ts";
import type { RoutedRequest } from "./routedRequest.ts";

/** A client's request to be translated: read once, whichever accounts are asked. */
export class ClientSide {
	readonly format: Format;
	/** The client's query. */
	readonly query: string;
	readonly #routed: RoutedRequest;
	readonly #media = new Map<string, ReturnType<FetchMedia>>();
	#body: unknown;
	#read: ReadRequest | null = null;

	constructor(format: Format, query: string, routed: RoutedRequest) {
		this.format = format;
		this.query = query;
		this.#routed = routed;
	}

	/** Parsed. @throws Malformed where it is no JSON. */
	get body(): unknown {
		this.#body ??= parseJson(this.#routed.clear.toString());
		if (this.#body === undefined) throw new Malformed("The body is no JSON.");
		return this.#body;
	}

	/** As the client named it. */
	get model(): string {
		return this.#routed.model;
	}

	/** Media by URL, each of which is fetched once, whichever accounts are asked; but for what was given up on the way. */
	fetchOnce(fetchMedia: FetchMedia): FetchMedia {
		return async (address, signal) => {
			const key = JSON.stringify(address);
			const known = this.#media.get(key);
			if (known !== undefined) return known;
			const fetched = fetchMedia(address, signal);
			try {
				await fetched;
			} catch (error) {
				if (!(error instanceof Untranslatable)) throw error;
			}
			this.#media.set(key, fetched);
			return fetched;
		};
	}

	/** @throws Malformed, Untranslatable */
	get request(): ReadRequest {
		const stream = this.format === "gemini" ? this.#routed.stream : null;
		this.#read ??= translations[this.format].readRequest({ body: this.body, stream });
		return this.#read;
	}

	/** What a writer of replies has to know; of one attempt, for ids are made of it. */
	writerContext(): WriterContext {
		return {
			model: this.model,
			conversation: this.request.conversation,
			body: this.body,
			id: randomUUID().replaceAll("-", ""),
			createdAt: Math.floor(Date.now() / 1000),
		};
	}
}
