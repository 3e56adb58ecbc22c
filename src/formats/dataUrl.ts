import type { MediaSource } from "./conversation.ts";

type Data = Extract<MediaSource, { kind: "data" }>;

/** @returns null where it is no data URL, or none that can be read. */
export function readDataUrl(url: string): Data | null {
	const comma = url.indexOf(",");
	if (!/^data:/i.test(url) || comma < 0) return null;
	const [mediaType = "", ...parameters] = url.slice("data:".length, comma).split(";");
	const isBase64 = parameters.some((parameter) => parameter.trim().toLowerCase() === "base64");
	const data = isBase64 ? url.slice(comma + 1) : fromPercent(url.slice(comma + 1));
	return data === null ? null : { kind: "data", mediaType: properMediaType(mediaType || "text/plain"), data };
}

export function writeDataUrl({ mediaType, data }: Pick<Data, "mediaType" | "data">): string {
	return `data:${mediaType};base64,${data}`;
}

/** `image/jpg` is what many programs write, and what some accounts refuse. */
function properMediaType(mediaType: string): string {
	const lower = mediaType.trim().toLowerCase();
	return lower === "image/jpg" ? "image/jpeg" : lower;
}

function fromPercent(text: string): string | null {
	try {
		return Buffer.from(decodeURIComponent(text)).toString("base64");
	} catch {
		return null;
	}
}
