import type { AccountLive, ChoiceNote } from "../bridge/accountLive.ts";
import type { KeyChange } from "../bridge/protocol.ts";

/** What a window upgrades its connection to. */
export const controlProtocol = "relay-accounts-window";
/** Carries the owner's part of what makes the connection unlike every other. */
export const controlSessionHeader = "x-relay-accounts-session";

/** What the window that holds the port tells the others. */
export type OwnerMessage =
	/** The first one; also when the key has changed. */
	| { readonly type: "localKey"; readonly localKey: string }
	| { readonly type: "accounts"; readonly live: readonly LiveEntry[]; readonly notes: readonly ChoiceNote[] }
	/** A person has turned the proxy off: nobody takes the port. */
	| { readonly type: "off" }
	/** It goes to another port, as the others will when they hear of the setting. */
	| { readonly type: "moves" };

/** What the others tell it. */
export type AttachedMessage =
	/** The first one: shows that the question was not one that somebody overheard. */
	| { readonly type: "attach" }
	| { readonly type: "turnOff" }
	| { readonly type: "clearCooldown"; readonly accountId: string | null }
	| { readonly type: "key"; readonly key: KeyChange };

/** A choice concerns many accounts, so the notes travel once. */
type LiveEntry = Omit<AccountLive, "lastChoice"> & { /** Index of the note. */ readonly lastChoice: number | null };

export function accountsMessage(live: readonly AccountLive[]): OwnerMessage {
	const notes: ChoiceNote[] = [];
	const indices = new Map<ChoiceNote, number>();
	const indexOf = (note: ChoiceNote): number => {
		const known = indices.get(note);
		if (known !== undefined) return known;
		indices.set(note, notes.length);
		return notes.push(note) - 1;
	};
	const entries = live.map((one) => ({ ...one, lastChoice: one.lastChoice && indexOf(one.lastChoice) }));
	return { type: "accounts", live: entries, notes };
}

export function liveOf({ live, notes }: Extract<OwnerMessage, { type: "accounts" }>): readonly AccountLive[] {
	return live.map((one) => ({
		...one,
		lastChoice: one.lastChoice === null ? null : (notes[one.lastChoice] ?? null),
	}));
}
