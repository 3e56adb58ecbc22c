import { isDeepStrictEqual } from "node:util";
import type { AccountItem } from "./accountItem.ts";

/** An account's item as it would be drawn now. */
export interface Look {
	readonly item: AccountItem;
	/** Milliseconds until it looks different by the time alone; null: never. */
	readonly changesIn: number | null;
}

interface RedrawOptions {
	/** Undefined for an account that is gone. */
	readonly look: (accountId: string) => Look | undefined;
	readonly redraw: (accountIds: readonly string[]) => void;
}

/** Milliseconds. A drawn item keeps the tooltip that was written for it; drawing it anew may close one that is open. */
const tooltipPatience = 5_000;
/** Milliseconds between two drawings of an item that changes all the time: each costs a click that is under way. */
const rowPatience = 1_000;
/** Milliseconds; timers of Node hold no longer time than some 24 days. */
const longestSleep = 3_600_000;

/**
 * Decides which items of the tree are drawn anew, and when: an item that looks different at once, one whose tooltip alone
 * has changed a little later, and one that counts down when its words change. Does nothing while the view is hidden.
 */
export class AccountRedraws {
	readonly #options: RedrawOptions;
	readonly #drawn = new Map<string, AccountItem>();
	/** When each item was drawn anew last, by the monotonic clock. */
	readonly #redrawnAt = new Map<string, number>();
	readonly #stale = new Set<string>();
	#visible = false;
	#clock: NodeJS.Timeout | undefined;
	/** By the monotonic clock. */
	#wakesAt = Number.POSITIVE_INFINITY;
	#tooltipClock: NodeJS.Timeout | undefined;

	constructor(options: RedrawOptions) {
		this.#options = options;
	}

	/** An item went to the view, with a tooltip that is written when it is looked at. */
	drawn(accountId: string, { item, changesIn }: Look): void {
		this.#drawn.set(accountId, item);
		this.#stale.delete(accountId);
		if (this.#visible) this.#wakeIn(changesIn);
	}

	forget(accountId: string): void {
		this.#drawn.delete(accountId);
		this.#redrawnAt.delete(accountId);
		this.#stale.delete(accountId);
	}

	setVisible(visible: boolean): void {
		if (visible === this.#visible) return;
		this.#visible = visible;
		this.#stop();
		if (!visible) return;
		this.look();
		this.#freshenTooltips();
	}

	/** Something may have changed that a person waits for: draws what looks different. */
	look(): void {
		this.#look(0);
	}

	/** The same for what may change many times a second. */
	lookCalmly(): void {
		this.#look(rowPatience);
	}

	/** What a tooltip says has changed, and perhaps no more. */
	tooltipsChanged(accountIds: Iterable<string>): void {
		for (const id of accountIds) if (this.#drawn.has(id)) this.#stale.add(id);
		if (!this.#visible || this.#stale.size === 0 || this.#tooltipClock !== undefined) return;
		this.#tooltipClock = setTimeout(() => {
			this.#tooltipClock = undefined;
			this.#freshenTooltips();
		}, tooltipPatience);
	}

	dispose(): void {
		this.#visible = false;
		this.#stop();
	}

	#stop(): void {
		clearTimeout(this.#clock);
		clearTimeout(this.#tooltipClock);
		this.#tooltipClock = undefined;
		this.#wakesAt = Number.POSITIVE_INFINITY;
	}

	/** @param patience milliseconds that must have passed since an item was drawn anew. */
	#look(patience: number): void {
		if (!this.#visible) return;
		const changed: string[] = [];
		const spans: number[] = [];
		for (const [id, item] of this.#drawn) {
			const now = this.#options.look(id);
			if (now === undefined) continue;
			if (now.changesIn !== null) spans.push(now.changesIn);
			if (isDeepStrictEqual(now.item, item)) continue;
			const wait = (this.#redrawnAt.get(id) ?? Number.NEGATIVE_INFINITY) + patience - performance.now();
			if (wait <= 0) changed.push(id);
			else spans.push(wait);
		}
		clearTimeout(this.#clock);
		this.#wakesAt = Number.POSITIVE_INFINITY;
		this.#wakeIn(spans.length === 0 ? null : Math.min(...spans));
		this.#redraw(changed);
	}

	#freshenTooltips(): void {
		this.#redraw([...this.#stale]);
	}

	#redraw(accountIds: readonly string[]): void {
		for (const id of accountIds) {
			this.#stale.delete(id);
			this.#redrawnAt.set(id, performance.now());
		}
		if (accountIds.length > 0) this.#options.redraw(accountIds);
	}

	/** Looks again after this span, or sooner where that is awaited already. */
	#wakeIn(span: number | null): void {
		if (span === null) return;
		const wait = Math.max(1, Math.min(span, longestSleep));
		const wakesAt = performance.now() + wait;
		if (wakesAt >= this.#wakesAt) return;
		this.#wakesAt = wakesAt;
		clearTimeout(this.#clock);
		this.#clock = setTimeout(() => this.lookCalmly(), wait);
	}
}
