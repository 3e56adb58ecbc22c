import { randomBytes } from "node:crypto";
import { keyOf, type Person } from "./people.ts";

/** What the backend gives with a turn's first reply, and wants back in the turn's other requests. */
export class TurnStates {
	readonly #owners = new Map<string, string>();

	give(somebody: Person): string {
		const state = `ts_${randomBytes(18).toString("base64url")}`;
		this.#owners.set(state, keyOf(somebody));
		return state;
	}

	/** Whether it was given with a reply to this person. */
	isOf(state: unknown, somebody: Person): boolean {
		return this.#owners.get(String(state)) === keyOf(somebody);
	}
}
