import { type StatusBarItem, window } from "vscode";

/** What the extension's status bar item has shown since the watch began. */
export interface StatusBarWatch {
	/** Each text that it was given, the newest last. */
	readonly texts: readonly string[];
	/** The newest; undefined before the first change. */
	readonly text: () => string | undefined;
	readonly stop: () => void;
}

/**
 * Watches the item as VS Code gets to see it. The items of all extensions share one class, whose setter of `text` is what
 * is listened to.
 */
export function watchStatusBar(): StatusBarWatch {
	const other = window.createStatusBarItem();
	const shared: object = Object.getPrototypeOf(other);
	other.dispose();
	const property = Object.getOwnPropertyDescriptor(shared, "text");
	const set = property?.set;
	if (property === undefined || set === undefined)
		throw new Error("VS Code's status bar items have no setter of text.");
	const texts: string[] = [];
	Object.defineProperty(shared, "text", {
		...property,
		set(this: StatusBarItem, text: string) {
			if (this.id === "relayAccounts.proxy") texts.push(text);
			set.call(this, text);
		},
	});
	return {
		texts,
		text: () => texts.at(-1),
		stop: () => Object.defineProperty(shared, "text", property),
	};
}

/** The texts by what they mean. */
export const barText = {
	off: "$(circle-slash) Relay off",
	starting: "$(loading~spin) Relay",
	listening: (port: number) => `$(radio-tower) ${port}`,
	otherWindow: (port: number) => `$(link) ${port}`,
	noneUsable: "$(warning) None usable",
	portTaken: (port: number) => `$(warning) ${port}`,
} as const;
