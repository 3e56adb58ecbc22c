import { randomInt, randomUUID } from "node:crypto";
import type { Person } from "./people.ts";

/** A sign-in on one device that is approved on another. */
export interface DeviceCode {
	/** Only the device that asked knows it. */
	readonly deviceCode: string;
	/** What a person types. */
	readonly userCode: string;
	/** Milliseconds since 1970. */
	readonly expiresAt: number;
}

export type DevicePoll =
	| { readonly kind: "approved"; readonly person: Person }
	| { readonly kind: "authorization_pending" | "slow_down" | "access_denied" | "expired_token" | "invalid_grant" };

interface Known extends DeviceCode {
	state: { readonly kind: "pending" } | { readonly kind: "denied" } | { readonly kind: "approved"; person: Person };
	/** Seconds. */
	interval: number;
	polledAt: number | null;
}

export interface DeviceOptions {
	/** Seconds between questions; 0 for as often as one likes. */
	readonly interval: number;
	/** Seconds that a code is good for. */
	readonly life: number;
	readonly now: () => number;
}

/** Seconds that somebody who asks too often has to wait longer. */
const slowDownStep = 5;

/** Tolerance of a clock that runs a little quicker, in milliseconds. */
const slack = 50;

export class DeviceBook {
	readonly #codes: Known[] = [];
	readonly #options: DeviceOptions;
	#hurried = 0;

	constructor(options: DeviceOptions) {
		this.#options = options;
	}

	get codes(): readonly DeviceCode[] {
		return this.#codes;
	}

	begin(): DeviceCode {
		const { interval, life, now } = this.#options;
		const code: Known = {
			deviceCode: `deviceauth_${randomUUID()}`,
			userCode: `${letters(4)}-${letters(5)}`,
			expiresAt: now() + life * 1000,
			state: { kind: "pending" },
			interval,
			polledAt: null,
		};
		this.#codes.push(code);
		return code;
	}

	/** @returns whether such a code waits. */
	approve(userCode: string, person: Person): boolean {
		return this.#decide(userCode, { kind: "approved", person });
	}

	deny(userCode: string): boolean {
		return this.#decide(userCode, { kind: "denied" });
	}

	/** The next question is called too early, whenever it comes. */
	callNextTooEarly(): void {
		this.#hurried += 1;
	}

	/** An approved code is for one use. */
	poll(deviceCode: string): DevicePoll {
		const place = this.#codes.findIndex((code) => code.deviceCode === deviceCode);
		const code = this.#codes[place];
		if (code === undefined) return { kind: "invalid_grant" };
		const now = this.#options.now();
		const early = code.polledAt !== null && now < code.polledAt + code.interval * 1000 - slack;
		code.polledAt = now;
		if (early || this.#hurried > 0) {
			this.#hurried = Math.max(0, this.#hurried - 1);
			code.interval += slowDownStep;
			return { kind: "slow_down" };
		}
		if (now >= code.expiresAt) return { kind: "expired_token" };
		switch (code.state.kind) {
			case "pending":
				return { kind: "authorization_pending" };
			case "denied":
				return { kind: "access_denied" };
			case "approved":
				this.#codes.splice(place, 1);
				return code.state;
		}
	}

	#decide(userCode: string, state: Known["state"]): boolean {
		const code = this.#codes.find((one) => one.userCode === userCode.trim().toUpperCase());
		if (code === undefined) return false;
		code.state = state;
		return true;
	}
}

/** Without those that are easily mistaken. */
const alphabet = "BCDFGHJKLMNPQRSTVWXZ";

function letters(count: number): string {
	return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join("");
}
