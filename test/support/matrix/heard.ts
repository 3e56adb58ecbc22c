import type { Format } from "../../../src/accounts/account.ts";
import type { Ask, Trait } from "./ask.ts";

/** What a client sees of a reply, in no SDK's terms. */
export interface Heard {
	/** Of the first candidate. */
	readonly text: string;
	readonly reasoning: string;
	readonly refusal: string;
	readonly calls: readonly HeardCall[];
	/** Texts of all candidates. */
	readonly candidates: readonly string[];
	readonly citations: readonly { readonly url: string; readonly title: string }[];
	readonly images: readonly string[];
	readonly logprobs: readonly { readonly token: string; readonly logprob: number; readonly alternatives: number }[];
	/** In the client's own word. */
	readonly finish: string;
	readonly stopSequence: string | null;
	/** As the client's own format counts. */
	readonly usage: Readonly<Record<string, number>>;
	readonly id: string;
	readonly model: string;
	/** The SDK's own objects, with which it goes on. */
	readonly history: unknown;
}

export interface HeardCall {
	readonly id: string;
	readonly name: string;
	readonly namespace?: string;
	/** Parsed, or the text of a free one. */
	readonly input: unknown;
	readonly free: boolean;
}

/** An error as its SDK throws it. */
export interface Failure {
	readonly status: number | null;
	readonly type: string | null;
	readonly code: string | null;
	readonly message: string;
}

/** Where and how a driver asks. */
export interface Way {
	readonly origin: string;
	readonly apiKey: string;
	readonly model: string;
	readonly stream: boolean;
	readonly fetch: typeof fetch;
}

/** An SDK as a client. */
export interface Driver {
	readonly name: string;
	readonly client: Format;
	/** Whether it is the maker's own SDK: such a one says and shows everything of its format. */
	readonly official: boolean;
	readonly cannot: ReadonlySet<Trait>;
	/** @throws as the SDK does. */
	readonly send: (ask: Ask, way: Way) => Promise<Heard>;
	/** Null where it is no error of the SDK's. */
	readonly failure: (error: unknown) => Failure | null;
}

export const nothingHeard: Heard = {
	text: "",
	reasoning: "",
	refusal: "",
	calls: [],
	candidates: [],
	citations: [],
	images: [],
	logprobs: [],
	finish: "",
	stopSequence: null,
	usage: {},
	id: "",
	model: "",
	history: null,
};

/** The numbers of an object, those in it by their paths. */
export function numbersIn(value: object | null | undefined, path = ""): Readonly<Record<string, number>> {
	return Object.fromEntries(
		Object.entries(value ?? {}).flatMap(([name, inner]): [string, number][] => {
			if (typeof inner === "number") return [[path + name, inner]];
			return typeof inner === "object" && inner !== null && !Array.isArray(inner)
				? Object.entries(numbersIn(inner, `${path}${name}.`))
				: [];
		}),
	);
}
