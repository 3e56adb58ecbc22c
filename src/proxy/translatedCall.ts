import { ReplyCollector } from "../formats/replyCollector.ts";
import type { ReaderContext, Translation, WriterContext, WrittenRequest } from "../formats/translation.ts";
import { translations } from "../formats/translations.ts";
import type { KeyedRelay } from "../pool/usable.ts";
import type { ClientSide } from "./clientSide.ts";
import type { Exchange } from "./exchange.ts";
import { requestHeaders } from "./headers.ts";
import type { FetchMedia } from "./mediaFetcher.ts";
import type { ReasoningMemory } from "./reasoningMemory.ts";
import { rootOf } from "./relayRoot.ts";
import { withFetchedMedia } from "./remoteMedia.ts";
import type { PipeEars, PipeKind, ReplyPipe } from "./replyPipe.ts";
import { type GoodEvent, overheard, streamSource, untoldSource } from "./replyTranslator.ts";
import { lostHeaders, translatedHeaders } from "./translatedHeaders.ts";
import { streamProblem, translateRefusal } from "./translatedRefusal.ts";
import { type StreamManner, TranslatedStream } from "./translatedStream.ts";
import { TranslatedWhole, type WholeWriter } from "./translatedWhole.ts";
import type { UpstreamCall } from "./upstreamCall.ts";

/** What translation needs beside the request. */
export interface TranslationParts {
	readonly fetchMedia: FetchMedia;
	readonly memory: ReasoningMemory;
}

/**
 * The call of an account that speaks another format than the client.
 * @param relayModel the account's own name for the model.
 * @throws Malformed, Untranslatable
 */
export async function translatedCall(
	exchange: Exchange,
	client: ClientSide,
	relay: KeyedRelay,
	relayModel: string,
	{ fetchMedia, memory }: TranslationParts,
	leaving: () => AbortSignal,
): Promise<UpstreamCall> {
	const upstream = translations[relay.account.format];
	const { conversation: asked, losses } = client.request;
	const conversation = memory.restored(
		await withFetchedMedia(asked, upstream.takesUrls, client.fetchOnce(fetchMedia), leaving),
	);
	const written = upstream.writeRequest(conversation, { model: relayModel });
	const accept = written.streams ? "text/event-stream" : "application/json";
	const headers = [...translatedHeaders(exchange, accept), ...written.headers.flat()];
	const { origin, path } = rootOf(relay.account);
	// Made before the call: what cannot be done with the client's own body is no trouble of the account's.
	const context = client.writerContext();
	const returning: Returning = {
		...{ exchange, upstream, reading: { conversation, names: written.names }, listen: memory.listener() },
		writing: conversation.stream ? mannerOf(client, relay, context) : wholeWriter(translations[client.format], context),
	};
	return {
		origin,
		path: path + written.path + written.query,
		headers: requestHeaders(headers, relay),
		body: Buffer.from(JSON.stringify(written.body)),
		needsEnd: true,
		dropped: [...lostHeaders(exchange), ...losses, ...lostFeatures(written, translations[client.format])],
		openPipe: (kind, ears) => openPipe(returning, kind, ears),
		translateRefusal: (head, told) => translateRefusal(client.format, relay, head, told),
	};
}

/** How a reply comes back. */
interface Returning {
	readonly exchange: Exchange;
	readonly upstream: Translation;
	readonly reading: ReaderContext;
	readonly listen: (event: GoodEvent) => void;
	readonly writing: StreamManner | WholeWriter;
}

function openPipe(
	{ exchange, upstream, reading, listen, writing }: Returning,
	kind: PipeKind,
	ears: PipeEars,
): ReplyPipe {
	const source = kind.isEventStream ? streamSource(upstream, reading) : untoldSource(upstream, reading);
	const heard = overheard(source, listen);
	return "contentType" in writing
		? new TranslatedStream(exchange, kind, heard, writing, ears)
		: new TranslatedWhole(exchange, kind, heard, writing, ears);
}

function mannerOf({ format, query }: ClientSide, relay: KeyedRelay, context: WriterContext): StreamManner {
	const { streamWriter, streamForm } = translations[format];
	return { ...streamForm(streamWriter(context), query), problemOf: (error) => streamProblem(error, relay) };
}

function wholeWriter(translation: Translation, context: WriterContext): WholeWriter {
	const collector = new ReplyCollector();
	return {
		push: (event: GoodEvent) => {
			if (event.kind !== "end") collector.push(event);
		},
		body: () => translation.writeReply(collector.reply, context),
	};
}

/** In the client's words: `seed`, and `temperature=1` for what goes in another form. */
function lostFeatures({ losses }: WrittenRequest, { featureNames }: Translation): readonly string[] {
	return losses.map(({ feature, sentAs }) => {
		const name = featureNames[feature];
		return sentAs === undefined ? name : `${name}=${sentAs}`;
	});
}
