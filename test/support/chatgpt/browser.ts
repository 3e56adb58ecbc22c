import { request } from "undici";

/** What a browser shows. */
export interface ShownPage {
	readonly url: string;
	readonly status: number;
	readonly text: string;
}

/** Redirects that a browser follows. */
const mostRedirects = 10;

/** Opens an address and follows redirects, as a browser in which somebody has agreed already. */
export async function browse(url: string): Promise<ShownPage> {
	let at = url;
	for (let followed = 0; followed < mostRedirects; followed += 1) {
		const { statusCode: status, headers, body } = await request(at);
		const text = await body.text();
		const { location } = headers;
		if (status < 300 || status > 399 || typeof location !== "string") return { url: at, status, text };
		at = new URL(location, at).href;
	}
	throw new Error(`${url} redirects without an end.`);
}

/** The callback's URL, to which a browser would go next: what people paste where it cannot go there. */
export async function callbackOf(authorizeUrl: string): Promise<string> {
	const { headers, body } = await request(authorizeUrl);
	const text = await body.text();
	const { location } = headers;
	if (typeof location !== "string") throw new Error(`The browser is not sent back: ${text}`);
	return location;
}

/** Where the links of a page lead, by their words. */
export function linksOf({ url, text }: ShownPage): ReadonlyMap<string, string> {
	const links = text.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g);
	return new Map([...links].map(([, href = "", words = ""]) => [plain(words), new URL(plain(href), url).href]));
}

function plain(text: string): string {
	return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
