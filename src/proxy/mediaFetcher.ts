import { Agent } from "undici";
import type { MediaPart } from "../formats/conversation.ts";
import { Untranslatable } from "../formats/translation.ts";
import { asUtf8, mediaTypeOf } from "./mediaTypes.ts";
import { networkErrorText } from "./networkError.ts";
import type { Connect } from "./outboundTunnel.ts";
import { ForbiddenAddress } from "./publicConnect.ts";
import { Turnstile } from "./turnstile.ts";

/** What is to be fetched. */
export interface MediaAddress {
	readonly kind: MediaPart["kind"];
	readonly url: string;
	/** As the client says; counts only where the server says nothing. */
	readonly mediaType?: string;
}

export interface FetchedMedia {
	readonly mediaType: string;
	/** Base64. */
	readonly data: string;
}

/** Rejects with Untranslatable, whose words name the host and the reason, or with the signal's reason. */
export type FetchMedia = (address: MediaAddress, signal: AbortSignal) => Promise<FetchedMedia>;

interface MediaFetcherParts {
	/** How to connect, for each file anew: see `Transport.publicConnector`. */
	readonly connector: () => Connect;
	/** Whether a person wants it: the setting `relayAccounts.fetchMedia`. */
	readonly isOn: () => boolean;
	readonly limits?: MediaLimits;
}

export interface MediaLimits {
	readonly bytes: number;
	/** For one file, redirects included. */
	readonly milliseconds: number;
	readonly redirects: number;
	readonly atOnce: number;
}

export const mediaLimits: MediaLimits = { bytes: 20 * 1024 * 1024, milliseconds: 10_000, redirects: 3, atOnce: 5 };

const redirections: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches what clients name by URL: http and https, public addresses only, no cookie, no key, nothing of the client's own
 * request. Each redirect is checked like the first address.
 */
export function mediaFetcher({ connector, isOn, limits = mediaLimits }: MediaFetcherParts): FetchMedia {
	const turnstile = new Turnstile(limits.atOnce);
	return async (address, signal) => {
		const start = checkedUrl(address.kind, address.url, null);
		if (!isOn()) {
			throw refusal(address.kind, start, "the setting relayAccounts.fetchMedia is off. Send it as data instead");
		}
		return turnstile.pass(signal, () => fetchWithin(address, start, connector(), limits, signal));
	};
}

async function fetchWithin(
	address: MediaAddress,
	start: URL,
	connect: Connect,
	limits: MediaLimits,
	signal: AbortSignal,
): Promise<FetchedMedia> {
	const late = AbortSignal.timeout(limits.milliseconds);
	const agent = new Agent({ connect, pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0 });
	let url = start;
	try {
		for (let redirects = 0; ; redirects += 1) {
			const reply = await ask(agent, address.kind, url, AbortSignal.any([signal, late]), limits.bytes);
			if (!("location" in reply)) return fetched(address, url, reply);
			if (redirects === limits.redirects) {
				throw refusal(address.kind, url, `it was redirected more than ${limits.redirects} times`);
			}
			url = checkedUrl(address.kind, reply.location, url);
		}
	} catch (error) {
		if (error instanceof Untranslatable || signal.aborted) throw error;
		throw refusal(address.kind, url, late.aborted ? lateText(limits) : troubleText(error, url));
	} finally {
		// Whoever waits for it would wait for a server that may never end.
		void agent.destroy();
	}
}

interface WholeReply {
	readonly contentType: string;
	readonly bytes: Buffer;
}

async function ask(
	agent: Agent,
	kind: MediaPart["kind"],
	url: URL,
	signal: AbortSignal,
	limit: number,
): Promise<WholeReply | { readonly location: string }> {
	const { statusCode, headers, body } = await agent.request({
		origin: url.origin,
		path: url.pathname + url.search,
		method: "GET",
		headers: { accept: accepted[kind], "accept-encoding": "identity", "user-agent": "relay-accounts" },
		signal,
	});
	// What is left of it ends with its agent, which nobody waits for.
	body.on("error", () => {});
	const told = (name: string) => [headers[name]].flat()[0] ?? "";
	if (redirections.has(statusCode) && told("location") !== "") return { location: told("location") };
	if (statusCode !== 200) throw refusal(kind, url, `it answered with status ${statusCode}`);
	const encoding = told("content-encoding").trim().toLowerCase();
	if (encoding !== "" && encoding !== "identity") throw refusal(kind, url, `it answered in the encoding ${encoding}`);
	const tooLarge = () => refusal(kind, url, `it is larger than ${sizeText(limit)}`);
	if (Number(told("content-length")) > limit) throw tooLarge();
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of body) {
		if (!Buffer.isBuffer(chunk)) continue;
		length += chunk.length;
		if (length > limit) throw tooLarge();
		chunks.push(chunk);
	}
	return { contentType: told("content-type"), bytes: Buffer.concat(chunks) };
}

const accepted: Readonly<Record<MediaPart["kind"], string>> = {
	image: "image/*",
	document: "application/pdf, text/plain",
	audio: "audio/*",
	video: "video/*",
};

function fetched({ kind, mediaType: declared = "" }: MediaAddress, url: URL, reply: WholeReply): FetchedMedia {
	const { contentType, bytes } = reply;
	if (bytes.length === 0) throw refusal(kind, url, "it is empty");
	const mediaType = mediaTypeOf(kind, contentType, declared, bytes);
	if (mediaType === null) {
		const [said = ""] = contentType.split(";", 1);
		throw refusal(kind, url, `it is no ${kind}${said.trim() === "" ? "" : ` but ${said.trim()}`}`);
	}
	const data = mediaType === "text/plain" ? asUtf8(bytes, contentType) : bytes;
	return { mediaType, data: data.toString("base64") };
}

/** @param from where a redirect comes from. */
function checkedUrl(kind: MediaPart["kind"], text: string, from: URL | null): URL {
	const url = URL.canParse(text, from?.href) ? new URL(text, from?.href) : null;
	if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
		if (from !== null) throw refusal(kind, from, "it was redirected to what is no https or http URL");
		throw new Untranslatable(
			`The URL of a message's ${kind} is no https or http URL. Send the ${kind} as data instead.`,
		);
	}
	if (url.username !== "" || url.password !== "") throw refusal(kind, url, "its URL has a user name in it");
	if (from?.protocol === "https:" && url.protocol === "http:") {
		throw refusal(kind, from, "it was redirected from https to http");
	}
	return url;
}

/** Paths and queries of URLs may be secret, as signed ones are: only the host is named. */
function refusal(kind: MediaPart["kind"], { host }: URL, reason: string): Untranslatable {
	return new Untranslatable(
		`The account takes no URL of this ${kind}, and it could not be fetched from ${host}: ${reason}.`,
	);
}

function lateText({ milliseconds }: MediaLimits): string {
	return `it was not there within ${milliseconds / 1000} s`;
}

function troubleText(error: unknown, { host }: URL): string {
	if (error instanceof ForbiddenAddress) return "the host has no address on the public internet";
	return networkErrorText(error, host).replace(/\.$/, "");
}

function sizeText(bytes: number): string {
	return `${Math.round((bytes / 1024 / 1024) * 10) / 10} MiB`;
}
