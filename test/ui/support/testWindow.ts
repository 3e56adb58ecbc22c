import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { placeExtension, root } from "../../../scripts/build/shipped.ts";
import { atEnd } from "../../../scripts/ending.ts";
import { launchBrowser } from "../../../scripts/host/browser.ts";
import { ensureHost } from "../../../scripts/host/hostInstall.ts";
import { freePort } from "../../../scripts/host/ports.ts";
import {
	calmSettings,
	installExtension,
	type Settings,
	startVscodeServer,
	type VscodeServer,
	writeMachineSettings,
} from "../../../scripts/host/vscodeServer.ts";
import { openWorkbench, type Workbench } from "../../../scripts/host/workbench.ts";
import { keepSecrets } from "./secretStorage.ts";

export interface TestWindowOptions {
	/** On top of what keeps VS Code calm; the proxy has a free port of its own. */
	readonly settings?: Settings;
	/** Installed instead of the built extension of this tree. */
	readonly vsix?: string;
	/** For the server and so for the extension host; asked for when they are about to start. */
	readonly env?: () => Promise<Readonly<Record<string, string>>>;
}

/** A VS Code of its own with the extension, seen through one window in a headless browser. */
export interface TestWindow extends Workbench {
	readonly server: VscodeServer;
	/** What the browser keeps, SecretStorage included, is of the window's context; another browser shares none of it. */
	readonly browser: Browser;
	readonly userDataDir: string;
	/** The extension's own folder in it, `globalStorageUri`. */
	readonly storageDir: string;
	/** Where this window's logs are written, the extension's channel among them. */
	readonly logsDir: string;
	/** An empty folder that is open in the window. */
	readonly workspaceDir: string;
	/** The proxy's port by setting. */
	readonly port: number;
	/** Changes settings while the window is open; the others stay. */
	changeSettings(settings: Settings): Promise<void>;
	/** As a person reloads a window: storage stays, extensions start anew. */
	reload(): Promise<void>;
	/** Ends window, browser and server, and removes the user data. */
	close(): Promise<void>;
}

/** Screenshots of the last run, for people and the README. */
export const screenshotsDir = join(root, "out", "screenshots");

/** Opens a VS Code with nothing saved. Close it in `after`, whatever failed. */
export async function openTestWindow(options: TestWindowOptions = {}): Promise<TestWindow> {
	const serverMain = await ensureHost();
	const folder = await mkdtemp(join(tmpdir(), "relay-accounts-ui-"));
	const userDataDir = join(folder, "user-data");
	const extensionsDir = join(folder, "extensions");
	const workspaceDir = join(folder, "workspace");
	await mkdir(workspaceDir);
	const port = await freePort();
	let settings: Settings = { ...calmSettings, "relayAccounts.port": port, ...options.settings };
	await writeMachineSettings(userDataDir, settings);
	if (options.vsix === undefined) {
		await placeExtension(extensionsDir);
	} else {
		await installExtension(options.vsix, { serverMain, userDataDir, extensionsDir });
	}
	const endings: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
	const close = async () => {
		for (const end of endings.splice(0).reverse()) {
			await end();
		}
		forget();
	};
	const forget = atEnd(close);
	try {
		const server = await startVscodeServer({
			serverMain,
			userDataDir,
			extensionsDir,
			port: 0,
			testDriver: false,
			env: (await options.env?.()) ?? {},
		});
		endings.push(() => server.stop());
		const browser = await launchBrowser();
		endings.push(() => browser.close());
		const workbench = await openWorkbench(browser, server.entrance, {
			folder: workspaceDir,
			payload: [],
			prepare: keepSecrets,
		});
		return {
			...workbench,
			server,
			browser,
			userDataDir,
			storageDir: join(userDataDir, "User", "globalStorage", "relay-accounts.relay-accounts"),
			logsDir: join(userDataDir, "logs"),
			workspaceDir,
			port,
			changeSettings: async (changes) => {
				settings = { ...settings, ...changes };
				await writeMachineSettings(userDataDir, settings);
			},
			reload: async () => {
				await workbench.page.reload();
				await workbench.untilReady();
			},
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}
