import { formatOf } from "../accounts/account.ts";
import { ReplyCollector } from "../formats/replyCollector.ts";
import type { ReaderContext, Translation, WriterContext, WrittenRequest } from "../formats/translation.ts";
import { translations } from "../formats/translations.ts";
import { isKeyedRelay, type KeyedAccount, type KeyedRelay } from "../pool/usable.ts";
import type { ClientSide } from "./clientSide.ts";
import type { Exchange } from "./exchange.ts";
import { requestHeaders } from "./headers.ts";
import type { FetchMedia } from "./mediaFetcher.ts";
import { nativeConversation } from "./nativeConversation.ts";
import { nativeHeaders } from "./nativeHeaders.ts";
import type { ReasoningMemory } from "./reasoningMemory.ts";
import { rootOf } from "./relayRoot.ts";
import { withFetchedMedia } from "./remoteMedia.ts";
import type { PipeEars, PipeKind, ReplyPipe } from "./replyPipe.ts";
import { type GoodEvent, overheard, streamSource, untoldSource } from "./replyTranslator.ts";
import type { RoutedTo } from "./routedRequest.ts";
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
 * @throws Malformed, Untranslatable
 */
export async function translatedCall(
	exchange: Exchange,
	client: ClientSide,
	keyed: KeyedAccount,
	{ model, conversation: key, isUnsealed }: RoutedTo,
	{ fetchMedia, memory }: TranslationParts,
	leaving: () => AbortSignal,
): Promise<UpstreamCall> {
	const upstream = translations[formatOf(keyed.account)];
	const { conversation: asked, losses } = client.request;
	const fetched = await withFetchedMedia(asked, upstream.takesUrls, client.fetchOnce(fetchMedia), leaving);
	const whole = isUnsealed ? fetched : memory.restored(fetched);
	const talk = whole.cacheKey ?? key;
	const conversation = isKeyedRelay(keyed) ? whole : nativeConversation(whole, keyed, model, talk);
	const written = upstream.writeRequest(conversation, { model: model.model });
	const { origin, path } = rootOf(keyed);
	// Made before the call: what cannot be done with the client's own body is no trouble of the account's.
	const context = client.writerContext();
	const returning: Returning = {
		...{ exchange, upstream, reading: { conversation, names: written.names }, listen: memory.listener() },
		writing: conversation.stream ? mannerOf(client, keyed, context) : wholeWriter(translations[client.format], context),
	};
	return {
		origin,
		path: path + written.path + written.query,
		headers: isKeyedRelay(keyed)
			? relayHeaders(exchange, keyed, written)
			: nativeHeaders([], keyed, { accept: "text/event-stream", conversation: talk }),
		body: Buffer.from(JSON.stringify(written.body)),
		needsEnd: true,
		dropped: [...lostHeaders(exchange), ...losses, ...lostFeatures(written, translations[client.format])],
		openPipe: (kind, ears) => openPipe(returning, kind, ears),
		translateRefusal: (head, told) => translateRefusal(client.format, keyed, head, told),
	};
}

function relayHeaders(exchange: Exchange, relay: KeyedRelay, { streams, headers }: WrittenRequest): string[] {
	const accept = streams ? "text/event-stream" : "application/json";
	return requestHeaders([...translatedHeaders(exchange, accept), ...headers.flat()], relay);
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

function mannerOf({ format, query }: ClientSide, keyed: KeyedAccount, context: WriterContext): StreamManner {
	const { streamWriter, streamForm } = translations[format];
	return { ...streamForm(streamWriter(context), query), problemOf: (error) => streamProblem(error, keyed) };
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
