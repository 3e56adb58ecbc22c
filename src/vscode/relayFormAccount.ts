import type { RelayAccount } from "../accounts/account.ts";
import { editedElsewhere, type KeptSettings, keyNeedOf } from "./relayFormDraft.ts";
import type { RelayDraft } from "./relayFormMessages.ts";
import type { SessionOptions } from "./relayFormSessionOptions.ts";

type Options = Pick<SessionOptions, "account" | "kept" | "book" | "vault">;

/** The account that a form edits, as it was when its values came into the form and as it is saved now; none for a new one. */
export class RelayFormAccount {
	readonly #book: Options["book"];
	readonly #vault: Options["vault"];
	#opened: RelayAccount | null;
	#kept: KeptSettings | null;

	constructor({ account, kept, book, vault }: Options) {
		this.#opened = account;
		this.#kept = kept;
		this.#book = book;
		this.#vault = vault;
	}

	/** Null for a new account. */
	get opened(): RelayAccount | null {
		return this.#opened;
	}

	/** As the book has it now; null while it is missing there. */
	get inBook(): RelayAccount | null {
		const id = this.#opened?.id;
		const found = this.#book.accounts.find((account) => account.id === id);
		return found?.type === "relay" ? found : null;
	}

	/** As the book has it now; as it was opened while it is missing there. */
	get savedNow(): RelayAccount | null {
		return this.inBook ?? this.#opened;
	}

	/** What a new account takes over besides the draft. */
	get kept(): KeptSettings | null {
		return this.#kept;
	}

	/** The settings without a field, as they are or will be saved. */
	get keptNow(): KeptSettings | null {
		return this.savedNow ?? this.#kept;
	}

	get hasSavedKey(): boolean {
		return this.#opened !== null && this.#vault.apiKeyOf(this.#opened.id) !== null;
	}

	/** An account whose key this window lacks may keep its key too: another window may have it. */
	keyMayBeEmpty(draft: RelayDraft): boolean {
		const need = keyNeedOf(draft, this.savedNow, this.hasSavedKey);
		return need === "saved" || need === "missing";
	}

	/** Whether saving would overwrite what somebody else did to the account meanwhile. */
	get standing(): "asOpened" | "gone" | "changed" {
		if (this.#opened === null) return "asOpened";
		const now = this.inBook;
		if (now === null) return "gone";
		return editedElsewhere(this.#opened, now) ? "changed" : "asOpened";
	}

	/** From here on the form edits this account. */
	open(account: RelayAccount): void {
		this.#opened = account;
		this.#kept = null;
	}

	/** From here on the form adds a new account, which keeps the settings without a field. */
	detach(): void {
		this.#kept = this.keptNow;
		this.#opened = null;
	}
}
