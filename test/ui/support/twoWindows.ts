import { join } from "node:path";
import { openWorkbench, type Workbench } from "../../../scripts/host/workbench.ts";
import { eventually } from "./eventually.ts";
import { statusBarItem } from "./places.ts";
import { keepSecrets } from "./secretStorage.ts";
import { openTestWindow, screenshotsDir, type TestWindow } from "./testWindow.ts";

/** Milliseconds for a VS Code and two windows to start on a busy machine, and to end. */
const startTime = 120_000;
/**
 * Milliseconds for a test and for what is made ready before it; longer than any single wait in them, which says more when it
 * ends.
 */
export const testTime = 90_000;
/** Milliseconds for one wait. */
const stepTime = 15_000;

/** Which window has the port. */
export interface Roles {
	readonly owner: Workbench;
	readonly attached: Workbench;
}

/** Two windows of one VS Code: two extension hosts with one storage folder, each with secrets of its own. */
export interface TwoWindows {
	/** What they share: server, port, folders and settings. Its page is the first window's, as long as that is open. */
	readonly shared: TestWindow;
	/** Those that are open. */
	readonly windows: readonly Workbench[];
	/** Opens a window with empty storage. */
	open(): Promise<Workbench>;
	/** As a person closes a window. */
	close(window: Workbench): Promise<void>;
	/** As a person reloads a window: its storage stays, its extension host is another one. */
	reload(window: Workbench): Promise<void>;
	/** Resolves when all windows that are open say the same. */
	become(stand: "off" | "foreign"): Promise<void>;
	/** Who is who, once one of the windows says that it answers, and the other that it does not. */
	roles(): Promise<Roles>;
}

/**
 * A VS Code for the tests of one `describe`, with one window; the tests open the other. What the windows showed when a test
 * failed is kept beside the screenshots.
 * @returns gives the windows once the tests run.
 */
export function twoWindowsForTests(): () => TwoWindows {
	let opened: TwoWindows | undefined;
	const current = (): TwoWindows => {
		if (opened === undefined) throw new Error("The windows are open only while the tests run.");
		return opened;
	};
	before(async function () {
		this.timeout(startTime);
		opened = twoWindows(await openTestWindow());
	});
	beforeEach(function () {
		this.currentTest?.timeout(testTime);
	});
	afterEach(async function () {
		this.timeout(testTime);
		if (this.currentTest?.state !== "failed") return;
		const name = this.currentTest.fullTitle().replace(/\W+/g, "-");
		for (const [index, window] of current().windows.entries()) {
			await window.screenshot(join(screenshotsDir, "failed", `${name}-${index + 1}.png`));
		}
	});
	after(async function () {
		this.timeout(startTime);
		await opened?.shared.close();
	});
	return current;
}

function twoWindows(shared: TestWindow): TwoWindows {
	const windows: Workbench[] = [shared];
	shared.page.setDefaultTimeout(stepTime);
	const becomes = (expected: readonly Stand[]) => eventually(async () => (await stands()).sort(), expected);
	const stands = () => Promise.all(windows.map(standOf));
	return {
		shared,
		windows,
		open: async () => {
			const options = { folder: null, payload: [], prepare: keepSecrets };
			const window = await openWorkbench(shared.browser, shared.server.entrance, options);
			window.page.setDefaultTimeout(stepTime);
			windows.push(window);
			return window;
		},
		close: async (window) => {
			windows.splice(windows.indexOf(window), 1);
			await window.page.context().close();
		},
		reload: async ({ page, untilReady }) => {
			await page.reload();
			await untilReady();
		},
		become: (stand) => becomes(windows.map(() => stand)),
		roles: async () => {
			await becomes(["attached", "owner"]);
			// A window that has the port keeps it until it is told otherwise.
			const [first, second] = windows;
			if (first === undefined || second === undefined) throw new Error("There are not two windows.");
			const isOwner = (await standOf(first)) === "owner";
			return isOwner ? { owner: first, attached: second } : { owner: second, attached: first };
		},
	};
}

const sentences = {
	owner: /The proxy answers on port \d+\./,
	attached: /Port \d+ is served by another window\./,
	off: /The proxy is off\./,
	foreign: /Port \d+ is used by another program\./,
} as const;

/** How a window stands; "other" while it starts. */
export type Stand = keyof typeof sentences | "other";

/** What a window's status bar says of the proxy. */
export async function standOf({ page }: Pick<Workbench, "page">): Promise<Stand> {
	const heard = await statusBarItem(page).evaluateAll((items) => items.map((item) => item.getAttribute("aria-label")));
	const stands = ["owner", "attached", "off", "foreign"] as const;
	return stands.find((stand) => sentences[stand].test(heard.join())) ?? "other";
}
