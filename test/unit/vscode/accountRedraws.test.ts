import assert from "node:assert/strict";
import { once } from "node:events";
import "./vscodeHook.ts";
import type { AccountFacts } from "../../../src/vscode/accountFacts.ts";
import type { Look } from "../../../src/vscode/accountRedraws.ts";
import { facts, live, modelRest, now, relay, rest } from "./fixtures.ts";

const { accountItem } = await import("../../../src/vscode/accountItem.ts");
const { AccountRedraws } = await import("../../../src/vscode/accountRedraws.ts");
const { stateChangesIn } = await import("../../../src/vscode/accountState.ts");

/** A view of accounts whose facts a test changes, and that draws what it is told to. */
class View {
	readonly redrawn: string[][] = [];
	readonly #known = new Map<string, AccountFacts>();
	readonly #startedAt = performance.now();
	readonly #events = new EventTarget();
	readonly redraws = new AccountRedraws({
		look: (id) => this.#lookOf(id),
		redraw: (ids) => {
			this.redrawn.push([...ids]);
			for (const id of ids) this.draw(id);
			this.#events.dispatchEvent(new Event("redrawn"));
		},
	});

	set(id: string, changes: Parameters<typeof facts>[0]): void {
		this.#known.set(id, facts(changes));
	}

	draw(id: string): void {
		this.redraws.drawn(id, this.#lookOf(id));
	}

	async next(): Promise<void> {
		await once(this.#events, "redrawn");
	}

	#lookOf(id: string): Look {
		// The fixtures' moment, and what has passed since.
		const known = { ...(this.#known.get(id) ?? facts()), now: now + (performance.now() - this.#startedAt) };
		const account = relay({ id });
		return { item: accountItem(account, known), changesIn: stateChangesIn(account, known) };
	}
}

describe("the items of the tree", () => {
	let view: View;
	beforeEach(() => {
		view = new View();
		for (const id of ["a", "b", "c"]) view.draw(id);
		view.redraws.setVisible(true);
	});
	afterEach(() => view.redraws.dispose());

	it("are drawn anew when they look different, and no others", () => {
		view.set("b", { live: live({ inFlight: 1 }) });
		view.redraws.look();
		view.redraws.look();
		assert.deepEqual(view.redrawn, [["b"]]);
	});

	it("are left alone while the view is hidden, and brought up to date when it is shown", () => {
		view.redraws.setVisible(false);
		view.set("b", { live: live({ inFlight: 1 }) });
		view.redraws.look();
		view.redraws.tooltipsChanged(["c"]);
		assert.deepEqual(view.redrawn, []);
		view.redraws.setVisible(true);
		assert.deepEqual(view.redrawn, [["b"], ["c"]]);
	});

	it("count down alone while one does", async function () {
		this.timeout(10_000);
		view.set("b", { live: live({ rest: rest({ until: now + 12_500 }) }) });
		view.redraws.look();
		assert.deepEqual(view.redrawn, [["b"]]);
		// 20 s become 10 s.
		await view.next();
		assert.deepEqual(view.redrawn, [["b"], ["b"]]);
	});

	it("that change all the time are drawn at once, and then no more than once a second", async function () {
		this.timeout(10_000);
		for (let inFlight = 1; inFlight < 50; inFlight += 1) {
			view.set("b", { live: live({ inFlight }) });
			view.redraws.lookCalmly();
		}
		assert.deepEqual(view.redrawn, [["b"]]);
		// What a person does is not kept waiting by that.
		view.redraws.look();
		assert.deepEqual(view.redrawn, [["b"], ["b"]]);
		view.set("b", {});
		view.redraws.lookCalmly();
		assert.deepEqual(view.redrawn, [["b"], ["b"]]);
		await view.next();
		assert.deepEqual(view.redrawn, [["b"], ["b"], ["b"]]);
	});

	it("look different at the end of a cooldown that another state hides", async function () {
		this.timeout(10_000);
		view.set("b", { live: live({ inFlight: 1, modelRests: [modelRest("m", { until: now + 300 })] }) });
		view.redraws.look();
		await view.next();
		assert.deepEqual(view.redrawn, [["b"], ["b"]]);
	});

	it("that were drawn while they cool count down without anybody asking", async () => {
		const fresh = new View();
		fresh.redraws.setVisible(true);
		fresh.set("a", { live: live({ rest: rest({ until: now + 200 }) }) });
		fresh.draw("a");
		await fresh.next();
		assert.deepEqual(fresh.redrawn, [["a"]]);
		fresh.redraws.dispose();
	});

	it("get their tooltips anew some time after several changes, in one go", async function () {
		this.timeout(10_000);
		view.redraws.tooltipsChanged(["a", "unknown"]);
		view.redraws.tooltipsChanged(["c", "a"]);
		assert.deepEqual(view.redrawn, []);
		await view.next();
		assert.deepEqual(view.redrawn, [["a", "c"]]);
	});

	it("need no new tooltip when they were drawn meanwhile", () => {
		view.redraws.setVisible(false);
		view.redraws.tooltipsChanged(["a", "b"]);
		view.draw("a");
		view.redraws.setVisible(true);
		assert.deepEqual(view.redrawn, [["b"]]);
	});

	it("that are gone are not drawn any more", () => {
		view.set("b", { live: live({ inFlight: 1 }) });
		view.redraws.forget("b");
		view.redraws.look();
		assert.deepEqual(view.redrawn, []);
	});
});
