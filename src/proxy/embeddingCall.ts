import type { Usage } from "../bridge/protocol.ts";
import { type EmbeddingReply, type EmbeddingTranslation, embeddingTranslations } from "../formats/embeddings.ts";
import { parseJson } from "../formats/probe.ts";
import { Untranslatable } from "../formats/translation.ts";
import type { KeyedRelay } from "../pool/usable.ts";
import { answerJson } from "./answer.ts";
import type { ReplyHead } from "./clientReply.ts";
import type { ClientSide } from "./clientSide.ts";
import type { Exchange } from "./exchange.ts";
import { requestHeaders } from "./headers.ts";
import { rootOf } from "./relayRoot.ts";
import type { PipeEnd, ReplyPipe } from "./replyPipe.ts";
import { translatedHeaders } from "./translatedHeaders.ts";
import { translateRefusal } from "./translatedRefusal.ts";
import type { UpstreamCall } from "./upstreamCall.ts";

/**
 * The call of an account that speaks another format than a client that wants embeddings.
 * @throws Malformed, Untranslatable
 */
export function embeddingCall(
	exchange: Exchange,
	client: ClientSide,
	relay: KeyedRelay,
	relayModel: string,
): UpstreamCall {
	const own = embeddingTranslations[client.format];
	const other = embeddingTranslations[relay.account.format];
	if (own === undefined || other === undefined) {
		throw new Untranslatable(`The account “${relay.account.label}” has no embeddings.`);
	}
	const { request, losses } = own.readRequest(client.body);
	const written = other.writeRequest(request, { model: relayModel });
	const { origin, path } = rootOf(relay.account);
	return {
		origin,
		path: path + written.path,
		headers: requestHeaders(translatedHeaders(exchange, "application/json"), relay),
		body: Buffer.from(JSON.stringify(written.body)),
		needsEnd: true,
		dropped: losses,
		openPipe: ({ isCompressed }) =>
			new EmbeddingPipe(exchange, client, own, isCompressed, (body) => other.readReply(body, request)),
		translateRefusal: (head, told) => translateRefusal(client.format, relay, head, told),
	};
}

/** Translates a reply of vectors once all of it has come. */
class EmbeddingPipe implements ReplyPipe {
	readonly isHeld = true;
	readonly #exchange: Exchange;
	readonly #client: ClientSide;
	readonly #own: EmbeddingTranslation;
	readonly #isCompressed: boolean;
	readonly #read: (body: unknown) => EmbeddingReply | null;
	readonly #chunks: Buffer[] = [];
	#reply: EmbeddingReply | null = null;

	constructor(
		exchange: Exchange,
		client: ClientSide,
		own: EmbeddingTranslation,
		isCompressed: boolean,
		read: (body: unknown) => EmbeddingReply | null,
	) {
		this.#exchange = exchange;
		this.#client = client;
		this.#own = own;
		this.#isCompressed = isCompressed;
		this.#read = read;
	}

	start(_: ReplyHead): void {}

	push(chunk: Buffer): void {
		if (!this.#isCompressed) this.#chunks.push(chunk);
	}

	watch(clear: Buffer): void {
		if (this.#isCompressed) this.#chunks.push(clear);
	}

	finish(isCut: boolean): PipeEnd {
		this.#reply = isCut ? null : this.#read(parseJson(Buffer.concat(this.#chunks).toString()));
		return { kind: this.#reply === null ? "broken" : "whole", usage: this.#usage };
	}

	end(): void {
		if (this.#reply === null) return;
		const { model, body } = this.#client;
		answerJson(this.#exchange, 200, this.#own.writeReply(this.#reply, { model, body }));
	}

	breakOff(_message: string): void {
		this.#exchange.response.destroy();
	}

	drop(): Usage | null {
		return null;
	}

	get #usage(): Usage | null {
		const input = this.#reply?.inputTokens ?? null;
		return input === null ? null : { input, output: null, cached: null, reasoning: null };
	}
}
