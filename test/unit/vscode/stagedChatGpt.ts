import type { LogLevel } from "../../../src/bridge/protocol.ts";
import type { AuthSettings } from "../../../src/native/login.ts";
import { ChatGpt } from "../../../src/vscode/chatGpt.ts";
import type { ChatGptSettings } from "../../../src/vscode/chatGptSettings.ts";
import type { Parts } from "../../../src/vscode/parts.ts";
import { MemorySecrets } from "../../support/memorySecrets.ts";
import { BookFolder } from "../accounts/bookFixture.ts";
import { stage } from "./fakeVscode.ts";

const nothing = () => ({ dispose: () => {} });

/** ChatGPT accounts as a window has them, on a stage in the place of VS Code. */
export class StagedChatGpt {
	readonly folder: BookFolder;
	readonly chatGpt: ChatGpt;
	readonly parts: Parts;
	readonly logged: string[];
	/** What the settings say; a test may change it at any time. */
	readonly settings: { current: { chatGpt: ChatGptSettings } };

	private constructor(made: Pick<StagedChatGpt, "folder" | "chatGpt" | "parts" | "logged" | "settings">) {
		this.folder = made.folder;
		this.chatGpt = made.chatGpt;
		this.parts = made.parts;
		this.logged = made.logged;
		this.settings = made.settings;
	}

	static async open(auth: AuthSettings): Promise<StagedChatGpt> {
		const folder = await BookFolder.make();
		const book = await folder.open();
		const logged: string[] = [];
		const log = (level: LogLevel, message: string) => void logged.push(`${level} ${message}`);
		const backend = { ...auth, baseUrl: "https://backend.example/api", clientVersion: "1.0.0" };
		const settings = { current: { chatGpt: { auth, backend } } };
		const memory = new MemorySecrets();
		const proxy = {
			...{ live: new Map(), onDidChangeLive: nothing, onDidRefuseLogin: nothing, state: { kind: "off" } },
			...{ loginNotRenewed: () => {}, keyChanged: () => {}, clearCooldown: () => {} },
		};
		const secrets = {
			get: (key: string) => memory.get(key),
			store: (key: string, value: string) => memory.store(key, value),
			delete: (key: string) => memory.delete(key),
			onDidChange: (listener: (event: { key: string }) => void) => memory.onDidChange((key) => listener({ key })),
		};
		const given = { folder: folder.path, secrets, book, settings: { ...settings, onDidChange: nothing }, proxy, log };
		Object.defineProperty(given.settings, "current", { get: () => settings.current });
		// Of the window's parts only those are here that the commands under test use.
		const chatGpt = await ChatGpt.open(given as unknown as Parameters<typeof ChatGpt.open>[0]);
		const logger = Object.fromEntries(
			(["debug", "info", "warn", "error"] as const).map((level) => [level, (text: string) => log(level, text)]),
		);
		const view = { reveal: async () => {} };
		const parts = { chatGpt, book, proxy, log: logger, view } as unknown as Parts;
		return new StagedChatGpt({ folder, chatGpt, parts, logged, settings });
	}

	async close(): Promise<void> {
		await this.chatGpt.flush();
		this.chatGpt.dispose();
		await this.folder.close();
		stage.opened.length = 0;
		stage.said.length = 0;
		stage.press = () => undefined;
		stage.cancels = false;
		stage.file = undefined;
		stage.fileSize = 0;
		stage.fileText = "";
	}
}

/** Resolves when it fits. */
export async function eventually(fits: () => boolean): Promise<void> {
	while (!fits()) await new Promise((resolve) => setTimeout(resolve, 5));
}
