import type { Conversation, MediaPart, MediaSource, ToolResultPart, Turn } from "../formats/conversation.ts";
import { type Translation, Untranslatable } from "../formats/translation.ts";
import type { FetchedMedia, FetchMedia } from "./mediaFetcher.ts";

/** Characters of Base64 that all media of one request may have: 64 MiB. They are held until the account has answered. */
const mostCharacters = Math.ceil((64 * 1024 * 1024) / 3) * 4;

type Part = Turn["parts"][number] | ToolResultPart["content"][number];
type RemotePart = MediaPart & { readonly source: Extract<MediaSource, { kind: "url" }> };

/**
 * The conversation with the data of all media that stand there by URL and that the account takes no URLs of. The same one
 * where there is none. What stands there twice is fetched once.
 * @param leaving tells that the client has gone; asked for only where something has to be fetched.
 * @throws Untranslatable where something cannot be had.
 */
export async function withFetchedMedia(
	conversation: Conversation,
	takesUrls: Translation["takesUrls"],
	fetchMedia: FetchMedia,
	leaving: () => AbortSignal,
): Promise<Conversation> {
	const isWanted = (part: Part): part is RemotePart => isRemote(part) && !takesUrls.has(part.kind);
	const wanted = new Map<string, RemotePart>();
	for (const part of conversation.turns.flatMap(mediaIn)) if (isWanted(part)) wanted.set(keyOf(part), part);
	if (wanted.size === 0) return conversation;
	const found = await fetchAll([...wanted.values()], fetchMedia, leaving());
	const filled = <Given extends Part>(part: Given): Given => {
		if (part.kind === "toolResult") return { ...part, content: part.content.map(filled) };
		const media = isWanted(part) ? found.get(keyOf(part)) : undefined;
		return media === undefined ? part : { ...part, source: { kind: "data", ...media } };
	};
	return { ...conversation, turns: conversation.turns.map((turn) => filledTurn(turn, filled)) };
}

/** One that fails ends the others. */
async function fetchAll(
	parts: readonly RemotePart[],
	fetchMedia: FetchMedia,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, FetchedMedia>> {
	const found = new Map<string, FetchedMedia>();
	const ending = new AbortController();
	const both = AbortSignal.any([signal, ending.signal]);
	let characters = 0;
	const fetchOne = async (part: RemotePart): Promise<void> => {
		const { kind, source } = part;
		const { url, mediaType } = source;
		const media = await fetchMedia({ kind, url, ...(mediaType === undefined ? {} : { mediaType }) }, both);
		characters += media.data.length;
		if (characters > mostCharacters) {
			throw new Untranslatable("The account takes no URLs of media, and those of this request are more than 64 MiB.");
		}
		found.set(keyOf(part), media);
	};
	try {
		await Promise.all(parts.map(fetchOne));
		return found;
	} finally {
		ending.abort();
	}
}

function mediaIn(turn: Turn): readonly Part[] {
	const parts: readonly Turn["parts"][number][] = turn.parts;
	return parts.flatMap((part): readonly Part[] => (part.kind === "toolResult" ? part.content : [part]));
}

function isRemote(part: Part): part is RemotePart {
	return "source" in part && part.source.kind === "url";
}

function keyOf({ kind, source }: RemotePart): string {
	return `${kind} ${source.mediaType ?? ""} ${source.url}`;
}

function filledTurn(turn: Turn, filled: <Given extends Part>(part: Given) => Given): Turn {
	switch (turn.role) {
		case "system":
			return turn;
		case "user":
			return { ...turn, parts: turn.parts.map(filled) };
		case "assistant":
			return { ...turn, parts: turn.parts.map(filled) };
	}
}
