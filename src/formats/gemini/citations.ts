import type { Citation } from "../conversation.ts";
import { isRecord } from "../modelList.ts";

type JsonRecord = Readonly<Record<string, unknown>>;

/** What a candidate tells of its sources. */
export interface Sources {
	readonly grounding: unknown;
	readonly citations: unknown;
}

/** A text of a candidate with what is cited in it. */
export interface CitedText {
	readonly text: string;
	readonly citations: readonly Citation[];
	/** Of the part among those of its content; absent in a stream, where offsets are those in the whole text. */
	readonly partIndex?: number;
}

interface Span {
	readonly start: number;
	readonly end: number;
}

/**
 * The citations of one text. Offsets on the wire are bytes of UTF-8.
 * @param isFirst whether sources that belong to no place are told with this text.
 */
export function readCitations(sources: Sources, text: string, isFirst: boolean): readonly Citation[] {
	const bytes = Buffer.from(text);
	const grounding = isRecord(sources.grounding) ? sources.grounding : {};
	const chunks = recordsOf(grounding["groundingChunks"]).map(sourceOf);
	const supports = recordsOf(grounding["groundingSupports"]);
	const supported = supports.flatMap((support) => {
		const segment = isRecord(support["segment"]) ? support["segment"] : {};
		const span = spanIn(segment, bytes, text);
		const isPlaced = placeOf(segment["endIndex"]) !== null || typeof segment["text"] === "string";
		if (span === null && (isPlaced || !isFirst)) return [];
		return indicesOf(support["groundingChunkIndices"]).flatMap((index) => {
			const source = chunks[index];
			return source === undefined ? [] : [{ ...source, ...span }];
		});
	});
	const bare = supports.length === 0 && isFirst ? chunks : [];
	const metadata = isRecord(sources.citations) ? sources.citations : {};
	const quoted = recordsOf(metadata["citations"] ?? metadata["citationSources"]).flatMap((citation) => {
		const span = spanIn(citation, bytes, text);
		return span === null ? [] : [{ ...named(citation["uri"], citation["title"]), ...span }];
	});
	return [...supported, ...bare, ...quoted];
}

/** @returns `groundingMetadata`; undefined where nothing is cited. */
export function writeGrounding(texts: readonly CitedText[]): object | undefined {
	const chunks = new Map<string, { readonly index: number; readonly chunk: object }>();
	const supports: object[] = [];
	let before = 0;
	for (const { text, citations, partIndex } of texts) {
		for (const { url, title, quote, start, end } of citations) {
			const chunk =
				url === undefined
					? { retrievedContext: defined({ title, text: quote }) }
					: { web: { uri: url, ...defined({ title }) } };
			const key = JSON.stringify(chunk);
			const known = chunks.get(key) ?? { index: chunks.size, chunk };
			chunks.set(key, known);
			const segment =
				start === undefined || end === undefined ? {} : { segment: segmentOf(text, start, end, partIndex, before) };
			supports.push({ ...segment, groundingChunkIndices: [known.index] });
		}
		if (partIndex === undefined) before += Buffer.byteLength(text);
	}
	if (chunks.size === 0) return undefined;
	return { groundingChunks: [...chunks.values()].map(({ chunk }) => chunk), groundingSupports: supports };
}

function segmentOf(text: string, start: number, end: number, partIndex: number | undefined, before: number): object {
	return {
		...defined({ partIndex }),
		startIndex: before + Buffer.byteLength(text.slice(0, start)),
		endIndex: before + Buffer.byteLength(text.slice(0, end)),
		text: text.slice(start, end),
	};
}

/** The words of a segment say better where it is than offsets, which relays and streams count in their own ways. */
function spanIn(segment: JsonRecord, bytes: Buffer, text: string): Span | null {
	const start = placeOf(segment["startIndex"]) ?? 0;
	const end = placeOf(segment["endIndex"]);
	const { text: words } = segment;
	if (end !== null && start < end && end <= bytes.length) {
		const isIt = typeof words !== "string" || bytes.subarray(start, end).toString() === words;
		if (isIt)
			return { start: bytes.subarray(0, start).toString().length, end: bytes.subarray(0, end).toString().length };
	}
	if (typeof words !== "string" || words === "") return null;
	const found = text.indexOf(words);
	return found < 0 ? null : { start: found, end: found + words.length };
}

/** A web page, a document, a place or a picture. */
function sourceOf(chunk: JsonRecord): Citation {
	const [kind, source] = Object.entries(chunk).find(([, value]) => isRecord(value)) ?? ["", {}];
	if (!isRecord(source)) return {};
	const { uri, sourceUri, title, text } = source;
	const quote = kind === "retrievedContext" && typeof text === "string" ? { quote: text } : {};
	return { ...named(uri ?? sourceUri, title), ...quote };
}

function named(url: unknown, title: unknown): Citation {
	return {
		...(typeof url === "string" && url !== "" ? { url } : {}),
		...(typeof title === "string" && title !== "" ? { title } : {}),
	};
}

function placeOf(value: unknown): number | null {
	const number = typeof value === "string" ? Number(value) : value;
	return typeof number === "number" && Number.isInteger(number) && number >= 0 ? number : null;
}

function indicesOf(value: unknown): readonly number[] {
	return Array.isArray(value) ? value.map(placeOf).filter((index) => index !== null) : [];
}

function recordsOf(value: unknown): readonly JsonRecord[] {
	return Array.isArray(value) ? value.filter(isRecord) : [];
}

function defined(members: JsonRecord): JsonRecord {
	return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
