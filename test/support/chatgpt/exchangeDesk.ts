import type { ServerResponse } from "node:http";
import { type AuthReply, type ExchangeFate, jsonReply, sayTwice } from "./exchangeFate.ts";
import { exchange, type TokenEndpoint } from "./tokenEndpoint.ts";

/** One request to the token endpoint. */
export interface Exchange {
	/** Milliseconds since 1970. */
	readonly at: number;
	/** As the request names it. */
	readonly grant: string;
	readonly form: URLSearchParams;
	/** Null: nothing was answered. */
	readonly status: number | null;
}

/** Where grants are used, as tests want it to go. */
export class ExchangeDesk {
	/** In the order of their coming. */
	readonly exchanges: Exchange[] = [];
	readonly #endpoint: TokenEndpoint;
	readonly #now: () => number;
	readonly #fates: ExchangeFate[] = [];
	readonly #waiting: ((exchange: Exchange) => void)[] = [];
	#handedOut = 0;

	constructor(endpoint: TokenEndpoint, now: () => number) {
		this.#endpoint = endpoint;
		this.#now = now;
	}

	/** What the next requests meet, one each; then all is well again. */
	next(...fates: readonly ExchangeFate[]): void {
		this.#fates.push(...fates);
	}

	/** Each request once, as soon as it has come; waits for one that is still to come. */
	nextExchange(): Promise<Exchange> {
		const known = this.exchanges[this.#handedOut];
		this.#handedOut += 1;
		if (known !== undefined) return Promise.resolve(known);
		return new Promise((resolve) => this.#waiting.push(resolve));
	}

	/** @param respond sends an answer. */
	async serve(
		form: URLSearchParams,
		contentType: string,
		response: ServerResponse,
		respond: (reply: AuthReply) => void,
	): Promise<void> {
		const fate = this.#fates.shift() ?? null;
		const noted = this.#note(form);
		const answer = (reply: AuthReply): void => {
			noted.status = reply.status;
			if (fate?.kind === "saidTwice") sayTwice(response, reply);
			else respond(reply);
		};
		if (fate?.kind === "replied") return answer(fate.reply);
		if (fate?.kind === "held" && fate.when === "before") await fate.until;
		if (fate?.kind === "reset" && fate.when === "before") return hangUp(response);
		const first = await exchange(form, contentType, this.#endpoint);
		switch (fate?.kind) {
			case "reset":
				return hangUp(response);
			case "held":
				await fate.until;
				return answer(first);
			case "deliveredTwice":
				return answer(await exchange(form, contentType, this.#endpoint));
			case "changed":
				return answer(first.status === 200 ? changed(first, fate.members) : first);
			default:
				return answer(first);
		}
	}

	#note(form: URLSearchParams): { status: number | null } {
		const noted = { at: this.#now(), grant: form.get("grant_type") ?? "", form, status: null };
		this.exchanges.push(noted);
		const waiting = this.#waiting.shift();
		if (waiting !== undefined) {
			waiting(noted);
		}
		return noted;
	}
}

function changed({ body }: AuthReply, members: Readonly<Record<string, unknown>>): AuthReply {
	const told: unknown = JSON.parse(body);
	return jsonReply(200, { ...(typeof told === "object" ? told : {}), ...members });
}

function hangUp(response: ServerResponse): void {
	response.socket?.resetAndDestroy();
}
