import type { BrowserSignIn } from "../native/browserSignIn.ts";
import type { DeviceSignIn } from "../native/deviceSignIn.ts";
import type { AuthResult } from "../native/login.ts";

/** A sign-in that waits for a person. */
export type UnderWay =
	| { readonly kind: "browser"; readonly signIn: BrowserSignIn }
	| { readonly kind: "device"; readonly signIn: DeviceSignIn };

/** The sign-in of this window: one at a time, and a new one cancels the one before. */
export class SignInDesk {
	#underWay: UnderWay | null = null;
	#ending: AbortController | null = null;

	/** Null while nobody is signing in. */
	get underWay(): UnderWay | null {
		return this.#underWay;
	}

	/** @param task says what is under way as soon as it is known. */
	async run(
		signal: AbortSignal,
		task: (signal: AbortSignal, begun: (underWay: UnderWay) => void) => Promise<AuthResult>,
	): Promise<AuthResult> {
		this.#ending?.abort();
		const ending = new AbortController();
		this.#ending = ending;
		this.#underWay = null;
		try {
			return await task(AbortSignal.any([signal, ending.signal]), (underWay) => {
				if (this.#ending === ending) this.#underWay = underWay;
			});
		} finally {
			if (this.#ending === ending) {
				this.#ending = null;
				this.#underWay = null;
			}
		}
	}

	/** Cancels what is under way. */
	dispose(): void {
		this.#ending?.abort();
	}
}
