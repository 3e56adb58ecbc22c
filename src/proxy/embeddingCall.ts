import { type EmbeddingReply, embeddingTranslations } from "../formats/embeddings.ts";
import { parseJson } from "../formats/probe.ts";
import { Untranslatable } from "../formats/translation.ts";
import type { KeyedRelay } from "../pool/usable.ts";
import type { ClientSide } from "./clientSide.ts";
import type { Exchange } from "./exchange.ts";
import { requestHeaders } from "./headers.ts";
import { rootOf } from "./relayRoot.ts";
import type { EventSource } from "./replyTranslator.ts";
import { translatedHeaders } from "./translatedHeaders.ts";
import { translateRefusal } from "./translatedRefusal.ts";
import { TranslatedWhole } from "./translatedWhole.ts";
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
	const { origin, path } = rootOf(relay);
	return {
		origin,
		path: path + written.path,
		headers: requestHeaders(translatedHeaders(exchange, "application/json"), relay),
		body: Buffer.from(JSON.stringify(written.body)),
		needsEnd: true,
		dropped: losses,
		openPipe: (kind, ears) => {
			const vectors = vectorsOf((body) => other.readReply(body, request));
			const body = () => own.writeReply(vectors.reply(), { model: client.model, body: client.body });
			return new TranslatedWhole(exchange, kind, vectors, { push: () => {}, body }, ears);
		},
		translateRefusal: (head, told) => translateRefusal(client.format, relay, head, told),
	};
}

/** The vectors, of which nothing is told before all have come; what is no such reply has no end. */
function vectorsOf(
	read: (body: unknown) => EmbeddingReply | null,
): EventSource & { readonly reply: () => EmbeddingReply } {
	const chunks: Buffer[] = [];
	let reply: EmbeddingReply = { vectors: [], inputTokens: null };
	return {
		push: (bytes) => {
			chunks.push(bytes);
			return [];
		},
		end: () => {
			const told = read(parseJson(Buffer.concat(chunks).toString()));
			if (told === null) return [];
			reply = told;
			const input = told.inputTokens;
			const usage = { input, output: null, cached: null, cacheWritten: null, reasoning: null };
			return input === null ? [{ kind: "end" }] : [{ kind: "usage", usage }, { kind: "end" }];
		},
		reply: () => reply,
	};
}
