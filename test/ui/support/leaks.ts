import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Page } from "playwright-core";

/** The files below a folder that hold a text, as paths relative to it. */
export async function filesHolding(folder: string, text: string): Promise<readonly string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const holding = await Promise.all(
		entries
			.filter((entry) => entry.isFile())
			.map(async (entry) => {
				const file = join(entry.parentPath, entry.name);
				// A file that VS Code has just removed holds nothing.
				const bytes = await readFile(file).catch(() => Buffer.alloc(0));
				return bytes.includes(text) ? [relative(folder, file)] : [];
			}),
	);
	return holding.flat();
}

/** Keeps what is posted to each frame from now on, so that `placesHolding` can search it. Frames that are open stay as they are. */
export async function recordMessages(page: Page): Promise<void> {
	await page.addInitScript(() => {
		const heard: string[] = [];
		Object.assign(globalThis, { relayAccountsMessages: heard });
		addEventListener("message", ({ data }) => {
			heard.push(JSON.stringify(data) ?? "");
		});
	});
}

/**
 * Where in the page, all frames of it, a text is: in the document, shadow trees and inputs included; in what was posted to a
 * frame; in what it keeps.
 */
export async function placesHolding(page: Page, text: string): Promise<readonly string[]> {
	const found = await Promise.all(
		page.frames().map(async (frame) => {
			const texts = await frame.evaluate(contentOfFrame);
			return Object.entries(texts)
				.filter(([, content]) => content.includes(text))
				.map(([place]) => `${place} of ${frame.name() || "a frame"}`);
		}),
	);
	return found.flat();
}

/** Runs in the page. */
async function contentOfFrame(): Promise<Record<string, string>> {
	function documentText(root: Document | ShadowRoot): string {
		const inner = [...root.querySelectorAll("*")].map((element) => [
			element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.value : "",
			element.shadowRoot === null ? "" : documentText(element.shadowRoot),
		]);
		const outer = root instanceof Document ? root.documentElement.outerHTML : root.innerHTML;
		return [outer, ...inner.flat()].join("\n");
	}

	function settled<T>(request: IDBRequest<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			request.onsuccess = () => resolve(request.result);
			request.onerror = () => reject(request.error);
		});
	}

	async function databaseText(name: string): Promise<string> {
		const database = await settled(indexedDB.open(name));
		try {
			const stores = [...database.objectStoreNames];
			if (stores.length === 0) return "";
			const transaction = database.transaction(stores, "readonly");
			const contents = await Promise.all(stores.map((store) => settled(transaction.objectStore(store).getAll())));
			const decoder = new TextDecoder();
			return JSON.stringify(contents, (_key, value) => (value instanceof Uint8Array ? decoder.decode(value) : value));
		} finally {
			database.close();
		}
	}

	const messages: unknown = Reflect.get(globalThis, "relayAccountsMessages");
	const databases = await indexedDB.databases();
	const databaseTexts = await Promise.all(databases.map(({ name }) => (name === undefined ? "" : databaseText(name))));
	return {
		document: documentText(document),
		address: location.href,
		messages: Array.isArray(messages) ? messages.join("\n") : "",
		localStorage: JSON.stringify(localStorage),
		sessionStorage: JSON.stringify(sessionStorage),
		indexedDB: databaseTexts.join("\n"),
	};
}
