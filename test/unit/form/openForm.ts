import { Agent } from "undici";
import type { RelayAccount } from "../../../src/accounts/account.ts";
import { openAccountBook } from "../../../src/accounts/accountBook.ts";
import { reach } from "../../../src/accounts/reachability.ts";
import { Relays } from "../../../src/accounts/relays.ts";
import { SecretVault } from "../../../src/accounts/secretVault.ts";
import { listModels, testRelay } from "../../../src/proxy/relayTest.ts";
import { blankDraft, draftOf, type KeptSettings } from "../../../src/vscode/relayFormDraft.ts";
import type {
	FormState,
	HostMessage,
	OfferAction,
	PageMessage,
	RelayDraft,
} from "../../../src/vscode/relayFormMessages.ts";
import { RelayFormSession } from "../../../src/vscode/relayFormSession.ts";
import type { Saved } from "../../../src/vscode/relayFormSessionOptions.ts";
import { MemorySecrets } from "../../support/memorySecrets.ts";
import { temporaryFolder } from "../accounts/temporaryFolder.ts";
import { plainTexts } from "./plainTexts.ts";

/** Accounts in a folder of their own, and a way to the relays. */
export async function openWorld() {
	const folder = await temporaryFolder();
	const book = await openAccountBook({ folder: folder.path, log: () => undefined });
	const vault = new SecretVault(new MemorySecrets());
	const relays = new Relays(book, vault);
	const transport = new Agent();
	const cleared: (string | null)[] = [];
	const proxy = {
		clearCooldown: (id: string | null) => void cleared.push(id),
		testRelay: testRelay.bind(null, transport),
		listModels: listModels.bind(null, transport),
	};
	return {
		...{ book, vault, relays, proxy },
		/** The accounts whose cooldown was ended. */
		cleared,
		async addRelay(value: object): Promise<RelayAccount> {
			const result = await relays.save(value);
			if (result.kind === "refused") throw new Error(JSON.stringify(result.problems));
			return result.account;
		},
		async close(): Promise<void> {
			await transport.destroy();
			vault.dispose();
			book.dispose();
			await folder.remove();
		},
	};
}

export type World = Awaited<ReturnType<typeof openWorld>>;

interface Opening {
	readonly account?: RelayAccount;
	readonly draft?: Partial<RelayDraft>;
	readonly kept?: KeptSettings;
	readonly reach?: typeof reach;
}

/** An open form as its page sees it. */
export class OpenForm {
	readonly posted: HostMessage[] = [];
	readonly titles: string[] = [];
	saved: Saved | null = null;
	readonly #session: RelayFormSession;
	#draft: RelayDraft;
	#state: FormState | null = null;

	constructor(world: World, opening: Opening = {}) {
		const account = opening.account ?? null;
		this.#draft = { ...(account === null ? blankDraft : draftOf(account)), ...opening.draft };
		this.#session = new RelayFormSession({
			...world,
			...{ reach: opening.reach ?? reach, texts: plainTexts, account, kept: opening.kept ?? null, draft: this.#draft },
			post: (message) => this.#hear(message),
			saved: (result) => {
				this.saved = result;
			},
			titleChanged: (title) => this.titles.push(title),
		});
	}

	/** What the page shows now. */
	get state(): FormState {
		if (this.#state === null) throw new Error("The page was not started");
		return this.#state;
	}

	get draft(): RelayDraft {
		return this.#draft;
	}

	/** Problems as "field: text". */
	get problems(): readonly string[] {
		return this.state.problems.problems.map(({ field, text }) => `${field}: ${text}`);
	}

	/** The page was loaded, for the first time or again. */
	async show(): Promise<this> {
		await this.send({ type: "ready" });
		return this;
	}

	async type(part: Partial<RelayDraft>): Promise<void> {
		this.#draft = { ...this.#draft, ...part };
		await this.send({ type: "changed", draft: this.#draft });
	}

	send(message: PageMessage): Promise<void> {
		return this.#session.receive(message);
	}

	take(action: OfferAction): Promise<void> {
		return this.send({ type: "offer", action });
	}

	close(): void {
		this.#session.dispose();
	}

	#hear(message: HostMessage): void {
		this.posted.push(message);
		if (message.type === "start") {
			this.#state = message.state;
			this.#draft = message.draft;
		} else if (this.#state !== null) {
			this.#state = { ...this.#state, [message.type]: message.state };
		}
	}
}
