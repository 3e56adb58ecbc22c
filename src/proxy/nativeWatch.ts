import type { ChoiceNote } from "../bridge/accountLive.ts";
import type { RefusedLogin, ServedAccount } from "../bridge/protocol.ts";
import type { Quota } from "../bridge/quota.ts";
import type { AccountPool } from "../pool/accountPool.ts";
import { blamesToken } from "../pool/cooldown.ts";
import { ModelBuckets } from "../pool/modelBuckets.ts";
import type { KeyedNative } from "../pool/usable.ts";
import type { RawHeaders } from "./headers.ts";
import { HeldBytes } from "./heldBytes.ts";
import { errorLimit } from "./inspector.ts";
import type { CallEar, NativeEars } from "./nativeEars.ts";
import { NativeLists } from "./nativeLists.ts";
import { quotaFailure, refusedQuota } from "./quotaFailure.ts";
import { activeBucket, quotaOfHeaders } from "./quotaHeaders.ts";
import { QuotaListener } from "./quotaListener.ts";
import { Renewals } from "./renewals.ts";
import { clockOf } from "./retryHeaders.ts";
import type { Transport } from "./transport.ts";

interface WatchParts {
	readonly transport: Pick<Transport, "to">;
	readonly pool: Pick<AccountPool, "noteModels" | "noteQuota">;
	/** Has the main thread renew a login. */
	readonly refuse: (refused: RefusedLogin) => void;
	readonly warn: (message: string) => void;
}

/** What the proxy learns of ChatGPT accounts beside what it learns of every account: their models, their plans, their logins. */
export class NativeWatch implements NativeEars {
	readonly renewals: Renewals;
	readonly lists: NativeLists;
	readonly #pool: WatchParts["pool"];
	readonly #buckets = new ModelBuckets();

	constructor({ transport, pool, refuse, warn }: WatchParts) {
		this.#pool = pool;
		this.renewals = new Renewals(refuse);
		this.lists = new NativeLists({
			transport,
			warn,
			onDidChange: (accountId) => pool.noteModels(accountId, this.lists.known(accountId)),
		});
	}

	configure(accounts: readonly ServedAccount[]): void {
		this.lists.keep(accounts.flatMap((served) => ("backend" in served ? [served] : [])));
		this.renewals.configured(accounts);
	}

	noteChoice({ passedOver }: ChoiceNote): void {
		for (const { id, why } of passedOver) if (why === "modelNotAllowed") this.lists.doubt(id);
	}

	/** The answer to a question about the plan itself. */
	noteQuota(accountId: string, quota: Quota): void {
		this.#note(accountId, quota, null);
	}

	async modelsOf(keyed: KeyedNative): Promise<readonly string[] | null> {
		await this.lists.entriesOf(keyed);
		return this.lists.known(keyed.account.id);
	}

	listenTo(keyed: KeyedNative, model: string): CallEar {
		this.lists.touch(keyed);
		const { id } = keyed.account;
		let headers: RawHeaders = [];
		/** Of a refusal. */
		let body: HeldBytes | null = null;
		let clockAhead = 0;
		const saying = () => ({ now: Date.now(), clock: Date.now() + clockAhead });
		const listener = new QuotaListener(saying, (quota) => this.#note(id, quota, model));
		return {
			head: (head) => {
				headers = head.headers;
				body = head.status < 400 ? null : new HeldBytes();
				const now = Date.now();
				clockAhead = clockOf(headers, now) - now;
				const active = activeBucket(headers);
				if (active !== null) this.#buckets.note(model, active);
				const quota = head.status < 400 ? quotaOfHeaders(headers, now) : null;
				if (quota !== null) this.#note(id, quota, model);
			},
			clear: (chunk) => {
				listener.push(chunk);
				if (body !== null && body.length < errorLimit) body.push(chunk);
			},
			failed: (failure) => {
				if (blamesToken(failure.kind, failure.status))
					this.renewals.refused({ accountId: id, accessToken: keyed.apiKey });
				const refusal = { headers, body: body?.text(errorLimit) ?? null, bucket: this.#buckets.of(model) };
				const now = Date.now();
				const refined = quotaFailure(failure, refusal, now);
				const quota = refusedQuota(refined, refusal, now);
				// After the failure itself, whose rest has words.
				if (quota !== null) queueMicrotask(() => this.#note(id, quota, model));
				return refined;
			},
		};
	}

	close(): void {
		this.renewals.close();
		this.lists.close();
	}

	#note(accountId: string, quota: Quota, model: string | null): void {
		this.#pool.noteQuota(accountId, { quota, model, bucketOf: this.#buckets.of });
	}
}
