import type {
	AudioPart,
	CacheMark,
	Citation,
	DocumentPart,
	ImagePart,
	RefusalPart,
	TextPart,
} from "../conversation.ts";
import { readDataUrl } from "../dataUrl.ts";
import { Fields, type LostFields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { Untranslatable } from "../translation.ts";

export type ContentPart = TextPart | RefusalPart | ImagePart | DocumentPart | AudioPart;

const imageDetails = ["low", "high", "auto", "original"] as const;
/** Media types of the files whose names are all that tells what they are. */
const typesByEnding: ReadonlyMap<string, string> = new Map(
	Object.entries<string>({
		csv: "text/csv",
		html: "text/html",
		json: "application/json",
		md: "text/markdown",
		txt: "text/plain",
	}),
);

type ReadPart = (fields: Fields) => ContentPart | null;

const partReaders: ReadonlyMap<string, ReadPart> = new Map(
	Object.entries<ReadPart>({
		input_text: readText,
		output_text: readText,
		summary_text: readText,
		// As Chat Completions has it; many clients mix the two.
		text: readText,
		refusal: (fields) => ({ kind: "refusal", text: fields.text("refusal") ?? "" }),
		input_image: readImage,
		input_file: readFile,
		input_audio: readAudio,
	}),
);

/** The content of a message, or what a tool has put out: text, or a list of parts. Empty texts say nothing and are left out. */
export function readContent(fields: Fields, name: string, lost: LostFields): readonly ContentPart[] {
	const content = fields.take(name);
	if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
	if (content === undefined) return [];
	if (!Array.isArray(content)) fields.wrong(name, "a string or a list of parts");
	return content.flatMap((part, index) => readPart(part, `${fields.at(name)}[${index}]`, lost) ?? []);
}

function readPart(part: unknown, path: string, lost: LostFields): ContentPart | null {
	return Fields.read(part, path, lost, (fields) => {
		const type = fields.text("type") ?? fields.wrong("type", "a string");
		const read = partReaders.get(type);
		if (read === undefined) throw new Untranslatable(`${path} is a “${type}”, which no other kind of account knows.`);
		return read(fields);
	});
}

function readText(fields: Fields): TextPart | null {
	const text = fields.text("text") ?? "";
	// What the model thought of its own words: nobody reads it again.
	fields.skip("logprobs", "parsed");
	const citations = fields.each("annotations", readAnnotation)?.filter((citation) => citation !== null) ?? [];
	const marks = readCacheMark(fields);
	if (text === "") return null;
	return { kind: "text", text, ...(citations.length === 0 ? {} : { citations }), ...marks };
}

function readAnnotation(fields: Fields): Citation | null {
	if (fields.take("type") !== "url_citation") return null;
	const [url, title] = [fields.text("url"), fields.text("title")];
	const [start, end] = [fields.number("start_index"), fields.number("end_index")];
	return {
		...(url === undefined ? {} : { url }),
		...(title === undefined ? {} : { title }),
		...(start === undefined ? {} : { start }),
		...(end === undefined ? {} : { end }),
	};
}

function readImage(fields: Fields): ImagePart {
	refuseFileId(fields);
	const given = fields.take("image_url");
	// The object is that of Chat Completions.
	const url = isRecord(given) ? given["url"] : given;
	if (typeof url !== "string" || url === "") fields.wrong("image_url", "a URL");
	const detail = fields.oneOf("detail", imageDetails);
	return {
		kind: "image",
		source: readDataUrl(url) ?? { kind: "url", url },
		...(detail === undefined || detail === "auto" ? {} : { detail }),
		...readCacheMark(fields),
	};
}

function readFile(fields: Fields): DocumentPart | ImagePart | AudioPart {
	refuseFileId(fields);
	const name = fields.text("filename");
	const [data, url] = [fields.text("file_data"), fields.text("file_url")];
	if (fields.take("detail") !== "auto") fields.lose("detail");
	const marks = readCacheMark(fields);
	const named = name === undefined ? {} : { name };
	if (data === undefined) {
		if (url === undefined) fields.wrong("file_data", "a file, or else file_url a URL");
		return { kind: "document", source: readDataUrl(url) ?? { kind: "url", url }, ...named, ...marks };
	}
	const ending = name?.split(".").at(-1)?.toLowerCase() ?? "";
	const source = readDataUrl(data) ?? {
		kind: "data" as const,
		mediaType: typesByEnding.get(ending) ?? "application/pdf",
		data,
	};
	if (source.mediaType.startsWith("image/")) return { kind: "image", source, ...marks };
	if (source.mediaType.startsWith("audio/")) return { kind: "audio", source };
	return { kind: "document", source, ...named, ...marks };
}

function readAudio(fields: Fields): AudioPart {
	const audio = fields.inside("input_audio", (inner) => ({
		data: inner.text("data") ?? inner.wrong("data", "Base64"),
		format: inner.oneOf("format", ["mp3", "wav"]) ?? inner.wrong("format", "“mp3” or “wav”"),
	}));
	if (audio === undefined) fields.wrong("input_audio", "an object");
	const mediaType = audio.format === "mp3" ? "audio/mpeg" : "audio/wav";
	return { kind: "audio", source: { kind: "data", mediaType, data: audio.data } };
}

function refuseFileId(fields: Fields): void {
	if (fields.take("file_id") === undefined) return;
	throw new Untranslatable(`${fields.at("file_id")} is in the store of the account that it was uploaded to.`);
}

/** Half an hour is the rule; twelve come down to the longest that others have. */
function readCacheMark(fields: Fields): { cache?: CacheMark } {
	const mark = fields.inside("prompt_cache_breakpoint", (inner): CacheMark => {
		inner.skip("mode");
		if (inner.take("ttl") !== "12h") return {};
		inner.lose("ttl");
		return { lifetime: "1h" };
	});
	return mark === undefined ? {} : { cache: mark };
}
